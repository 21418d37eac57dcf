"""Preprocessing, against that of Keras for each network."""

import sys

import keras
import numpy as np
import pytest

from convzoo.zoo.backbones.applications import APPLICATIONS
from convzoo.zoo.backbones.preprocess import preprocess
from tests.support import numpy_of

IMAGES = np.random.default_rng(0).integers(0, 256, (2, 5, 7, 3), "uint8")
RANGES = (0, 255), (0, 1), (-1, 1)


def in_range(images, low, high):
    return (low + images / 255 * (high - low)).astype("float32")


@pytest.mark.parametrize("image_range", RANGES)
@pytest.mark.parametrize("name", APPLICATIONS)
def test_every_network_of_keras(name, image_range):
    builder = getattr(keras.applications, APPLICATIONS[name].builder)
    module = sys.modules[builder.__module__]
    expected = module.preprocess_input(IMAGES.astype("float32"))
    images = in_range(IMAGES, *image_range)
    found = preprocess(images, APPLICATIONS[name].mode, image_range)
    np.testing.assert_allclose(numpy_of(found), expected, atol=1e-4)


@pytest.mark.parametrize("mode", ["caffe", "tf", "torch"])
def test_every_mode(mode):
    keras_function = keras.applications.imagenet_utils.preprocess_input
    expected = keras_function(IMAGES.astype("float32"), mode=mode)
    # Integers and half precision are converted first.
    for images in (IMAGES, IMAGES.astype("float16")):
        found = numpy_of(preprocess(images, mode, (0, 255)))
        assert found.dtype == "float32"
        np.testing.assert_allclose(found, expected, atol=1e-4)


def test_no_preprocessing_gives_pixels():
    found = preprocess(in_range(IMAGES, -1, 1), "none", (-1, 1))
    np.testing.assert_allclose(numpy_of(found), IMAGES, atol=1e-4)


@pytest.mark.parametrize("mode", ["imagenet", None, "auto"])
def test_unknown_mode(mode):
    with pytest.raises(ValueError, match=f"`mode` .* mode={mode!r}"):
        preprocess(IMAGES, mode, (0, 255))
