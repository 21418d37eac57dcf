import numpy as np

from convzoo.training.mapped_arrays import mapped_arrays


def test_arrays_of_any_shape_come_back():
    random = np.random.default_rng(0)
    arrays = [
        random.integers(256, size=shape).astype("uint8")
        for shape in ((3, 4, 3), (1, 1, 1), (7, 2))
    ]
    found = mapped_arrays(array for array in arrays)
    for a, b in zip(found, arrays, strict=True):
        np.testing.assert_array_equal(a, b)
    # The arrays are mapped from a file, not copied into memory.
    assert found[0].base is not None and not found[0].flags.owndata


def test_no_array_gives_none():
    assert mapped_arrays([]) == []
