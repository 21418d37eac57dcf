"""Writing a trained model as a preset folder."""

import glob
import io
import json
import shutil
import tempfile
from pathlib import Path
from typing import Any

import keras

import convzoo
from convzoo.common.output_file import TEMPORARY, cause_of
from convzoo.common.types import PathLike
from convzoo.presets.preset import CARD, CONFIG, METADATA, WEIGHTS, sha256

_FILES = (CARD, CONFIG, METADATA, WEIGHTS)
# Names inside the temporary folder of a replacement.
_NEW, _OLD = "new", "old"


def save_preset(
    model: keras.Model,
    folder: PathLike,
    *,
    card: str | None = None,
    overwrite: bool = False,
) -> Path:
    """Write a model as a preset folder, in the layout of KerasHub.

    The folder holds `config.json`, Keras's serialization, so that
    `keras.saving.load_model(folder)` reads it too; `model.weights.h5`, without
    the state of the optimizer; `metadata.json` with versions, the number of
    parameters, the digest of the weights and the preprocessing; and a model
    card, `README.md`. It is written in a temporary folder beside it and
    renamed.

    Args:
        model: A built Keras model.
        folder: The folder to write. Missing parents are created.
        card: Text of the model card. Default: the card that is there, else the
            model and how to load it, with the data and terms left to fill in.
        overwrite: Whether to replace a preset that is there. Other files in its
            folder are kept.

    Returns:
        The path of the folder, with symbolic links resolved.

    Raises:
        ValueError: The folder exists and may not be replaced, or it cannot be
            written.
    """
    folder = Path(folder).resolve()
    recover_preset(folder)
    _check_replaceable(folder, overwrite)
    if card is None and (folder / CARD).is_file():
        card = (folder / CARD).read_text()
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        work = Path(tempfile.mkdtemp(dir=folder.parent, prefix=_prefix(folder)))
        try:
            (work / _NEW).mkdir()
            _write(model, work / _NEW, folder.name, card)
            _swap(work, folder)
        finally:
            # Never the only copy: the old one may not have come back.
            if folder.exists() or not (work / _OLD).exists():
                shutil.rmtree(work, ignore_errors=True)
    except OSError as error:
        raise ValueError(
            f"{folder}: cannot be written ({cause_of(error)})"
        ) from error
    return folder


def default_card(model: keras.Model, name: str) -> str:
    """Return a model card with the facts that the model knows."""
    return f"""# {name}

A `{type(model).__name__}` with {model.count_params():,} parameters.

    from convzoo.zoo import load_model

    model = load_model("PATH/TO/{name}")

- Input: {_preprocessing(model) or "not stated"}
- Training data and their terms: not stated
- Evaluation: not stated
- Licence of the weights: not stated
"""


def recover_preset(folder: Path) -> None:
    """Restore a preset whose replacement was killed between two renames."""
    if folder.exists():
        return
    prefix = _prefix(folder)
    for old in folder.parent.glob(f"{glob.escape(prefix)}*/{_OLD}"):
        # A dash is in none of the random names, but in those of `NAME-OTHER`.
        if "-" not in old.parent.name.removeprefix(prefix):
            old.rename(folder)
            shutil.rmtree(old.parent, ignore_errors=True)
            return


def _prefix(folder: Path) -> str:
    return f"{TEMPORARY}{folder.name}-"


def _swap(work: Path, folder: Path) -> None:
    # A rename cannot replace a folder with files, so the old one moves first.
    new, old = work / _NEW, work / _OLD
    if folder.exists():
        for path in folder.iterdir():
            if path.name not in _FILES:
                copy = shutil.copytree if path.is_dir() else shutil.copy2
                copy(path, new / path.name)
        folder.rename(old)
    try:
        new.rename(folder)
    except BaseException:
        if old.exists():
            old.rename(folder)
        raise


def _check_replaceable(folder: Path, overwrite: bool) -> None:
    if not folder.exists():
        return
    if not folder.is_dir():
        raise ValueError(f"{folder}: is a file")
    names = {path.name for path in folder.iterdir()}
    if names and CONFIG not in names:
        raise ValueError(
            f"{folder}: holds other files than a preset; name another folder"
        )
    if names and not overwrite:
        raise ValueError(
            f"{folder}: holds a preset already; pass `overwrite=True` to "
            "replace it"
        )


def _write(
    model: keras.Model, folder: Path, name: str, card: str | None
) -> None:
    serialized = keras.saving.serialize_keras_object(model)
    # A preset is the network without its training.
    serialized.pop("compile_config", None)
    _write_json(folder / CONFIG, serialized)
    _save_weights(model, folder / WEIGHTS)
    metadata = {
        "keras_version": keras.version(),
        "convzoo_version": convzoo.__version__,
        "parameter_count": model.count_params(),
        "sha256": sha256(folder / WEIGHTS),
        "preprocessing": _preprocessing(model),
    }
    _write_json(folder / METADATA, metadata)
    (folder / CARD).write_text(card or default_card(model, name))


class _InMemory(io.BytesIO):
    """A file in memory, with a name that Keras takes for weights."""

    def __str__(self) -> str:
        return WEIGHTS


def _save_weights(model: keras.Model, path: Path) -> None:
    optimizer = getattr(model, "optimizer", None)
    if optimizer is not None:
        model.optimizer = None
    # HDF5 ends the process when it writes to a full disk.
    file = _InMemory()
    try:
        model.save_weights(file)
    finally:
        if optimizer is not None:
            model.optimizer = optimizer
    path.write_bytes(file.getbuffer())


def _write_json(path: Path, content: dict[str, Any]) -> None:
    path.write_text(json.dumps(content, indent=2) + "\n")


def _preprocessing(model: keras.Model) -> str:
    return getattr(model, "preprocessing", "")
