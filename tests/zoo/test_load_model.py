import keras
import numpy as np
import pytest

from convzoo.layers import NonLocal
from convzoo.presets import built_in
from convzoo.zoo import (
    BallPositionPredictor,
    SizeAgnosticClassifier,
    SRGenerator,
    load_model,
)
from convzoo.zoo.save_preset import save_preset

MODELS = [
    SRGenerator(scale=2, filters=4, num_blocks=1),
    SizeAgnosticClassifier(3, backbone="plain", width=4),
    BallPositionPredictor(width=4, depth=1, heads=1, map_width=4),
]


def of_any_class():
    image = keras.Input((None, None, 3))
    return keras.Model(image, NonLocal()(image))


def assert_same(loaded, model):
    assert type(loaded) is type(model)
    for a, b in zip(loaded.get_weights(), model.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize(
    "model", MODELS, ids=lambda model: type(model).__name__
)
@pytest.mark.parametrize("suffix", ["", ".keras"])
def test_a_preset_tells_its_class(model, suffix, tmp_path):
    path = tmp_path / f"mine{suffix}"
    model.save(path) if suffix else model.save_to_preset(path)
    assert_same(load_model(path), model)


@pytest.mark.parametrize("name", sorted(built_in()))
def test_a_built_in_preset_tells_its_class(name):
    model = load_model(name, load_weights=False)
    assert type(model).__name__ == built_in()[name].class_name
    assert model.name == name


def test_arguments_are_passed_on():
    model = load_model("sr_x4_tiny", load_weights=False, dtype="float16")
    assert model.get_config()["dtype"]["config"]["name"] == "float16"


@pytest.mark.parametrize("zipped", [False, True])
def test_a_model_of_any_class(zipped, tmp_path):
    path = tmp_path / ("mine.keras" if zipped else "mine")
    model = of_any_class()
    keras.saving.save_model(model, path, zipped=zipped)
    assert_same(load_model(path), model)


def test_other_models_take_no_arguments(tmp_path):
    of_any_class().save(tmp_path / "mine.keras")
    with pytest.raises(ValueError, match="`dtype` needs a model with `from_pr"):
        load_model(tmp_path / "mine.keras", dtype="float16")


def test_altered_weights_of_any_class_are_refused(tmp_path):
    folder = save_preset(of_any_class(), tmp_path / "mine")
    weights = folder / "model.weights.h5"
    weights.write_bytes(weights.read_bytes()[:-8])
    with pytest.raises(ValueError, match="missing, truncated or altered"):
        load_model(folder)


def test_a_file_of_an_unknown_class_is_named(tmp_path):
    @keras.saving.register_keras_serializable(package="tests", name="Gone")
    class Gone(keras.layers.Layer):
        def call(self, inputs):
            return inputs

    image = keras.Input((None, None, 3))
    keras.Model(image, Gone()(image)).save(tmp_path / "mine.keras")
    keras.saving.get_custom_objects().pop("tests>Gone")
    with pytest.raises(ValueError, match="mine.keras: cannot be read as a mod"):
        load_model(tmp_path / "mine.keras")


def test_an_unknown_preset_is_named():
    with pytest.raises(ValueError, match="did you mean 'sr_x4_tiny'"):
        load_model("sr_x4_tniy")
