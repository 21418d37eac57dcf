import json

import keras
import numpy as np
import pytest

import convzoo
from convzoo.presets.preset import sha256
from convzoo.zoo import (
    BallPositionPredictor,
    SizeAgnosticClassifier,
    SRGenerator,
)
from convzoo.zoo.save_preset import recover_preset, save_preset

MODELS = {
    "SRGenerator": lambda: SRGenerator(scale=2, filters=4, num_blocks=1),
    "SizeAgnosticClassifier": lambda: SizeAgnosticClassifier(3, width=4),
    "BallPositionPredictor": lambda: BallPositionPredictor(
        width=4, depth=1, heads=1, map_width=4
    ),
    "Functional": lambda: _functional(),
}


def _functional():
    image = keras.Input((None, None, 3))
    return keras.Model(image, keras.layers.Conv2D(2, 3)(image), name="small")


def names(folder):
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("name", MODELS)
def test_keras_reads_the_folder_too(name, tmp_path):
    model = MODELS[name]()
    folder = save_preset(model, tmp_path / "mine")
    assert names(tmp_path) == ["mine"]
    assert names(folder) == [
        "README.md",
        "config.json",
        "metadata.json",
        "model.weights.h5",
    ]
    loaded = keras.saving.load_model(folder)
    assert type(loaded) is type(model)
    pairs = zip(loaded.get_weights(), model.get_weights(), strict=True)
    for a, b in pairs:
        np.testing.assert_array_equal(a, b)


def test_the_metadata_describe_the_files(tmp_path):
    model = MODELS["SRGenerator"]()
    folder = model.save_to_preset(tmp_path / "deep" / "mine")
    metadata = json.loads((folder / "metadata.json").read_text())
    assert metadata == {
        "keras_version": keras.version(),
        "convzoo_version": convzoo.__version__,
        "parameter_count": model.count_params(),
        "sha256": sha256(folder / "model.weights.h5"),
        "preprocessing": "RGB in [0, 1], channels last, any height and width",
    }
    card = (folder / "README.md").read_text()
    for part in ("# mine", "SRGenerator", f"{model.count_params():,}"):
        assert part in card


def test_the_state_of_the_optimizer_stays_out(tmp_path):
    model = MODELS["Functional"]()
    plain = save_preset(model, tmp_path / "plain")
    model.compile("adam", "mse")
    model.fit(np.zeros((2, 5, 5, 3)), np.zeros((2, 3, 3, 2)), verbose=0)
    compiled = save_preset(model, tmp_path / "compiled")
    assert model.optimizer is not None
    loaded = keras.saving.load_model(compiled)
    assert getattr(loaded, "optimizer", None) is None
    sizes = [
        (folder / "model.weights.h5").stat().st_size
        for folder in (plain, compiled)
    ]
    assert sizes[0] == sizes[1]


def test_a_preset_is_replaced_when_asked(tmp_path):
    folder = tmp_path / "mine"
    save_preset(MODELS["Functional"](), folder)
    with pytest.raises(ValueError, match="holds a preset already; pass"):
        save_preset(MODELS["SRGenerator"](), folder)
    assert keras.saving.load_model(folder).name == "small"
    save_preset(MODELS["SRGenerator"](), folder, overwrite=True)
    assert type(keras.saving.load_model(folder)) is SRGenerator
    assert names(tmp_path) == ["mine"]


@pytest.mark.parametrize("overwrite", [False, True])
def test_other_files_are_never_replaced(overwrite, tmp_path):
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "thesis.tex").write_text("years")
    with pytest.raises(ValueError, match="mine: holds other files than a pre"):
        save_preset(MODELS["Functional"](), folder, overwrite=overwrite)
    with pytest.raises(ValueError, match="thesis.tex: is a file"):
        save_preset(MODELS["Functional"](), folder / "thesis.tex")
    assert names(folder) == ["thesis.tex"]


def test_a_folder_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(ValueError, match="mine: cannot be written"):
        save_preset(MODELS["Functional"](), tmp_path / "file" / "mine")


def test_a_model_that_cannot_be_saved_leaves_nothing(tmp_path, monkeypatch):
    model = MODELS["Functional"]()

    def fail(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(model, "save_weights", fail)
    with pytest.raises(ValueError, match="No space left on device"):
        save_preset(model, tmp_path / "mine")
    assert names(tmp_path) == []


@pytest.mark.parametrize("cut", ["between", "after"])
def test_a_replacement_that_was_killed_is_recovered(cut, tmp_path):
    """Interruption between the two renames, or after them."""
    folder = save_preset(MODELS["Functional"](), tmp_path / "best")
    if cut == "between":
        folder.rename(tmp_path / "replaced.best")
    else:
        (tmp_path / "replaced.best").mkdir()
    recover_preset(folder)
    assert names(tmp_path) == ["best"]
    assert keras.saving.load_model(folder).name == "small"
