"""gRPC answers to a request with two rows, good and bad."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import tensorflow as tf
from tensorflow_serving.apis import predict_pb2

_FLOAT, _STRING, _HUGE = tf.float32.as_datatype_enum, 7, 2**31


def _tensor(
    shape: Sequence[int], dtype: int = _FLOAT, **values: Any
) -> tf.compat.v1.TensorInfo:
    tensor = tf.make_tensor_proto(np.float32(0))
    tensor.Clear()
    tensor.dtype = dtype
    for size in shape:
        tensor.tensor_shape.dim.add(size=size)
    tensor.tensor_content = values.pop("content", b"")
    for name, numbers in values.items():
        getattr(tensor, name).extend(numbers)
    return tensor


def _unknown_rank() -> tf.compat.v1.TensorInfo:
    tensor = _tensor([], float_val=[1, 2])
    tensor.tensor_shape.unknown_rank = True
    return tensor


def _answer(**outputs: Any) -> bytes:
    answer = predict_pb2.PredictResponse()
    for name, tensor in outputs.items():
        answer.outputs[name].CopyFrom(tensor)
    return answer.SerializeToString()


def _p(shape: Sequence[int], dtype: int = _FLOAT, **values: Any) -> bytes:
    return _answer(p=_tensor(shape, dtype, **values))


_NUMBERS = np.arange(6, dtype=np.float32).reshape(2, 3)
GOOD_TENSORS = {
    "content": _answer(p=tf.make_tensor_proto(_NUMBERS)),
    "values": _p([2, 3], float_val=range(6)),
    "files": _answer(f_bytes=_tensor([2], _STRING, string_val=[b"a", b"b"])),
    "no values": _p([2, 0]),
}
BAD_TENSORS = {
    "no message": b"\xff" * 50,
    "empty": b"",
    "cut": _answer(p=tf.make_tensor_proto(_NUMBERS))[:-5],
    "huge shape": _p([2, _HUGE, _HUGE]),
    "huge shape of one value": _p([2, _HUGE], float_val=[1]),
    "1 GB of one value": _p([2, 2**27], float_val=[1]),
    "1 GB of no value": _p([2, 2**27]),
    "1 GB of text": _p([2, 2**27], _STRING, string_val=[b"a"]),
    "many huge outputs": _answer(
        **{f"p{n}": _tensor([2, 2**27], float_val=[1]) for n in range(20)}
    ),
    "huge shape of bytes": _p([2, _HUGE], content=bytes(8)),
    "shape that overflows": _p([2, 2**62, 4], float_val=[1]),
    "many axes": _p([2, *[1] * 100], float_val=[1, 2]),
    "negative size": _p([2, -3], float_val=range(6)),
    "negative sizes": _p([-2, -1], float_val=range(2)),
    "unknown rank": _answer(p=_unknown_rank()),
    "scalar": _p([], float_val=[1]),
    "one row": _p([1, 3], float_val=range(3)),
    "three rows": _p([3, 3], float_val=range(9)),
    "no row": _p([0]),
    "too few bytes": _p([2, 3], content=bytes(23)),
    "too many bytes": _p([2, 3], content=bytes(28)),
    "values of another dtype": _p([2], int_val=[1, 2]),
    "values that do not fit": _p([2], 6, int_val=[300, -300]),
    "no dtype": _p([2], 0, float_val=[1, 2]),
    "unknown dtype": _p([2], 99, float_val=[1, 2]),
    "dtype of a reference": _p([2], 101, float_val=[1, 2]),
    "resource": _p([2], 20),
    "variant": _p([2], 21),
    "complex": _p([2], 8, content=bytes(16)),
    "quantized": _p([2], 11, content=bytes(2)),
    "text by content": _p([2], _STRING, content=bytes(16)),
    "file as number": _answer(f_bytes=_tensor([2], float_val=[1, 2])),
}
