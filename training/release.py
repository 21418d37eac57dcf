"""Turning the best weights of a run into a preset that is shipped.

    python -m convzoo.training.release RUN NAME [float16]

writes `zoo/weights/NAME.weights.h5` and, beside it, one input and its output,
and prints the digest for `zoo/presets.py`. With float16 the file is half as
large, and the model computes in float32 as before; measure it again.
"""

import os
import sys
from pathlib import Path

import h5py
import numpy as np

import convzoo.zoo
from convzoo.layers.checks import check_choice
from convzoo.zoo import load_model
from convzoo.zoo.presets import sha256

_WEIGHTS = Path(convzoo.zoo.__file__).parent / "weights"


def release(run, name, dtype="float32", folder=_WEIGHTS):
    """Copy the best weights of `run`, with one input and its output.

    Args:
        run: folder of a run.
        name: of the preset.
        dtype: of the file, `"float32"` or `"float16"`.
        folder: where to write.

    Returns:
        The sha256 digest of the weights.

    Raises:
        ValueError: `run` holds no weights, or `dtype` is another one.
    """
    check_choice("dtype", dtype, ("float32", "float16"))
    model = load_model(run)
    weights = Path(folder) / f"{name}.weights.h5"
    _copy(Path(run) / "best.weights.h5", weights, dtype)
    # What users load, rounded as it may be.
    model.load_weights(weights)
    image = np.random.default_rng(0).random((1, 12, 15, 3), np.float32)
    np.savez_compressed(
        weights.with_name(f"{name}.reference.npz"),
        input=image,
        output=model.predict_on_batch(image),
    )
    return sha256(weights)


def _copy(source, target, dtype):
    """A file of weights with all numbers in another type."""
    # Keras goes by the end of the name.
    temporary = target.with_name(f"writing.{target.name}")
    with h5py.File(source) as old, h5py.File(temporary, "w") as new:

        def copy(name, item):
            if isinstance(item, h5py.Group):
                copied = new.require_group(name)
            else:
                copied = new.create_dataset(name, data=item[()].astype(dtype))
            copied.attrs.update(item.attrs)

        old.visititems(copy)
    os.replace(temporary, target)


if __name__ == "__main__":
    print(release(*sys.argv[1:]))
