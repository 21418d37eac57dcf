"""Tensors of gRPC answers, against those that TensorFlow makes."""

import numpy as np
import pytest
import tensorflow as tf

from convzoo.export.grpc_answer import array_of

FLOAT, INT8, STRING = 1, 6, 7


def tensor(shape, dtype=FLOAT, content=b"", **values):
    found = tf.make_tensor_proto(np.float32(0))
    found.Clear()
    found.dtype, found.tensor_content = dtype, content
    for size in shape:
        found.tensor_shape.dim.add(size=size)
    for name, numbers in values.items():
        getattr(found, name).extend(numbers)
    return found


@pytest.mark.parametrize(
    "dtype",
    [
        *("float16", "float32", "float64", "int8", "int16", "int32", "int64"),
        *("uint8", "uint16", "uint32", "uint64", "bool"),
    ],
)
def test_arrays_are_read(dtype):
    array = np.array([[0, 1, 2], [3, 0, 5]], dtype)
    for found in (tf.make_tensor_proto(array), tf.constant(array)):
        if isinstance(found, tf.Tensor):
            # As TF Serving writes it: one value after the other.
            found = tf.io.parse_tensor(tf.io.serialize_tensor(found), dtype)
            found = tf.make_tensor_proto(found.numpy())
        read = array_of("p", found, 2)
        assert read.dtype == array.dtype
        np.testing.assert_array_equal(read, array)


def test_values_and_bytes_are_read():
    found = array_of("p", tensor([2, 2], float_val=[1, 2, 3, 4]), 2)
    np.testing.assert_array_equal(found, [[1, 2], [3, 4]])
    files = tensor([2], STRING, string_val=[b"a", b""])
    assert array_of("f_bytes", files, 2).tolist() == [b"a", b""]
    assert array_of("p", tensor([2, 0]), 2).shape == (2, 0)


@pytest.mark.parametrize(
    "found",
    [
        tensor([2, 2**40], float_val=[1]),
        tensor([2, 2**31, 2**31]),
        tensor([2, 2**27]),
        tensor([2, 2**27], STRING, string_val=[b"a"]),
        tensor([2, 2**62, 4], float_val=[1]),
        tensor([2, 2**40], content=bytes(8)),
        tensor([2, 3], content=bytes(23)),
        tensor([2], STRING, content=bytes(16)),
        tensor([2], int_val=[1, 2]),
    ],
    ids=range(9),
)
def test_a_shape_must_have_its_values(found):
    with pytest.raises(ValueError, match="'p' has the shape .* another number"):
        array_of("p", found, 2)


@pytest.mark.parametrize(
    "found, reason",
    [
        (tensor([2, -3], float_val=[1]), "has the shape"),
        (tensor([], float_val=[1]), "has the shape"),
        (tensor([3], float_val=[1, 2, 3]), "has 3 rows for 2 inputs"),
        (tensor([1], float_val=[1]), "has 1 rows for 2 inputs"),
        (tensor([2], 0), "has the unknown dtype 0"),
        (tensor([2], 99), "has the unknown dtype 99"),
        (tensor([2], 20), "has the dtype resource"),
        (tensor([2], 8, content=bytes(16)), "has the dtype complex64"),
        (tensor([2], INT8, int_val=[300, 1]), "is not an array"),
        (tensor([2, *[1] * 99], float_val=[1, 2]), "is not an array"),
    ],
    ids=range(10),
)
def test_other_tensors_are_refused(found, reason):
    with pytest.raises(ValueError, match=f"output 'p' ({reason})"):
        array_of("p", found, 2)


def test_files_must_be_bytes():
    with pytest.raises(ValueError, match="'f_bytes' has values that are not"):
        array_of("f_bytes", tensor([2], float_val=[1, 2]), 2)
