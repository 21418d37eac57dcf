import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from convzoo.training.classification.bucket_shapes import bucket_shapes

SIZES = st.lists(
    st.tuples(st.integers(1, 60), st.integers(1, 60)), min_size=1, max_size=40
)


def pixels(numbers, shapes):
    return shapes[numbers].prod(axis=1).sum()


@settings(max_examples=60, deadline=None)
@given(sizes=SIZES, count=st.integers(1, 8))
def test_every_image_fits_its_bucket_and_no_bucket_is_too_large(sizes, count):
    sizes = np.array(sizes)
    numbers, shapes = bucket_shapes(sizes, count)
    assert 1 <= len(shapes) <= count
    for number, shape in enumerate(shapes):
        members = sizes[numbers == number]
        np.testing.assert_array_equal(members.max(axis=0), shape)
    assert numbers.shape == (len(sizes),)


@settings(max_examples=30, deadline=None)
@given(sizes=SIZES)
def test_more_buckets_never_take_more_pixels(sizes):
    found = [pixels(*bucket_shapes(sizes, count)) for count in range(1, 7)]
    assert found == sorted(found, reverse=True)


@settings(max_examples=30, deadline=None)
@given(sizes=SIZES)
def test_enough_buckets_take_no_padding(sizes):
    found = pixels(*bucket_shapes(sizes, len(sizes)))
    assert found == np.prod(sizes, axis=1).sum()


@settings(max_examples=30, deadline=None)
@given(sizes=SIZES)
def test_the_first_cut_is_the_best_of_all(sizes):
    sizes = np.array(sizes)
    best = len(sizes) * sizes.max(axis=0).prod()
    for axis in (0, 1):
        for limit in np.unique(sizes[:, axis])[:-1]:
            lower = sizes[:, axis] <= limit
            cost = sum(
                len(part) * part.max(axis=0).prod()
                for part in (sizes[lower], sizes[~lower])
            )
            best = min(best, cost)
    assert pixels(*bucket_shapes(sizes, 2)) == best


def test_equal_sizes_are_one_bucket():
    numbers, shapes = bucket_shapes([(7, 5)] * 9, 4)
    assert shapes.tolist() == [[7, 5]] and not numbers.any()
