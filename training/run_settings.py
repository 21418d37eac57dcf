"""The settings that identify a run, in its `run.json`. No Keras."""

import json
import os
from collections.abc import Collection
from pathlib import Path
from typing import Any, TypeGuard, get_args

from convzoo.common.checks import is_integer
from convzoo.common.option import identity
from convzoo.common.output_file import cause_of, write_whole
from convzoo.common.types import PathLike
from convzoo.presets import find_preset
from convzoo.presets.find_preset import RUN, RunWeights
from convzoo.presets.preset import sha256

STATE, LOG = "state.npz", "log.jsonl"
# What `extend` may enlarge.
_END = ("steps", "epochs", "minutes", "patience")
# Paths, in whose place are fingerprints of what is there.
_CONTENTS = {"data", "validation", "init", "weights", "features", "judge"}


def run_settings(
    options: Any, model: Any, **fingerprints: Any
) -> dict[str, Any]:
    """The settings that identify a run.

    Args:
        options: Options of the recipe.
        model: The model that the run saves.
        **fingerprints: Fingerprints of the data, in place of their paths.
    """
    settings = {
        **identity(options),
        **fingerprints,
        "class": type(model).__name__,
        "model": model.arguments,
    }
    if settings.get("init") is not None:
        settings["init"] = _digest(find_preset(options.init).weights_path)
    if settings.get("weights") not in (None, "imagenet"):
        settings["weights"] = _digest(Path(settings["weights"]))
    for name in ("features", "judge"):
        if name in settings:
            settings[name] = _network(settings[name])
    return settings


def check_folder(folder: PathLike) -> None:
    """Check, before the work, that the folder of a run can be written.

    Raises:
        ValueError: It, or the first folder above it that exists, is a file or
            may not be written.
    """
    path = Path(folder)
    try:
        there = next(each for each in (path, *path.parents) if each.exists())
    except OSError as error:
        raise ValueError(
            f"{folder}: cannot be written ({cause_of(error)})"
        ) from error
    if not there.is_dir():
        raise ValueError(f"{folder}: cannot be written ({there} is a file)")
    if not os.access(there, os.W_OK | os.X_OK):
        raise ValueError(f"{folder}: cannot be written (permission denied)")


def check_options(folder: Path, options: Any) -> None:
    """Check options against the run in a folder, before data are read.

    Data and files, which the run knows by their content, are left to
    `check_settings`, and so is a folder with something else.

    Args:
        folder: Folder of the run.
        options: Options of the recipe, with `extend`.

    Raises:
        ValueError: It holds a run with another value of an option.
    """
    found = read_settings(folder)
    if found is None:
        return
    names = set(found) - _CONTENTS
    given = {
        name: value
        for name, value in identity(options).items()
        # Without `minutes`, a recipe may choose them.
        if name in names and not (name == "minutes" and value is None)
    }
    old = {name: found[name] for name in given}
    _check_same(folder, old, given, options.extend)


def check_settings(
    folder: Path, settings: dict[str, Any], extends: bool = False
) -> None:
    """Check that a folder is free, or holds a run of these settings.

    Args:
        folder: Folder of the run.
        settings: JSON values that identify the run.
        extends: Whether the run may end later than the one that is there.

    Raises:
        ValueError: It holds another run, or something else.
    """
    path = folder / RUN
    if not os.path.lexists(path):
        _check_unused(folder)
        return
    found = _read(path)
    if found.get("class") != settings.get("class"):
        raise ValueError(
            f"{folder}: holds a run of a {found.get('class', 'model')}; name "
            f"another folder for a {settings.get('class', 'model')}"
        )
    # As they are read back: tuples become lists.
    _check_same(folder, found, json.loads(json.dumps(settings)), extends)


def _check_same(
    folder: Path, found: dict[str, Any], settings: dict[str, Any], extends: bool
) -> None:
    """Check that the settings of a run are those that were found."""
    for name in sorted({*found, *settings}):
        old, new = found.get(name), settings.get(name)
        is_later = name in _END and _is_later(old, new)
        if old == new or (extends and is_later):
            continue
        if isinstance(old, dict) and isinstance(new, dict):
            # Arguments of the model: only what differs is of interest.
            _check_same(folder, old, new, extends=False)
        remedy = "pass `extend` to train on, or " if is_later else ""
        raise ValueError(
            f"{folder}: holds a run with {name}={old!r}; {remedy}name "
            f"another folder. Received: {name}={new!r}"
        )


def read_settings(folder: PathLike) -> dict[str, Any] | None:
    """Return the settings of the run in a folder, or None without a run.

    Raises:
        ValueError: They cannot be read.
    """
    path = Path(folder) / RUN
    return _read(path) if os.path.lexists(path) else None


def write_settings(folder: Path, settings: dict[str, Any]) -> str:
    """Write `run.json`, and return its text."""
    text = json.dumps(settings, indent=2) + "\n"
    path = folder / RUN
    if not path.is_file() or path.read_text() != text:
        write_whole(path, text)
    return text


def _read(path: Path) -> dict[str, Any]:
    try:
        if not path.is_file():
            raise ValueError("is no file")
        found = json.loads(path.read_text())
        if not isinstance(found, dict):
            raise ValueError("is no JSON object")
    except (OSError, RecursionError, ValueError) as error:
        raise ValueError(
            f"{path}: holds no settings of a run ({error}); name another folder"
        ) from error
    return found


def _check_unused(folder: Path) -> None:
    """Refuse a folder with files that the run would replace."""
    names: Collection[str] = (*get_args(RunWeights), STATE, LOG)
    for name in names:
        if os.path.lexists(folder / name):
            raise ValueError(
                f"{folder}: holds {name} but no {RUN} of a run; name another "
                "folder"
            )


def _is_later(old: object, new: object) -> bool:
    return _is_number(old) and _is_number(new) and old < new


def _is_number(value: object) -> TypeGuard[float]:
    return isinstance(value, float) or is_integer(value)


def _network(choice: str) -> str:
    """A network, with the digest of its weights in place of their path."""
    name, _, path = choice.partition(":")
    file = Path(path)
    return f"{name}:{_digest(file)}" if file.is_file() else choice


def _digest(path: Path) -> str:
    return f"weights {sha256(path)[:16]}"
