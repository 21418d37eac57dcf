import json
import shutil

import keras
import numpy as np
import pytest

from convzoo.presets import built_in
from convzoo.zoo import (
    BallPositionPredictor,
    SizeAgnosticClassifier,
    SRGenerator,
)
from tests.support import randomized, tiny_generator

CLASSES = (SRGenerator, SizeAgnosticClassifier, BallPositionPredictor)


class MyGenerator(SRGenerator):
    """A user's subclass that is not registered with Keras."""


@keras.saving.register_keras_serializable(package="tests")
class NamedGenerator(SRGenerator):
    """A user's registered subclass with an additional argument."""

    def __init__(self, motto="none", **kwargs):
        super().__init__(**kwargs)
        self.motto = motto

    def get_config(self):
        return {**super().get_config(), "motto": self.motto}


def assert_same_weights(model, other):
    pairs = zip(model.get_weights(), other.get_weights(), strict=True)
    for a, b in pairs:
        np.testing.assert_array_equal(a, b)


@pytest.fixture
def run(tmp_path):
    """The folder of a finished run, and its models."""
    folder = tmp_path / "mine"
    models = {}
    for seed, which in enumerate(("best", "last")):
        models[which] = randomized(tiny_generator(), seed=seed)
        models[which].save_to_preset(folder / which)
    (folder / "run.json").write_text(json.dumps({"class": "SRGenerator"}))
    return folder, models


@pytest.mark.parametrize("cls", CLASSES)
def test_presets_are_those_of_the_class(cls):
    assert cls.presets == built_in(cls.__name__) != {}
    for name in cls.presets:
        model = cls.from_preset(name, load_weights=False)
        assert type(model) is cls and model.name == name


def test_arguments_are_those_of_the_constructor():
    model = tiny_generator()
    assert model.arguments["filters"] == 5
    assert not {"name", "dtype", "self", "kwargs"} & set(model.arguments)
    copy = SRGenerator(**model.arguments)
    assert copy.arguments == model.arguments
    assert NamedGenerator(motto="a").arguments["motto"] == "a"


def test_without_weights_it_is_fresh():
    fresh = SRGenerator.from_preset("sr_x4_tiny", load_weights=False)
    trained = SRGenerator.from_preset("sr_x4_tiny")
    assert fresh.arguments == trained.arguments
    assert not np.allclose(fresh.get_weights()[0], trained.get_weights()[0])


@pytest.mark.parametrize("which", ["best", "last"])
def test_a_run(which, run):
    folder, models = run
    model = SRGenerator.from_preset(folder, weights=which)
    assert model.name == "mine"
    assert_same_weights(model, models[which])
    assert_same_weights(SRGenerator.from_preset(folder / which), models[which])


def test_a_keras_file(tmp_path):
    model = tiny_generator()
    model.save(tmp_path / "mine.keras")
    loaded = SRGenerator.from_preset(tmp_path / "mine.keras")
    assert loaded.name == model.name
    assert_same_weights(loaded, model)


@pytest.mark.parametrize("kind", ["preset", "keras"])
def test_overrides_replace_arguments(kind, tmp_path):
    if kind == "preset":
        path = tiny_generator().save_to_preset(tmp_path / "mine")
    else:
        path = tmp_path / "mine.keras"
        tiny_generator().save(path)
    model = SRGenerator.from_preset(path, dtype="mixed_bfloat16", name="other")
    assert model.name == "other"
    assert model.get_config()["dtype"]["config"]["name"] == "mixed_bfloat16"
    assert_same_weights(model, SRGenerator.from_preset(path))
    fresh = SRGenerator.from_preset(path, load_weights=False, filters=3)
    assert fresh.filters == 3


def test_overrides_that_do_not_fit_the_weights_are_named(tmp_path):
    path = tiny_generator().save_to_preset(tmp_path / "mine")
    with pytest.raises(ValueError, match="weights do not fit the SRGenerator"):
        SRGenerator.from_preset(path, filters=6)
    with pytest.raises(ValueError, match="`block` must be one of"):
        SRGenerator.from_preset(path, block="round")
    with pytest.raises(ValueError, match="wings"):
        SRGenerator.from_preset(path, wings=2)


def test_which_weights_is_a_keyword(run):
    folder, _ = run
    with pytest.raises(ValueError, match="`load_weights` must be True or Fal"):
        SRGenerator.from_preset(folder, "last")


def test_presets_cannot_be_changed():
    with pytest.raises(TypeError, match="mappingproxy"):
        SRGenerator.presets["mine"] = None


def test_a_subclass_loads_what_its_parent_saved():
    model = MyGenerator.from_preset("sr_x4_tiny")
    assert type(model) is MyGenerator
    assert MyGenerator.presets == SRGenerator.presets
    assert_same_weights(model, SRGenerator.from_preset("sr_x4_tiny"))


def test_a_registered_subclass_comes_back(tmp_path):
    model = NamedGenerator(
        motto="hi", scale=2, filters=4, num_blocks=1, block="plain"
    )
    path = model.save_to_preset(tmp_path / "mine")
    for cls in (NamedGenerator, SRGenerator):
        loaded = cls.from_preset(path)
        assert type(loaded) is NamedGenerator and loaded.motto == "hi"
        assert_same_weights(loaded, model)


def test_an_unregistered_subclass_is_loaded_by_itself_alone(tmp_path):
    path = MyGenerator(scale=2, filters=4, num_blocks=1).save_to_preset(
        tmp_path / "mine"
    )
    assert type(MyGenerator.from_preset(path)) is MyGenerator
    with pytest.raises(ValueError, match="MyGenerator, which is not register"):
        SRGenerator.from_preset(path)


def test_a_preset_of_another_class_is_named(run):
    folder, _ = run
    for name in ("sr_x4_tiny", folder):
        with pytest.raises(
            ValueError, match="is a SRGenerator; .* needs a SizeAgnosticClass"
        ):
            SizeAgnosticClassifier.from_preset(name)


def test_altered_weights_are_refused(tmp_path):
    path = tmp_path / "mine"
    shutil.copytree(built_in()["sr_x4_tiny"].path, path)
    weights = path / "model.weights.h5"
    weights.write_bytes(weights.read_bytes()[:-8])
    with pytest.raises(ValueError, match="missing, truncated or altered"):
        SRGenerator.from_preset(path)


def test_a_keras_model_as_backbone_comes_back(tmp_path):
    image = keras.Input((None, None, 3))
    backbone = keras.Model(image, keras.layers.Conv2D(4, 3)(image))
    model = SizeAgnosticClassifier(3, backbone=backbone)
    path = model.save_to_preset(tmp_path / "mine")
    loaded = SizeAgnosticClassifier.from_preset(path)
    assert_same_weights(loaded, model)
