import json
import zipfile

import pytest

from convzoo.presets import built_in, find_preset

CONFIG = {"class_name": "SRGenerator", "config": {"scale": 2}}


def preset_folder(folder, config=CONFIG):
    folder.mkdir(parents=True)
    (folder / "config.json").write_text(json.dumps(config))
    return folder


@pytest.fixture
def run(tmp_path):
    folder = tmp_path / "mine"
    preset_folder(folder / "best")
    preset_folder(folder / "last")
    (folder / "run.json").write_text('{"class": "SRGenerator"}')
    return folder


def test_a_folder_never_shadows_a_built_in_name(tmp_path, monkeypatch):
    """`convzoo export sr_x4_tiny -o .` creates such a folder."""
    monkeypatch.chdir(tmp_path)
    folder = preset_folder(tmp_path / "sr_x4_tiny")
    assert find_preset("sr_x4_tiny") is built_in()["sr_x4_tiny"]
    assert find_preset("./sr_x4_tiny").path.resolve() == folder
    assert find_preset(folder).path == folder


def test_a_preset_folder(tmp_path):
    preset = find_preset(preset_folder(tmp_path / "mine"))
    assert preset.name == "mine"
    assert preset.class_name == "SRGenerator"
    assert preset.config == {"scale": 2}


@pytest.mark.parametrize("which", ["best", "last"])
def test_a_run_has_two_presets_of_its_name(which, run):
    for preset in (find_preset(run, which), find_preset(run / which)):
        assert preset.name == "mine"
        assert preset.path == run / which
    assert find_preset(run) == find_preset(run, "best")


def test_a_run_is_found_from_inside(run, monkeypatch):
    monkeypatch.chdir(run)
    assert find_preset(".").name == "mine"
    assert find_preset("best").name == "mine"


def test_a_run_without_weights_says_of_which_class_it_is(run):
    (run / "best" / "config.json").unlink()
    with pytest.raises(ValueError, match="mine: the run of a SRGenerator.*bes"):
        find_preset(run)


def test_a_keras_file(tmp_path):
    path = tmp_path / "mine.keras"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("config.json", json.dumps(CONFIG))
    preset = find_preset(path)
    assert preset.name == "mine" and preset.class_name == "SRGenerator"
    assert preset.verified_weights() == path


@pytest.mark.parametrize("content", [b"", b"no model", b"PK\x03\x04"])
def test_a_file_that_is_no_model_is_named(content, tmp_path):
    path = tmp_path / "mine.keras"
    path.write_bytes(content)
    with pytest.raises(ValueError, match="mine.keras: config.json cannot be"):
        find_preset(path)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "cannot be read"),
        ("{", "cannot be read"),
        ("[]", "must hold a JSON object"),
        ("[" * 200_000, "cannot be read"),
        ('{"class_name": 3, "config": {}}', "describes no Keras model"),
        ("{}", "describes no Keras model"),
        ('{"class_name": "SRGenerator", "config": 3}', "describes no Keras mo"),
    ],
)
def test_a_broken_configuration_is_named(text, message, tmp_path):
    (tmp_path / "config.json").write_text(text)
    with pytest.raises(ValueError, match=f"{tmp_path}: .*{message}"):
        find_preset(tmp_path)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("sr_x4_tniy", "Unknown preset: 'sr_x4_tniy'; did you mean 'sr_x4_ti"),
        ("runs/nowhere", "runs/nowhere: does not exist"),
        ("mine.keras", "mine.keras: does not exist"),
        ("a" * 300, "Unknown preset"),
    ],
)
def test_what_is_missing_is_named(name, message, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ValueError, match=message):
        find_preset(name)


def test_a_folder_without_a_preset_is_named(tmp_path):
    with pytest.raises(ValueError, match="neither config.json .* nor run.json"):
        find_preset(tmp_path)


def test_another_file_is_named(tmp_path):
    path = tmp_path / "best.weights.h5"
    path.write_bytes(b"weights")
    with pytest.raises(ValueError, match="neither a folder nor a .keras file"):
        find_preset(path)


def test_only_a_run_has_other_weights(run):
    for name in ("sr_x4_tiny", run / "best"):
        with pytest.raises(ValueError, match="`weights` needs the folder of a"):
            find_preset(name, "last")


def test_weights_of_a_run_are_best_or_last(run):
    with pytest.raises(ValueError, match="`weights`.*weights='first'"):
        find_preset(run, "first")
