import json
from pathlib import Path

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
def test_other_folders_are_never_replaced(overwrite, tmp_path):
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "thesis.tex").write_text("years")
    with pytest.raises(ValueError, match="mine: holds other files than a pre"):
        save_preset(MODELS["Functional"](), folder, overwrite=overwrite)
    with pytest.raises(ValueError, match="thesis.tex: is a file"):
        save_preset(MODELS["Functional"](), folder / "thesis.tex")
    assert names(folder) == ["thesis.tex"]


def test_what_a_person_added_is_kept(tmp_path):
    folder = save_preset(MODELS["Functional"](), tmp_path / "mine")
    (folder / "README.md").write_text("years of notes")
    (folder / ".README.md.swp").write_text("an editor")
    (folder / "plots").mkdir()
    (folder / "plots" / "loss.png").write_text("a plot")
    save_preset(MODELS["SRGenerator"](), folder, overwrite=True)
    assert type(keras.saving.load_model(folder)) is SRGenerator
    assert (folder / "README.md").read_text() == "years of notes"
    assert (folder / "plots" / "loss.png").read_text() == "a plot"
    assert (folder / ".README.md.swp").exists()
    save_preset(MODELS["SRGenerator"](), folder, card="another", overwrite=True)
    assert (folder / "README.md").read_text() == "another"


def test_folders_beside_it_are_left_alone(tmp_path):
    for name in ("writing.mine", "replaced.mine"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "years.tex").write_text("years")
    for _ in range(2):
        save_preset(MODELS["Functional"](), tmp_path / "mine", overwrite=True)
    assert names(tmp_path) == ["mine", "replaced.mine", "writing.mine"]


def test_a_link_leads_to_its_folder(tmp_path, monkeypatch):
    (tmp_path / "disk").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "disk" / "mine")
    for _ in range(2):
        save_preset(MODELS["Functional"](), tmp_path / "link", overwrite=True)
    assert (tmp_path / "link").is_symlink()
    assert names(tmp_path / "disk") == ["mine"]
    monkeypatch.chdir(tmp_path / "disk" / "mine")
    save_preset(MODELS["SRGenerator"](), ".", overwrite=True)
    found = keras.saving.load_model(tmp_path / "disk" / "mine")
    assert type(found) is SRGenerator


def test_a_folder_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(ValueError, match="mine: cannot be written"):
        save_preset(MODELS["Functional"](), tmp_path / "file" / "mine")


@pytest.mark.parametrize("call", ["save_weights", "rename"])
def test_a_failure_leaves_what_was_there(call, tmp_path, monkeypatch):
    folder = save_preset(MODELS["SRGenerator"](), tmp_path / "mine")
    model = MODELS["Functional"]()
    rename = Path.rename

    def fail(*_):
        raise OSError(28, "No space left on device")

    def fail_at_last(path, target):
        return fail() if path.name == "new" else rename(path, target)

    if call == "rename":
        monkeypatch.setattr(Path, "rename", fail_at_last)
    else:
        monkeypatch.setattr(model, call, fail)
    with pytest.raises(ValueError, match="No space left on device"):
        save_preset(model, folder, overwrite=True)
    assert names(tmp_path) == ["mine"]
    assert type(keras.saving.load_model(folder)) is SRGenerator


def test_what_cannot_be_put_back_is_not_deleted(tmp_path, monkeypatch):
    folder = save_preset(MODELS["SRGenerator"](), tmp_path / "mine")
    rename = Path.rename

    def fail_into_place(path, target):
        if Path(target) == folder:
            raise OSError(5, "Input/output error")
        return rename(path, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "rename", fail_into_place)
        with pytest.raises(ValueError, match="Input/output error"):
            save_preset(MODELS["Functional"](), folder, overwrite=True)
    assert not folder.exists()
    recover_preset(folder)
    assert type(keras.saving.load_model(folder)) is SRGenerator
    assert names(tmp_path) == ["mine"]


def test_a_replacement_that_was_killed_is_recovered(tmp_path):
    """Between the two renames the preset has another name."""
    folder = save_preset(MODELS["Functional"](), tmp_path / "best")
    work = tmp_path / ".writing-best-x"
    work.mkdir()
    folder.rename(work / "old")
    recover_preset(folder)
    assert names(tmp_path) == ["best"]
    assert keras.saving.load_model(folder).name == "small"
    folder.rename(tmp_path / "elsewhere")
    recover_preset(folder)
    assert names(tmp_path) == ["elsewhere"]
