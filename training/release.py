"""Turning the best weights of a run into a preset that is shipped.

    python -m convzoo.training.release RUN NAME [float16 [TEMPERATURE]]

writes `zoo/weights/NAME.weights.h5` and, beside it, one input and its output,
and prints the digest for `zoo/presets.py`. With float16 the file is half as
large, and the model computes in float32 as before; measure it again.
"""

import sys
from pathlib import Path

import h5py
import numpy as np

import convzoo.zoo
from convzoo.common.checks import check_choice
from convzoo.common.output_file import renamed
from convzoo.export import served
from convzoo.zoo import load_model
from convzoo.zoo.presets import sha256

_WEIGHTS = Path(convzoo.zoo.__file__).parent / "weights"
# Of the example: a batch, and what else is open.
_SIZES = (1, 12, 15)


def release(run, name, dtype="float32", temperature=None, *, folder=_WEIGHTS):
    """Copy the best weights of `run`, with one input and its output.

    Args:
        run: folder of a run.
        name: of the preset.
        dtype: of the file, `"float32"` or `"float16"`.
        temperature: of a `BallPositionPredictor`, see `ball_temperature`; None
            for that of the run.
        folder: where to write.

    Returns:
        The sha256 digest of the weights.

    Raises:
        ValueError: `run` holds no weights, or `dtype` is another one.
    """
    check_choice("dtype", dtype, ("float32", "float16"))
    model = load_model(run)
    if temperature is not None:
        model.temperature = float(temperature)
    weights = Path(folder) / f"{name}.weights.h5"
    _copy(Path(run) / "best.weights.h5", weights, dtype)
    # What users load, rounded as it may be.
    model.load_weights(weights)
    example = _example(model)
    np.savez_compressed(
        weights.with_name(f"{name}.reference.npz"),
        **_arrays("input", example),
        **_arrays("output", model.predict_on_batch(example)),
    )
    return sha256(weights)


def _example(model):
    """What the model takes: an array, or a dictionary of several."""
    inputs = served(model).example(_SIZES, np.random.default_rng(0))
    return inputs if len(inputs) > 1 else inputs.popitem()[1]


def _arrays(prefix, value):
    """One array by that name, or several with a dot behind it."""
    if isinstance(value, dict):
        return {f"{prefix}.{name}": array for name, array in value.items()}
    return {prefix: value}


def _copy(source, target, dtype):
    """A file of weights with all numbers in another type."""
    with (
        renamed(target) as temporary,
        h5py.File(source) as old,
        h5py.File(temporary, "w") as new,
    ):

        def copy(name, item):
            if isinstance(item, h5py.Group):
                copied = new.require_group(name)
            else:
                copied = new.create_dataset(name, data=item[()].astype(dtype))
            copied.attrs.update(item.attrs)

        old.visititems(copy)


if __name__ == "__main__":
    print(release(*sys.argv[1:]))
