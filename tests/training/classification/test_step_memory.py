"""Estimates of a step's memory, and batches within a limit."""

import numpy as np
import pytest

from convzoo.training import SizeBuckets
from convzoo.training.classification.one_hot_targets import OneHotTargets
from convzoo.training.classification.step_memory import (
    image_bytes,
    images_within,
)
from convzoo.zoo import SizeAgnosticClassifier
from tests.support import photograph


@pytest.mark.parametrize(
    ("arguments", "numbers"),
    [
        # One convolution at 16x16, then 3 + 2 at 8x8, 4x4 and 2x2.
        ({}, 256 * 4 + 5 * (64 * 4 + 16 * 8 + 4 * 16)),
        # The same after the grid of 8x8.
        ({"grid": 8}, 256 * 4 + 5 * (16 * 4 + 4 * 8 + 1 * 16)),
        (
            {"backbone": "plain"},
            256 * 4 + 64 * 4 + 64 * 8 + 16 * 8 + 16 * 16 + 4 * 16,
        ),
    ],
)
def test_the_maps_are_counted(arguments, numbers):
    model = SizeAgnosticClassifier(3, width=4, **arguments)
    # Six arrays of float32 each.
    assert image_bytes(model, 16, 16) == numbers * 24


def test_a_step_holds_what_fits_and_at_least_one_image():
    model = SizeAgnosticClassifier(3, width=4)
    one = image_bytes(model, 16, 16) / 1e9
    assert images_within(model, 5.5 * one, 16, 16) == 5
    assert images_within(model, 0.5 * one, 16, 16) == 1


def test_batches_of_large_images_are_smaller():
    sizes = [(8, 8)] * 7 + [(40, 40)] * 7
    images = [photograph(*size, seed=i) for i, size in enumerate(sizes)]
    dataset = SizeBuckets(
        images,
        np.arange(14),
        batch_size=4,
        buckets=2,
        limit=lambda height, width: 6400 // (height * width),
    )
    for epoch in range(2):
        dataset.follow().on_epoch_begin(epoch, None)
        batches = [dataset[index] for index in range(len(dataset))]
        shapes = [inputs["images"].shape[:3] for inputs, _ in batches]
        assert sorted(shapes) == [(4, 8, 8)] * 2 + [(4, 40, 40)] * 2
        assert {i for _, targets in batches for i in targets} == set(range(14))
        told = [dataset.shape_of(index) for index in range(len(dataset))]
        assert told == [shape[1:] for shape in shapes]


def test_a_limit_of_warped_images_is_that_of_the_largest_side():
    images = [photograph(9, 9, seed=i) for i in range(6)]
    dataset = SizeBuckets(
        images,
        np.arange(6),
        batch_size=6,
        sizes=(10, 20),
        limit=lambda height, width: 800 // (height * width),
    )
    assert len(dataset) == 3
    assert dataset[0][0].shape == (2, 10, 10, 3)
    assert dataset.shape_of(0) == (10, 10)


def test_one_hot_targets_are_rows_of_the_matrix():
    labels = np.array([2, 0, 1, 2])
    members = np.array([3, 3, 1])
    np.testing.assert_array_equal(
        OneHotTargets(labels, 4)[members],
        np.eye(4, dtype="float32")[labels[members]],
    )
