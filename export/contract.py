"""What leaves Keras computes what Keras computes: measured, for every file."""

import os
import shutil
import tempfile
from pathlib import Path
from typing import NamedTuple

import keras
import numpy as np

from convzoo.export.litert import LiteRTModel, write_litert
from convzoo.export.saved_model import SavedModel, write_saved_model

FORMATS = ("saved_model", "litert")
TOLERANCE = 1e-4
# What stands for an open size: batch, then the others. Odd, and not square.
_SIZES = ((1, 32, 48), (2, 41, 23), (1, 57, 64))


class Exported(NamedTuple):
    """A file or folder that left Keras.

    Attributes:
        format: one of `FORMATS`.
        path: of the `.tflite` file, or of the folder of `saved_model.pb`.
        difference: the largest, over all outputs and sizes tried, to Keras.
    """

    format: str
    path: Path
    difference: float


def export_model(model, out, name=None, formats=FORMATS, overwrite=False):
    """Write a model in several formats, and run each in its own runtime.

    Args:
        model: a Keras model with `serving_inputs` and `serve`, see
            `write_saved_model`.
        out: folder to write to; made where it is missing. Holds afterwards
            `NAME/1/saved_model.pb` (the layout of TF Serving) and
            `NAME.tflite`.
        name: NAME; None for the name of the model.
        formats: a selection of `FORMATS`.
        overwrite: replace what is there.

    Returns:
        A list of `Exported`, one for each format.

    Raises:
        ValueError: an argument is not as described, an output exists, or a
            file differs from Keras by more than 1e-4; nothing is left then.
    """
    name = name or model.name
    formats = _checked_formats(formats)
    targets = {
        "saved_model": Path(out) / name / "1",
        "litert": Path(out) / f"{name}.tflite",
    }
    for format in formats:
        if targets[format].exists() and not overwrite:
            raise ValueError(
                f"{targets[format]}: exists already; pass overwrite to replace"
            )
    try:
        Path(out).mkdir(parents=True, exist_ok=True)
        work = Path(tempfile.mkdtemp(dir=out, prefix=".export-"))
    except OSError as error:
        raise ValueError(
            f"{out}: cannot be written ({error.strerror})"
        ) from error
    try:
        return _export_through(work, model, formats, targets)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def largest_difference(model, exported):
    """The largest absolute difference between a model and its exported self.

    Args:
        model: a Keras model with `serving_inputs` and `serve`. It may have
            `serving_examples`, which maps names and shapes and a NumPy random
            generator to arrays, for inputs that are not in [0, 1]; and
            `serving_scales`, a dict from names of outputs to what counts as 1
            in them, for outputs that are not about 1.
        exported: a function from named arrays to a dict of arrays.

    Returns:
        The maximum over all outputs, on three sizes of input.

    Raises:
        ValueError: an output is missing, or has another shape.
    """
    random = np.random.default_rng(0)
    differences = []
    for sizes in _SIZES:
        shapes = {
            key: closed(shape, sizes)
            for key, shape in model.serving_inputs.items()
        }
        inputs = getattr(model, "serving_examples", _noise)(shapes, random)
        expected = model.serve(**inputs)
        found = exported(**inputs)
        for key, value in expected.items():
            value = keras.ops.convert_to_numpy(value)
            if key not in found or found[key].shape != value.shape:
                shapes = {k: v.shape for k, v in found.items()}
                raise ValueError(
                    f"The exported model must return {key!r} of shape "
                    f"{value.shape}. Received: {shapes}"
                )
            scale = getattr(model, "serving_scales", {}).get(key, 1)
            differences.append(np.max(np.abs(found[key] - value)) / scale)
    # A NaN must not pass for a small number.
    return float(np.max(differences))


def _export_through(work, model, formats, targets):
    saved_model, litert = work / "saved_model", work / "model.tflite"
    write_saved_model(model, saved_model)
    exported = []
    for format in formats:
        if format == "litert":
            write_litert(saved_model, litert)
            source, run = litert, LiteRTModel(litert)
        else:
            source, run = saved_model, SavedModel(saved_model)
        difference = largest_difference(model, run)
        if not difference <= TOLERANCE:
            raise ValueError(
                f"The {format} file differs from Keras by {difference:.2g}, "
                f"more than {TOLERANCE:.0e}; it was not written"
            )
        exported.append((format, source, difference))
    return [
        Exported(format, _moved(source, targets[format]), difference)
        for format, source, difference in exported
    ]


def _moved(source, target):
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.is_dir():
        # A folder cannot replace another in one step: make way first.
        os.replace(target, source.with_name("replaced"))
    os.replace(source, target)
    return target


def _checked_formats(formats):
    unknown = [format for format in formats if format not in FORMATS]
    if unknown or not formats:
        raise ValueError(
            f"`formats` must be some of {FORMATS}. Received: {list(formats)}"
        )
    return [format for format in FORMATS if format in formats]


def _noise(shapes, random):
    """In [0, 1]."""
    return {
        key: random.random(shape, np.float32) for key, shape in shapes.items()
    }


def closed(shape, sizes):
    """`shape` with its open sizes filled in, one after the other."""
    sizes = iter(sizes)
    return tuple(next(sizes) if n is None else n for n in shape)
