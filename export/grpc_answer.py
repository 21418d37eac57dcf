"""Checked tensors of the answers of TF Serving's gRPC API."""

import math
from typing import Any

import numpy as np
import tensorflow as tf

from convzoo.export.rest_answer import BYTES

# Field of a `TensorProto` that has the values of each dtype.
_FIELDS = {
    "float16": "half_val",
    "bfloat16": "half_val",
    "float32": "float_val",
    "float64": "double_val",
    "int8": "int_val",
    "int16": "int_val",
    "int32": "int_val",
    "int64": "int64_val",
    "uint8": "int_val",
    "uint16": "int_val",
    "uint32": "uint32_val",
    "uint64": "uint64_val",
    "bool": "bool_val",
    "string": "string_val",
}


def array_of(name: str, tensor: Any, rows: int) -> np.ndarray:
    """Return the array of a `TensorProto`.

    A `TensorProto` may declare a shape of any size and have a single value that
    fills it. TF Serving sends all values, so other messages are refused before
    memory is allocated.

    Args:
        name: Name of the output.
        tensor: The `TensorProto`.
        rows: Number of rows that were asked for.

    Raises:
        ValueError: If the tensor has no numbers or bytes, other rows, or
            another number of values than its shape declares.
    """
    dtype = _dtype(name, tensor)
    shape = [dim.size for dim in tensor.tensor_shape.dim]
    if tensor.tensor_shape.unknown_rank or min(shape, default=-1) < 0:
        raise ValueError(f"output {name!r} has the shape {shape[:9]}")
    if shape[0] != rows:
        raise ValueError(
            f"output {name!r} has {shape[0]} rows for {rows} inputs"
        )
    count = math.prod(shape)
    if _size(tensor, dtype) != count:
        raise ValueError(
            f"output {name!r} has the shape {shape[:9]}, and another number of "
            "values"
        )
    try:
        return tf.make_ndarray(tensor)
    except (TypeError, ValueError, OverflowError) as error:
        raise ValueError(f"output {name!r} is not an array") from error


def _dtype(name: str, tensor: Any) -> tf.DType:
    try:
        dtype = tf.dtypes.as_dtype(tensor.dtype)
    except (TypeError, KeyError) as error:
        raise ValueError(
            f"output {name!r} has the unknown dtype {tensor.dtype}"
        ) from error
    if dtype.name not in _FIELDS:
        raise ValueError(f"output {name!r} has the dtype {dtype.name}")
    if name.endswith(BYTES) and dtype != tf.string:
        raise ValueError(f"output {name!r} has values that are not bytes")
    return dtype


def _size(tensor: Any, dtype: tf.DType) -> float:
    """Number of values that are there."""
    if tensor.tensor_content:
        if dtype == tf.string:
            return -1
        size = np.dtype(dtype.as_numpy_dtype).itemsize
        return len(tensor.tensor_content) / size
    return len(getattr(tensor, _FIELDS[dtype.name]))
