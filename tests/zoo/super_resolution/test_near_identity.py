import keras
import numpy as np
import pytest

from convzoo.zoo.super_resolution.near_identity import NearIdentity
from tests.support import numpy_of


@pytest.mark.parametrize("shape", [(3, 3, 4, 4), (5, 1, 2, 6), (1, 3, 6, 2)])
def test_without_noise_a_convolution_copies(shape):
    image = np.random.default_rng(0).random((1, 7, 8, shape[2]), np.float32)
    kernel = NearIdentity(noise=0.0)(shape)
    found = numpy_of(keras.ops.conv(image, kernel, padding="same"))
    shared = min(shape[2:])
    np.testing.assert_array_equal(found[..., :shared], image[..., :shared])
    assert not found[..., shared:].any()


def test_noise_has_the_stated_deviation():
    kernel = numpy_of(NearIdentity(noise=0.3, seed=1)((3, 3, 64, 64)))
    kernel[1, 1] -= np.eye(64)
    # He et al. 2015: variance 2 / fan_in, with fan_in = 9 * 64.
    assert kernel.std() == pytest.approx(0.3 * np.sqrt(2 / 576), rel=0.02)
    assert abs(kernel.mean()) < 1e-3


def test_config_makes_the_same_kernel():
    first = NearIdentity(noise=0.2, seed=5)
    second = keras.saving.deserialize_keras_object(
        keras.saving.serialize_keras_object(first)
    )
    assert type(second) is NearIdentity
    shape = (3, 3, 4, 5)
    np.testing.assert_array_equal(
        numpy_of(first(shape)), numpy_of(second(shape))
    )


@pytest.mark.parametrize("shape", [(2, 3, 4, 4), (3, 4, 4, 4), (3, 4)])
def test_shapes_are_checked(shape):
    with pytest.raises(ValueError, match="odd sides.*Received"):
        NearIdentity()(shape)


def test_noise_is_checked():
    with pytest.raises(ValueError, match="noise=-1"):
        NearIdentity(noise=-1)
