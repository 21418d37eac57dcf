"""Finding a trained model by name or path."""

import json
import os
from pathlib import Path
from typing import Literal, get_args

from convzoo.common.checks import check_choice
from convzoo.common.types import PathLike
from convzoo.presets.built_in import built_in, unknown_preset
from convzoo.presets.preset import CONFIG, Preset

# Weights of a run; each is a folder in that of the run.
RunWeights = Literal["best", "last"]
RUN = "run.json"


def find_preset(name_or_path: PathLike, weights: RunWeights = "best") -> Preset:
    """Find a trained model.

    Args:
        name_or_path: In this order: the name of a built-in preset (a folder of
            that name is `./NAME`), a preset folder, the folder of a training
            run, or a `.keras` file.
        weights: Weights of a training run, `"best"` or `"last"`.

    Raises:
        ValueError: There is no such preset, or it has no configuration.
    """
    check_choice("weights", weights, get_args(RunWeights))
    if not isinstance(name_or_path, (str, os.PathLike)):
        raise unknown_preset(name_or_path)
    name = os.fspath(name_or_path)
    known = built_in()
    is_run = name not in known and os.path.isfile(os.path.join(name, RUN))
    if weights != "best" and not is_run:
        raise ValueError(
            f"`weights` needs the folder of a run. Received: {name!r}, "
            f"weights={weights!r}"
        )
    if name in known:
        return known[name]
    path = Path(name)
    try:
        is_there = bool(name) and path.exists()
    except OSError:
        # Such as a name that is too long.
        is_there = False
    if not is_there:
        raise _not_there(name)
    if path.is_dir():
        preset = _of_folder(path, weights)
    elif path.suffix == ".keras":
        preset = Preset(path.stem, path)
    else:
        raise ValueError(
            f"{path}: is no preset: neither a folder nor a .keras file"
        )
    # A file that cannot be read is named here, before Keras is imported.
    _ = preset.serialized
    return preset


def _of_folder(path: Path, weights: RunWeights) -> Preset:
    name = path.resolve().name
    if (path / CONFIG).is_file():
        run = path.resolve().parent
        is_of_run = name in get_args(RunWeights) and (run / RUN).is_file()
        return Preset(run.name if is_of_run else name, path)
    if not (path / RUN).is_file():
        raise ValueError(
            f"{path}: holds neither {CONFIG} of a preset nor {RUN} of a run"
        )
    if not (path / weights / CONFIG).is_file():
        raise ValueError(
            f"{path}: the run of a {_class_of(path)} holds no {weights} "
            "weights yet"
        )
    return Preset(name, path / weights)


def _class_of(run: Path) -> str:
    try:
        return str(json.loads((run / RUN).read_text())["class"])
    except (OSError, LookupError, RecursionError, TypeError, ValueError):
        return "model"


def _not_there(name: str) -> ValueError:
    """Return the error for a missing path or an unknown name."""
    looks_like_path = "/" in name or os.sep in name or ".keras" in name
    if looks_like_path:
        return ValueError(f"{name}: does not exist")
    return unknown_preset(name)
