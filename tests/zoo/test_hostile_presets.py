"""Preset folders and archives of strangers: no code runs, errors are named."""

import json
import os
import tracemalloc
import warnings
import zipfile

import h5py
import keras
import numpy as np
import pytest

from convzoo.presets.preset import sha256
from convzoo.zoo import SRGenerator, load_model
from convzoo.zoo.save_preset import save_preset


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    folder = tmp_path_factory.mktemp("presets") / "mine"
    save_preset(SRGenerator(scale=2, filters=4, num_blocks=1), folder)
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.fixture
def preset(saved, tmp_path):
    folder = tmp_path / "mine"
    folder.mkdir()
    for name, content in saved.items():
        (folder / name).write_bytes(content)
    return folder


def call(target):
    """A configuration that calls something with a command."""
    module, _, name = target.rpartition(".")
    return {
        "module": module,
        "class_name": name,
        "registered_name": None,
        "config": {"command": "touch {marker}", "name": "x"},
    }


LAMBDA = {
    "module": "keras.layers",
    "class_name": "Lambda",
    "registered_name": None,
    "config": {
        "name": "f",
        "function": {
            "class_name": "__lambda__",
            "config": {"value": "4wEAAAA=", "defaults": None, "closure": None},
        },
    },
}
HOSTILE = {
    "lambda": LAMBDA,
    "os.system": call("os.system"),
    "subprocess": call("subprocess.Popen"),
    "builtins.exec": call("builtins.exec"),
    "a module of ours": call("convzoo.__main__.main"),
    "keras's files": call("keras.utils.get_file"),
    "keras's internals": call("keras.src.saving.saving_lib.load_model"),
    "function": {
        "module": "os",
        "class_name": "function",
        "config": "system",
        "registered_name": "system",
    },
}


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("place", ["model", "layer", "dtype"])
def test_no_configuration_runs_code(name, place, preset, monkeypatch):
    monkeypatch.chdir(preset.parent)
    config = json.loads((preset / "config.json").read_text())
    marker = preset.parent / "marker"
    hostile = json.loads(
        json.dumps(HOSTILE[name]).replace("{marker}", str(marker))
    )
    if place == "model":
        config = hostile
    elif place == "layer":
        config = {
            "module": "keras",
            "class_name": "Sequential",
            "registered_name": None,
            "config": {"name": "s", "layers": [hostile]},
        }
    else:
        config["config"]["dtype"] = hostile
    if not isinstance(config["config"], dict):
        config["config"] = {"x": config["config"]}
    (preset / "config.json").write_text(json.dumps(config))
    before = sorted(preset.parent.rglob("*"))
    for load in (load_model, SRGenerator.from_preset):
        with pytest.raises(ValueError, match="mine") as error:
            load(preset)
        assert type(error.value) is ValueError
    assert sorted(preset.parent.rglob("*")) == before


@pytest.mark.parametrize("name", ["config.json", "metadata.json"])
@pytest.mark.parametrize(
    "content",
    [b"", b"[]", b"null", b"\xff\xfe", b"[" * 99_999, b'{"a":' * 9999],
)
def test_damaged_json_is_named(name, content, preset):
    (preset / name).write_bytes(content)
    for load in (load_model, SRGenerator.from_preset):
        with pytest.raises(ValueError, match=f"mine: {name}"):
            load(preset)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="has no pipes")
@pytest.mark.parametrize("name", ["metadata.json", "model.weights.h5"])
def test_a_pipe_is_not_read(name, preset):
    (preset / name).unlink()
    os.mkfifo(preset / name)
    with pytest.raises(ValueError, match="mine"):
        load_model(preset)


@pytest.mark.parametrize("at", [0.0, 0.1, 0.5, 0.9])
def test_altered_weights_are_named_by_their_digest(at, preset):
    path = preset / "model.weights.h5"
    content = bytearray(path.read_bytes())
    content[int(at * len(content))] ^= 1
    path.write_bytes(content)
    with pytest.raises(ValueError, match="altered. Expected sha256"):
        load_model(preset)


def test_a_preset_without_metadata_is_read(preset):
    (preset / "metadata.json").unlink()
    assert load_model(preset).scale == 2
    (preset / "metadata.json").write_text("{}")
    assert load_model(preset).scale == 2
    (preset / "model.weights.h5").write_bytes(b"no weights")
    with pytest.raises(ValueError, match="do not fit|cannot be read"):
        load_model(preset)


def test_weights_of_other_shapes_are_named(preset):
    path = preset / "model.weights.h5"
    with h5py.File(path, "r+") as file:
        names = []
        file.visit(names.append)
        name = next(n for n in names if isinstance(file[n], h5py.Dataset))
        del file[name]
        file[name] = np.zeros((1, 2))
    metadata = json.loads((preset / "metadata.json").read_text())
    metadata["sha256"] = sha256(path)
    (preset / "metadata.json").write_text(json.dumps(metadata))
    with pytest.raises(ValueError, match="weights do not fit the SRGenerator"):
        load_model(preset)


def test_an_archive_that_inflates_is_refused(tmp_path, monkeypatch):
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    model.save(tmp_path / "mine.keras")
    with zipfile.ZipFile(
        tmp_path / "mine.keras", "a", zipfile.ZIP_DEFLATED
    ) as archive:
        archive.writestr("more", bytes(3_000_000))
    assert load_model(tmp_path / "mine.keras").count_params() == 3
    monkeypatch.setattr("convzoo.presets.preset._LARGEST", 1_000_000)
    with pytest.raises(ValueError, match="mine.keras: .*inflates to"):
        load_model(tmp_path / "mine.keras")


def bomb(path):
    """Replace the weights by as many that take a gigabyte, compressed."""
    with h5py.File(path, "r+") as file:
        names = []
        file.visit(names.append)
        name = next(n for n in names if isinstance(file[n], h5py.Dataset))
        del file[name]
        file.create_dataset(
            name, (2**28,), "f4", chunks=(2**22,), compression="gzip"
        )


def assert_refused(path):
    """Assert that no loader reads it, nor takes memory for it."""
    for load in (load_model, SRGenerator.from_preset):
        tracemalloc.start()
        try:
            with pytest.raises(ValueError, match="more than 100000000 bytes"):
                load(path)
            _, most = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        assert most < 50_000_000


def test_weights_that_inflate_are_refused(preset):
    bomb(preset / "model.weights.h5")
    (preset / "metadata.json").unlink()
    assert (preset / "model.weights.h5").stat().st_size < 1_000_000
    assert_refused(preset)


def test_weights_that_inflate_in_an_archive_are_refused(preset):
    bomb(preset / "model.weights.h5")
    path = preset.parent / "mine.keras"
    with zipfile.ZipFile(path, "w") as archive:
        for name in ("config.json", "metadata.json", "model.weights.h5"):
            archive.write(preset / name, name)
    assert_refused(path)


def test_an_archive_with_other_weights_is_refused(preset):
    # Keras would unpack whatever it holds.
    path = preset.parent / "mine.keras"
    with zipfile.ZipFile(path, "w") as archive:
        for name in ("config.json", "metadata.json"):
            archive.write(preset / name, name)
        archive.writestr("model.weights.npz", b"")
    with pytest.raises(ValueError, match="model.weights.npz is not read"):
        load_model(path)


def test_a_warning_of_something_else_is_no_mismatch(preset, monkeypatch):
    load = SRGenerator.load_weights

    def warns(self, path):
        warnings.warn("from elsewhere", UserWarning, stacklevel=2)
        load(self, path)

    monkeypatch.setattr(SRGenerator, "load_weights", warns)
    with pytest.warns(UserWarning, match="from elsewhere"):
        assert SRGenerator.from_preset(preset).scale == 2
