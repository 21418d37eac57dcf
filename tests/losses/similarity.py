"""What the tests of the three indices of similarity share."""

import io

import numpy as np
from PIL import Image

from tests.fixtures.image_pairs import image_pairs
from tests.layer_checks import compiled, gradients
from tests.support import FIXTURES, numpy_of

PAIRS = image_pairs()


def references(index):
    """Name of a pair -> the value of an index that another package has."""
    with np.load(FIXTURES / "similarity.npz") as arrays:
        return {
            key.split("/")[0]: float(arrays[key])
            for key in arrays
            if key.split("/")[1] == index
        }


def images(name, dtype="float32"):
    """Two batches of one image in [0, 1]."""
    return [np.expand_dims(y / 255, 0).astype(dtype) for y in PAIRS[name]]


def value(function, name, dtype="float32"):
    return numpy_of(compiled(function)(*images(name, dtype)))[0]


def check_gradient(
    function, index, name, tolerance, dtype="float32", share=1.0
):
    """Against what the fixture holds of it, where that is finite.

    The tolerance is a share of the largest; `share` of the values keep it.
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
    """A photograph, and the same with more and more of three distortions."""
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
    """Means of 3 x 3 pixels."""
    for axis in (0, 1):
        image = (np.roll(image, 1, axis) + image + np.roll(image, -1, axis)) / 3
    return image


def as_jpeg(image, quality):
    file = io.BytesIO()
    image = Image.fromarray(image.astype(np.uint8))
    image.save(file, "jpeg", quality=quality)
    return np.asarray(Image.open(file), "float64")


def check_ranking(loss, name="even"):
    """Every distortion is worse than none, and worse the stronger it is."""
    photograph, distortions = growing(name)
    for kind, distorted in distortions.items():
        batch = np.clip(np.stack([photograph, *distorted]), 0, 255) / 255
        first = np.repeat(batch[:1], len(batch), axis=0)
        values = numpy_of(
            loss.call(*(b.astype("float32") for b in (first, batch)))
        )
        assert np.all(np.diff(values) > 0), (kind, values)
