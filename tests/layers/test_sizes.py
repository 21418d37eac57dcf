import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from keras import ops

from convzoo.layers.sizes import checked_sizes, valid_area
from tests.layer_checks import examples
from tests.support import numpy_of


@examples(20)
@given(
    sizes=st.lists(
        st.tuples(st.integers(1, 9), st.integers(1, 7)), min_size=1, max_size=4
    )
)
def test_the_valid_area_by_loops(sizes):
    maps = np.zeros((len(sizes), 9, 7, 2), "float32")
    expected = np.zeros(maps.shape[:3], bool)
    for area, (height, width) in zip(expected, sizes, strict=True):
        area[:height, :width] = True
    checked = checked_sizes(np.array(sizes), maps)
    np.testing.assert_array_equal(numpy_of(valid_area(checked, maps)), expected)


@pytest.mark.parametrize("dtype", ["int32", "int64", "uint8"])
def test_integers_of_any_kind_become_int32(dtype):
    sizes = checked_sizes(np.array([[2, 3]], dtype), np.zeros((1, 4, 4, 1)))
    assert str(numpy_of(sizes).dtype) == "int32"


@pytest.mark.parametrize(
    ("sizes", "message"),
    [
        ([[5, 4]], r"\(4, 6\).*\[\[5, 4\]\]"),
        ([[4, 7]], r"\(4, 6\).*\[\[4, 7\]\]"),
        ([[0, 1]], "between 1 and"),
        ([[-1, 1]], "between 1 and"),
        ([[1.0, 1.0]], "must be integers.*float"),
        ([1, 1], r"shape \(batch, 2\).*\(2,\)"),
        ([[1, 1, 1]], r"shape \(batch, 2\).*\(1, 3\)"),
    ],
)
def test_bad_sizes_are_quoted(sizes, message):
    with pytest.raises(ValueError, match=f"`sizes` .*{message}"):
        checked_sizes(ops.convert_to_tensor(sizes), np.zeros((1, 4, 6, 1)))
