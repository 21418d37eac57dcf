import keras
import numpy as np
import pytest

from convzoo.losses import FeatureExtractor, Perceptual
from tests.fixtures.feature_cases import FEATURE_SIZE
from tests.loss_checks import random_pair
from tests.losses import similarity
from tests.losses.feature_checks import check_golden
from tests.support import numpy_of, rest_long, run_loss_test, shared_data


def shallow(layers=None, **arguments):
    layers = layers or {"conv1": 0.5, "fire3": 2}
    return FeatureExtractor("squeezenet", layers, weights=None, **arguments)


@pytest.mark.parametrize(
    "arguments",
    rest_long(
        {"features": shallow()},
        {
            "features": FeatureExtractor(
                "vgg16",
                "block2_conv1",
                before_activation=True,
                weights=None,
            ),
            "distance": "l2",
            "feature_scale": 0.5,
        },
    ),
)
def test_loss(arguments, tmp_path):
    run_loss_test(
        Perceptual,
        arguments,
        random_pair((2, 20, 25, 3)),
        folder=tmp_path,
        other_pairs=[random_pair((2, 11, 32, 3))],
    )


@pytest.mark.parametrize("preset", ["srgan", "esrgan", "real_esrgan"])
def test_presets_as_torchvision(preset):
    loss = getattr(Perceptual, preset)(weights=None)
    check_golden(loss, preset, *FEATURE_SIZE, tolerance=1e-5)


def test_presets_say_what_they_are():
    loss = Perceptual.srgan(weights=None, input_range=(-1, 1), name="content")
    assert loss.name == "content" and loss.value_range == (-1.0, 1.0)
    assert loss.distance == "l2" and loss.feature_scale == 1 / 12.75
    assert not loss.features.before_activation


def test_range_of_the_input_does_not_matter():
    x, y = random_pair((2, 20, 25, 3))
    found = Perceptual(shallow(input_range=(-1, 1)))(2 * x - 1, 2 * y - 1)
    expected = Perceptual(shallow())(x, y)
    np.testing.assert_allclose(numpy_of(found), numpy_of(expected), rtol=1e-5)


def test_weights_of_layers_and_scale():
    x, y = random_pair((2, 20, 25, 3))
    one, other = (
        numpy_of(Perceptual(shallow(layers=name))(x, y))
        for name in ("conv1", "fire3")
    )
    both = numpy_of(Perceptual(shallow())(x, y))
    np.testing.assert_allclose(both, 0.5 * one + 2 * other, rtol=1e-5)
    scaled = numpy_of(Perceptual(shallow(), feature_scale=3)(x, y))
    np.testing.assert_allclose(scaled, 3 * both, rtol=1e-5)
    l2 = numpy_of(Perceptual(shallow(), "l2")(x, y))
    scaled = numpy_of(Perceptual(shallow(), "l2", feature_scale=3)(x, y))
    np.testing.assert_allclose(scaled, 9 * l2, rtol=1e-5)


@pytest.mark.long
def test_ranking():
    path = shared_data("features") / "squeezenet_v1_1_fp16.npz"
    layers = ["fire3", "fire5", "fire9"]
    features = FeatureExtractor("squeezenet", layers, weights=path)
    similarity.check_ranking(Perceptual(features))


def test_a_model_of_a_user_in_a_file(tmp_path):
    """The loss is restored with a path; without one, the error explains why."""
    network = keras.Sequential(
        [
            keras.Input((None, None, 3)),
            keras.layers.Conv2D(4, 3, activation="relu", name="features"),
        ]
    )
    weights = tmp_path / "network.weights.h5"
    network.save_weights(weights)
    x, y = random_pair((2, 12, 14, 3))
    inputs = keras.Input((None, None, 3))
    for given in (weights, None):
        features = FeatureExtractor(network, "features", weights=given)
        model = keras.Model(inputs, keras.layers.Conv2D(3, 1)(inputs))
        model.compile("sgd", Perceptual(features))
        model.train_on_batch(x, y)
        model.save(tmp_path / "model.keras")
        if given is None:
            break
        loaded = keras.saving.load_model(tmp_path / "model.keras")
        np.testing.assert_allclose(
            loaded.evaluate(x, y, verbose=0),
            model.evaluate(x, y, verbose=0),
            rtol=1e-5,
        )
    with pytest.raises((ValueError, TypeError), match="compile=False"):
        keras.saving.load_model(tmp_path / "model.keras")
    keras.saving.load_model(tmp_path / "model.keras", compile=False)


def test_range_is_checked():
    loss = Perceptual(shallow(), check_range=True)
    x, y = random_pair((2, 20, 25, 3))
    with pytest.raises(ValueError, match="`y_true` must hold values from 0.0"):
        loss(255 * x, 255 * y)


@pytest.mark.parametrize(
    ("arguments", "match"),
    [
        (
            {"features": "vgg19"},
            "`features` must be a FeatureExtractor.*'vgg19'",
        ),
        ({"features": shallow(), "distance": "l3"}, "`distance` .*'l3'"),
        ({"features": shallow(), "feature_scale": 0}, "`feature_scale` .*=0"),
        ({"features": shallow(), "check_range": 1}, "`check_range` .*=1"),
    ],
)
def test_bad_arguments(arguments, match):
    with pytest.raises(ValueError, match=match):
        Perceptual(**arguments)


@pytest.mark.parametrize(
    ("shape", "match"),
    [((1, 8, 30, 3), "at least 9 pixels"), ((1, 30, 30, 1), "3 channels")],
)
def test_bad_images(shape, match):
    images = np.zeros(shape, "float32")
    loss = Perceptual(FeatureExtractor("squeezenet", "fire5", weights=None))
    with pytest.raises(ValueError, match=match):
        loss(images, images)
