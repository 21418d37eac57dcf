"""classifier_pixels: the size to which an image is scaled."""

import numpy as np
import pytest

from convzoo.zoo.classification.classifier_pixels import (
    classifier_pixels,
    scaled_size,
)


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        ((300, 200), (48, 32)),
        ((1, 1), (32, 32)),
        # Memory is bounded: at most 16 to 1.
        ((20, 10_000), (32, 512)),
        ((10_000, 1), (512, 32)),
        ((32, 10_000), (32, 512)),
    ],
)
def test_images_of_any_aspect_ratio(size, expected):
    assert scaled_size(size, 32) == expected
    image = np.full((*size, 3), 51, "uint8")
    pixels = classifier_pixels(image, (0, 1), 32)
    assert pixels.shape == (*expected, 3)
    np.testing.assert_allclose(pixels, 0.2, atol=1e-6)
