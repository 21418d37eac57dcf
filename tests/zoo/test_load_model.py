import json

import keras
import numpy as np
import pytest

from convzoo.layers import NonLocal
from convzoo.zoo import (
    BallPositionPredictor,
    SizeAgnosticClassifier,
    SRGenerator,
    load_model,
)
from convzoo.zoo.presets import PRESETS

MODELS = [
    SRGenerator(scale=2, filters=4, num_blocks=1),
    SizeAgnosticClassifier(3, backbone="plain", width=4),
    BallPositionPredictor(width=4, depth=1, heads=1, map_width=4),
]


def saved(model, folder):
    """What a recipe leaves."""
    folder.mkdir()
    (folder / "run.json").write_text(json.dumps({"model": model.arguments}))
    model.save_weights(folder / "best.weights.h5")
    return folder


@pytest.mark.parametrize(
    "model", MODELS, ids=lambda model: type(model).__name__
)
@pytest.mark.parametrize("file", ["", "best.weights.h5"])
def test_a_run_tells_its_class(model, file, tmp_path):
    loaded = load_model(saved(model, tmp_path / "run") / file)
    assert type(loaded) is type(model)
    for a, b in zip(loaded.get_weights(), model.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("name", sorted(PRESETS))
def test_a_preset_tells_its_class(name):
    model = load_model(name)
    assert type(model).__name__ == PRESETS[name].model
    assert model.name == name


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", '{"model": 3}', '{"model": {"wings": 2}}']
)
def test_a_folder_without_a_run_is_named(text, tmp_path):
    (tmp_path / "run.json").write_text(text)
    with pytest.raises(ValueError, match="holds no run of one of SRGenerator"):
        load_model(tmp_path)


def test_an_unknown_preset_is_named():
    with pytest.raises(ValueError, match="did you mean 'sr_x4_tiny'"):
        load_model("sr_x4_tniy")


def test_a_run_without_weights_is_named(tmp_path):
    folder = saved(MODELS[1], tmp_path / "run")
    (folder / "best.weights.h5").unlink()
    with pytest.raises(ValueError, match="no SizeAgnosticClassifier run"):
        load_model(folder)


def test_a_file_of_any_model(tmp_path):
    image = keras.Input((None, None, 3))
    model = keras.Model(image, NonLocal()(image))
    model.save(tmp_path / "mine.keras")
    loaded = load_model(tmp_path / "mine.keras")
    for a, b in zip(loaded.get_weights(), model.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("content", [None, b"no model"])
def test_a_file_that_is_no_model_is_named(content, tmp_path):
    path = tmp_path / "mine.keras"
    if content:
        path.write_bytes(content)
    with pytest.raises(ValueError, match="mine.keras: cannot be read as a mod"):
        load_model(path)
