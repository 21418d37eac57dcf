"""Helpers shared by the tests of the three similarity indices."""

import io

import numpy as np
from PIL import Image

from tests.fixtures.image_pairs import image_pairs
from tests.layer_checks import compiled, gradients
from tests.support import FIXTURES, numpy_of

PAIRS = image_pairs()


def references(index):
    """Return the reference values of an index by name of the image pair."""
    with np.load(FIXTURES / "similarity.npz") as arrays:
        return {
            key.split("/")[0]: float(arrays[key])
            for key in arrays
            if key.split("/")[1] == index
        }


def images(name, dtype="float32"):
    """Return an image pair in [0, 1] as two batches of one image."""
    return [np.expand_dims(y / 255, 0).astype(dtype) for y in PAIRS[name]]


def value(function, name, dtype="float32"):
    return numpy_of(compiled(function)(*images(name, dtype)))[0]


def check_gradient(
    function, index, name, tolerance, dtype="float32", share=1.0
):
    """Compare a gradient with the fixture where the fixture is finite.

    The tolerance is relative to the largest value. `share` is the fraction of
    the values that must keep it.
    """
    x, y = images(name, dtype)
    with np.load(FIXTURES / "similarity.npz") as arrays:
        expected = arrays[f"{name}/{index}_gradient"]
    (found,) = gradients(lambda y: function(x, y), [y], np.ones(1, dtype))
    found, finite = found[0, ::7, ::5], np.isfinite(expected)
    assert np.all(np.isfinite(found)) and finite.mean() > 0.5
    largest = np.max(np.abs(expected[finite]))
    difference = np.quantile(np.abs(found - expected)[finite], share)
    assert difference <= tolerance * largest


def growing(name):
    """Return a photograph and three distortions of increasing strength."""
    photograph = PAIRS[name][0].astype("float64")
    noise = np.random.default_rng(0).normal(size=photograph.shape)
    blurred, noisy, blocked = [photograph], [], []
    for strength in range(1, 5):
        blurred.append(smoothed(blurred[-1]))
        noisy.append(photograph + 6 * 2**strength * noise)
        blocked.append(as_jpeg(photograph, 100 - 23 * strength))
    return photograph, {
        "blur": blurred[1:],
        "noise": noisy,
        "JPEG": blocked,
    }


def smoothed(image):
    """Return the means of 3 x 3 pixels."""
    for axis in (0, 1):
        image = (np.roll(image, 1, axis) + image + np.roll(image, -1, axis)) / 3
    return image


def as_jpeg(image, quality):
    file = io.BytesIO()
    image = Image.fromarray(image.astype(np.uint8))
    image.save(file, "jpeg", quality=quality)
    return np.asarray(Image.open(file), "float64")


def check_ranking(loss, name="even"):
    """Check that a loss increases with the strength of each distortion."""
    photograph, distortions = growing(name)
    for kind, distorted in distortions.items():
        batch = np.clip(np.stack([photograph, *distorted]), 0, 255) / 255
        first = np.repeat(batch[:1], len(batch), axis=0)
        values = numpy_of(
            loss.call(*(b.astype("float32") for b in (first, batch)))
        )
        assert np.all(np.diff(values) > 0), (kind, values)
