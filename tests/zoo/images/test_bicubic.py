import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from convzoo.zoo.images.bicubic import resize_bicubic
from tests.support import photograph


def cubic(x):
    """Cubic kernel of Keys (1981), with a = -0.5."""
    x = abs(x)
    if x < 1:
        return 1.5 * x**3 - 2.5 * x**2 + 1
    return -0.5 * x**3 + 2.5 * x**2 - 4 * x + 2 if x < 2 else 0.0


def by_loops(line, length):
    """Resample one axis; the kernel widens when the axis shrinks."""
    ratio = len(line) / length
    width = max(ratio, 1)
    result = []
    for i in range(length):
        centre = (i + 0.5) * ratio
        taps = [cubic((j + 0.5 - centre) / width) for j in range(len(line))]
        result.append(np.dot(taps, line) / np.sum(taps))
    return np.array(result)


@settings(deadline=None)
@given(length=st.integers(2, 40), target=st.integers(1, 80))
def test_equals_keys_kernel(length, target):
    line = np.random.default_rng(length).random(length).astype("float32")
    image = np.tile(line[:, None, None], (1, 3, 2))
    found = resize_bicubic(image, target, 3)
    expected = by_loops(line, target)
    np.testing.assert_allclose(found[:, 0, 1], expected, atol=1e-5)


@pytest.mark.parametrize("channels", [1, 3, 4])
def test_a_uint8_image_is_rounded_and_clipped(channels):
    image = photograph(12, 9, channels)
    found = resize_bicubic(image, 48, 36)
    exact = resize_bicubic(image.astype("float32"), 48, 36)
    assert found.dtype == np.uint8 and found.shape == (48, 36, channels)
    # Pillow rounds between its two passes.
    assert np.abs(found - np.clip(exact, 0, 255)).max() <= 2


def test_a_constant_stays():
    image = np.full((8, 8, 3), 77, "uint8")
    assert (resize_bicubic(image, 3, 21) == 77).all()
