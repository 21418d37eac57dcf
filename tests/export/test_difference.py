import keras
import numpy as np
import pytest

from convzoo.export.difference import (
    SIZES,
    checked_sizes,
    largest,
    measure,
)
from convzoo.export.served import served
from tests.support import tiny_generator


class Tenfold(keras.Model):
    """Model with outputs of far larger scale than 1."""

    serving_inputs = {"image": ("batch", "height", "width", 3)}

    def serve(self, image):
        return {"result": 1000 * image[..., :1]}


def off(image):
    return {"result": 1000 * image[..., :1] + np.float32(10)}


def difference(model, run):
    return largest(measure(served(model), run))


def test_nan_is_a_difference():
    def nan(image):
        shape = (image.shape[0], *(2 * n for n in image.shape[1:3]), 3)
        return {"image_x2": np.full(shape, np.nan, "float32")}

    assert np.isnan(difference(tiny_generator(), nan))


def test_a_model_may_say_what_it_is_shown_and_what_counts():
    model = Tenfold()
    shown = []

    def examples(shapes, random):
        shown.append(shapes["image"])
        return {"image": random.normal(5, 1, shapes["image"])}

    def looked_at(image):
        assert image.mean() > 4 and image.dtype == np.float32
        return off(image)

    model.serving_examples = examples
    assert difference(model, looked_at) == pytest.approx(10, rel=0.01)
    assert shown == [(*size, 3) for size in SIZES]
    model.serving_scales = {"result": 100}
    assert difference(model, looked_at) == pytest.approx(0.1, rel=0.01)


def test_every_size_has_its_figures():
    def once_off(image):
        outputs = 1000 * image[..., :1]
        outputs[0, 0, 0] += 10
        return {"result": outputs}

    found = measure(served(Tenfold()), once_off, [(1, 5, 8), (2, 50, 60)])
    assert [size["inputs"] for size in found] == [
        {"image": (1, 5, 8, 3)},
        {"image": (2, 50, 60, 3)},
    ]
    assert all(size["seconds"] > 0 for size in found)
    first, second = (size["outputs"]["result"] for size in found)
    assert first["mean"] == pytest.approx(10 / 40, rel=1e-3)
    assert second["mean"] == pytest.approx(10 / 6000, rel=1e-3)
    for figures in (first, second):
        assert figures["largest"] == pytest.approx(10, rel=1e-3)
    assert first["p99_9"] > 1 > second["p99_9"]


def test_another_shape_is_an_error():
    with pytest.raises(ValueError, match="'image_x2'.*Received"):
        difference(tiny_generator(), lambda image: {"image_x2": image})
    with pytest.raises(ValueError, match="Received.*other"):
        difference(tiny_generator(), lambda image: {"other": image})


def test_a_size_that_a_model_cannot_compute_is_named():
    image = keras.Input((None, None, 3))
    pooled = keras.layers.Conv2D(2, 9)(image)
    model = served(keras.Model(image, pooled))
    with pytest.raises(ValueError, match=r"`sizes` \(1, 5, 8\)"):
        measure(model, lambda input: {}, [(1, 5, 8)])


def test_default_sizes_are_those_that_a_model_takes():
    model = served(tiny_generator())
    assert checked_sizes(SIZES, model) == SIZES
    found = checked_sizes(SIZES, model._replace(sides=(17, None)))
    assert found == ((1, 48, 64), (2, 57, 39), (1, 21, 24))
    # What is asked for is taken as it is.
    asked = ((1, 5, 8),)
    assert checked_sizes(asked, model._replace(sides=(17, None))) == asked
