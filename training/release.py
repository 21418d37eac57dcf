"""Turning the best weights of a run into a preset that is shipped.

    python -m convzoo.training.release RUN NAME

writes `zoo/weights/NAME.weights.h5` and, beside it, one input and its output,
and prints the digest for `zoo/presets.py`.
"""

import shutil
import sys
from pathlib import Path

import numpy as np

import convzoo.zoo
from convzoo.zoo import SRGenerator
from convzoo.zoo.presets import sha256

_WEIGHTS = Path(convzoo.zoo.__file__).parent / "weights"


def release(run, name):
    """Copy the best weights of `run`, with one input and its output.

    Args:
        run: folder of a run of `train_sr`.
        name: of the preset.

    Returns:
        The sha256 digest of the weights.

    Raises:
        ValueError: `run` holds no weights.
    """
    model = SRGenerator.from_run(run)
    weights = _WEIGHTS / f"{name}.weights.h5"
    shutil.copyfile(Path(run) / "best.weights.h5", weights)
    image = np.random.default_rng(0).random((1, 12, 15, 3), np.float32)
    np.savez_compressed(
        _WEIGHTS / f"{name}.reference.npz",
        input=image,
        output=model.predict_on_batch(image),
    )
    return sha256(weights)


if __name__ == "__main__":
    print(release(*sys.argv[1:]))
