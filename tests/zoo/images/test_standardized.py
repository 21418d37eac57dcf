import numpy as np
import pytest
from keras import ops

from convzoo.zoo.images.standardized import standardized
from tests.support import numpy_of


def by_loops(image, counts, by_channel):
    """Standardize one image over its counted positions; 0 elsewhere."""
    pixels = image[counts].astype("float64")
    mean = pixels.mean(axis=0) if by_channel else pixels.mean()
    expected = np.zeros(image.shape)
    expected[counts] = (pixels - mean) / np.sqrt(
        np.mean((pixels - mean) ** 2) + 1 / 255**2
    )
    return expected


@pytest.mark.parametrize("by_channel", [False, True])
@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize("channels", [1, 3])
def test_equals_numpy(by_channel, masked, channels):
    random = np.random.default_rng(0)
    images = random.normal(2, 0.3, (3, 6, 5, channels)).astype("float32")
    images *= np.arange(1, channels + 1, dtype="float32")
    area = random.random((3, 6, 5, 1)) < (0.6 if masked else 2)
    images *= area
    found = standardized(
        ops.convert_to_tensor(images),
        ops.convert_to_tensor(area) if masked else None,
        by_channel,
    )
    for image, counts, each in zip(images, area, numpy_of(found), strict=True):
        expected = by_loops(image, counts[:, :, 0], by_channel)
        np.testing.assert_allclose(each, expected, atol=1e-4)


@pytest.mark.parametrize("by_channel", [False, True])
def test_a_flat_image_is_all_zeros(by_channel):
    images = ops.full((2, 4, 4, 3), 0.7)
    found = numpy_of(standardized(images, by_channel=by_channel))
    np.testing.assert_allclose(found, 0, atol=1e-4)
