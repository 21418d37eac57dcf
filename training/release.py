"""Conversion of a run to a built-in preset.

    python -m convzoo.training.release RUN NAME [float16 [TEMPERATURE]]

writes the preset folder `presets/NAME`, and one input with its output to
`tests/fixtures/presets/NAME.npz`. A model card, a description and a partner
that are there already are kept. With float16 the file is half as large, and the
model computes in float32 as before; measure it again.
"""

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from convzoo.common.checks import check_choice
from convzoo.common.output_file import renamed, write_whole
from convzoo.common.types import PathLike, Tensor
from convzoo.export import served
from convzoo.presets.built_in import FOLDER
from convzoo.presets.preset import CARD, METADATA, WEIGHTS, Preset, sha256
from convzoo.zoo import load_model
from convzoo.zoo.save_preset import save_preset

_REFERENCES = FOLDER.parent / "tests" / "fixtures" / "presets"
# Sizes of the reference input: the batch, then its open sizes.
_SIZES = (1, 12, 15)
# Hand-written metadata.
_WRITTEN = ("description", "perceptual", "preprocessing")


def release(
    run: PathLike,
    name: str,
    dtype: str = "float32",
    temperature: float | str | None = None,
    *,
    folder: PathLike = FOLDER,
    references: PathLike = _REFERENCES,
) -> str:
    """Make a built-in preset of the best weights of a run.

    Args:
        run: Folder of the run.
        name: Name of the preset.
        dtype: Type of the stored weights, `"float32"` or `"float16"`.
        temperature: Temperature of a `BallPositionPredictor`, see
            `ball_temperature`. None keeps that of the run.
        folder: Folder of the presets.
        references: Folder of the reference inputs and outputs.

    Returns:
        The sha256 digest of the weights.

    Raises:
        ValueError: The run holds no weights, or `dtype` is another one.
    """
    check_choice("dtype", dtype, ("float32", "float16"))
    model = load_model(run)
    if temperature is not None:
        model = type(model).from_preset(run, temperature=float(temperature))
    target = Path(folder) / name
    kept = _kept(target)
    with tempfile.TemporaryDirectory() as temporary:
        saved = save_preset(model, Path(temporary) / name)
        weights = saved / WEIGHTS
        if dtype == "float16":
            _to_float16(weights)
        metadata = {**Preset(name, saved).metadata, "sha256": sha256(weights)}
        write_whole(
            saved / METADATA, json.dumps({**metadata, **kept}, indent=2) + "\n"
        )
        target.mkdir(parents=True, exist_ok=True)
        for path in saved.iterdir():
            if path.name != CARD or not (target / CARD).exists():
                write_whole(target / path.name, path.read_bytes())
    # The weights that users load, rounded to the stored type.
    model.load_weights(target / WEIGHTS)
    _write_reference(model, Path(references) / f"{name}.npz")
    return metadata["sha256"]


def _kept(folder: Path) -> dict[str, str]:
    if not (folder / METADATA).exists():
        return {}
    metadata = Preset(folder.name, folder).metadata
    return {name: metadata[name] for name in _WRITTEN if name in metadata}


def _write_reference(model: Tensor, path: Path) -> None:
    example = _example(model)
    path.parent.mkdir(parents=True, exist_ok=True)
    with renamed(path) as temporary:
        arrays: dict[str, Any] = {
            **_arrays("input", example),
            **_arrays("output", model.predict_on_batch(example)),
        }
        np.savez_compressed(temporary, **arrays)


def _example(model: Tensor) -> Tensor:
    """An input of the model: an array, or a dictionary of several."""
    inputs = served(model).example(_SIZES, np.random.default_rng(0))
    return inputs if len(inputs) > 1 else inputs.popitem()[1]


def _arrays(prefix: str, value: Tensor) -> dict[str, np.ndarray]:
    """One array under the prefix, or several under `prefix.name`."""
    if isinstance(value, dict):
        return {f"{prefix}.{name}": array for name, array in value.items()}
    return {prefix: value}


def _to_float16(path: Path) -> None:
    """Store all numbers of a file of weights as float16."""
    with (
        renamed(path) as temporary,
        h5py.File(path) as old,
        h5py.File(temporary, "w") as new,
    ):

        def copy(name: str, item: h5py.Group | h5py.Dataset) -> None:
            if isinstance(item, h5py.Group):
                copied = new.require_group(name)
            else:
                copied = new.create_dataset(
                    name, data=item[()].astype("float16")
                )
            copied.attrs.update(item.attrs)

        old.visititems(copy)


if __name__ == "__main__":
    print(release(*sys.argv[1:5]))
