"""Settings of runs: other spellings of one thing are the same run."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import pytest

from convzoo.common.option import Option
from convzoo.presets import find_preset
from convzoo.training.run_settings import (
    check_folder,
    check_settings,
    run_settings,
    write_settings,
)


@dataclass
class Options:
    init: Annotated[object, Option("Model", "A preset.")] = None
    features: Annotated[str, Option("Losses", "A network.")] = "vgg19"


class Model:
    arguments = {"scale": 2}


def test_an_initial_preset_is_known_by_its_weights(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    source = find_preset("sr_x4_tiny").path
    copy = tmp_path / "copy"
    copy.mkdir()
    for path in source.iterdir():
        (copy / path.name).write_bytes(path.read_bytes())
    (tmp_path / "link").symlink_to(copy)
    spellings = [
        "sr_x4_tiny",
        "copy",
        "./copy/",
        str(copy),
        Path("copy/../copy"),
        "link",
    ]
    if os.sep != "/":
        spellings.remove("./copy/")
    found = {
        run_settings(Options(init=init), Model())["init"] for init in spellings
    }
    assert len(found) == 1
    other = run_settings(Options(init="sr_x4_base"), Model())
    assert other["init"] not in found
    assert run_settings(Options(), Model())["init"] is None


def test_a_network_is_known_by_its_weights(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.npz").write_bytes(b"weights")
    (tmp_path / "b.npz").write_bytes(b"others")
    names = ["vgg19:a.npz", f"vgg19:{tmp_path}/a.npz", "vgg19:./a.npz"]
    found = {
        run_settings(Options(features=name), Model())["features"]
        for name in names
    }
    assert len(found) == 1
    other = run_settings(Options(features="vgg19:b.npz"), Model())
    assert other["features"] not in found
    assert run_settings(Options(), Model())["features"] == "vgg19"


def test_a_later_end_needs_extend(tmp_path):
    write_settings(tmp_path, {"steps": 10, "patience": 2, "seed": 1})
    for changes in ({"steps": 20}, {"patience": 3}):
        settings = {"steps": 10, "patience": 2, "seed": 1, **changes}
        with pytest.raises(ValueError, match="pass `extend` to train on"):
            check_settings(tmp_path, settings)
        check_settings(tmp_path, settings, extends=True)
    for changes in ({"steps": 5}, {"seed": 2}, {"steps": True}):
        settings = {"steps": 10, "patience": 2, "seed": 1, **changes}
        with pytest.raises(ValueError, match=r"; name another folder. Rec"):
            check_settings(tmp_path, settings, extends=True)


@pytest.mark.parametrize("kind", ["folder", "pipe", "link"])
def test_settings_that_are_no_file_are_named(kind, tmp_path):
    path = tmp_path / "run.json"
    if kind == "folder":
        path.mkdir()
    elif kind == "link":
        path.symlink_to("nowhere")
    elif hasattr(os, "mkfifo"):
        os.mkfifo(path)
    else:
        pytest.skip("has no pipes")
    with pytest.raises(ValueError, match="run.json: holds no settings"):
        check_settings(tmp_path, {})


def test_a_folder_that_cannot_be_written_is_named(tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    check_folder(tmp_path / "new" / "run")
    for folder in (tmp_path / "file", tmp_path / "file" / "run"):
        with pytest.raises(ValueError, match="cannot be written"):
            check_folder(folder)
    with pytest.raises(ValueError, match="cannot be written"):
        check_folder(tmp_path / ("a" * 300))
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    with pytest.raises(ValueError, match="cannot be written .permission"):
        check_folder(tmp_path / "run")


def test_tuples_are_read_back_as_lists(tmp_path):
    write_settings(tmp_path, {"a": (1, 2)})
    check_settings(tmp_path, {"a": (1, 2)})
