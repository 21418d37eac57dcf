"""Networks by name: shapes, names of layers, data types, saved weights."""

import keras
import numpy as np
import pytest

from convzoo.zoo.backbones.pretrained_network import pretrained_network
from tests.support import numpy_of, rest_long

QUICK = "squeezenet", "mobilenet_v3_small"
IMAGES = np.random.default_rng(0).uniform(0, 255, (2, 65, 97, 3))
IMAGES = IMAGES.astype("float32")


@pytest.mark.parametrize("name", QUICK)
def test_maps_of_two_sizes(name):
    network = pretrained_network(name)
    side = network.smallest_side
    for images in (IMAGES, IMAGES[:1, :side, :side]):
        (maps,) = network.model(images)
        expected = network.model.compute_output_shape(images.shape)
        assert [tuple(maps.shape)] == [tuple(shape) for shape in expected]
        assert np.isfinite(numpy_of(maps)).all()
    assert tuple(maps.shape[:3]) == (1, 1, 1)


@pytest.mark.long
@pytest.mark.parametrize("name", QUICK)
def test_saved_weights_do_not_depend_on_what_was_built_before(name, tmp_path):
    """Keras numbers layers by a counter of the process."""
    keras.utils.set_random_seed(1)
    first = pretrained_network(name)
    keras.layers.Activation("relu")
    second = pretrained_network(name)
    assert first.maps == second.maps
    names = [layer.name for layer in first.model.layers]
    assert names == [layer.name for layer in second.model.layers]
    expected = numpy_of(first.model(IMAGES)[0])
    assert np.abs(expected - numpy_of(second.model(IMAGES)[0])).max() > 0
    path = tmp_path / "model.weights.h5"
    first.model.save_weights(path)
    second.model.load_weights(path)
    np.testing.assert_array_equal(numpy_of(second.model(IMAGES)[0]), expected)


def test_seed_of_keras_is_that_of_random_weights():
    found = []
    for _ in range(2):
        keras.utils.set_random_seed(7)
        model = pretrained_network("squeezenet", "fire2").model
        found.append(model.get_weights())
    for one, other in zip(*found, strict=True):
        np.testing.assert_array_equal(one, other)
    assert np.std(found[0][0]) > 0.1


@pytest.mark.parametrize("name", QUICK)
@pytest.mark.parametrize("policy", rest_long("mixed_bfloat16", "float16"))
def test_half_precision(name, policy):
    network = pretrained_network(name, dtype=policy)
    (maps,) = network.model(IMAGES[:1] / 255)
    expected = keras.dtype_policies.get(policy)
    assert keras.backend.standardize_dtype(maps.dtype) == expected.compute_dtype
    kernels = [v for v in network.model.weights if "kernel" in v.path]
    assert {v.dtype for v in kernels} == {expected.variable_dtype}


@pytest.mark.parametrize("name", rest_long(*QUICK))
def test_all_layers_can_be_trained(name):
    model = pretrained_network(name).model
    trainable = {id(v) for v in model.trainable_variables}
    frozen = [v.path for v in model.weights if id(v) not in trainable]
    # Statistics of batches are weights that no gradient changes.
    assert trainable and all("moving" in path for path in frozen)
    mean = keras.ops.mean(model(model.inputs[0])[0], (1, 2))
    learner = keras.Model(model.inputs, keras.layers.Dense(2)(mean))
    learner.compile("sgd", "mse")
    old = numpy_of(model.trainable_variables[0].value)
    learner.fit(IMAGES / 255, np.ones((2, 2)), verbose=0)
    assert np.abs(numpy_of(model.trainable_variables[0].value) - old).max() > 0
