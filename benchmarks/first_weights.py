"""Initial weights of a plain network, compared after 1,500 steps.

    python -m benchmarks.first_weights FOLDER [SEED ...]

FOLDER holds photographs, of which every twentieth is held out for validation.
The recipe is that of `convzoo train sr`; only the initial weights of the
convolutions differ. Prints the PSNR on Y for each seed (default 0, 1, 2).
"""

import os
import sys
import tempfile

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

from unittest import mock

import keras

from convzoo.training import train_sr
from convzoo.zoo.super_resolution import sr_networks

_FIRST_WEIGHTS = {
    "NearIdentity, small last layer": None,
    "Glorot": "glorot_uniform",
    "He": "he_normal",
}


def main(folder=None, *seeds):
    if folder is None:
        print("skipped: pass a folder of photographs")
        return
    for name, initializer in _FIRST_WEIGHTS.items():
        for seed in seeds or (0, 1, 2):
            psnr = _psnr(folder, initializer, seed)
            print(f"{name}, seed {seed}: {psnr:.2f} dB", flush=True)


def _psnr(folder, initializer, seed):
    with tempfile.TemporaryDirectory() as out, _first_weights(initializer):
        run = train_sr(
            folder, out, steps=1500, epoch_steps=1500, seed=int(seed), verbose=0
        )
    return run.best["psnr_y"]


def _first_weights(initializer):
    """Patch the convolutions of the network to use an initializer."""
    conv2d = keras.layers.Conv2D

    def initialized(*args, kernel_initializer, **kwargs):
        return conv2d(
            *args,
            kernel_initializer=initializer or kernel_initializer,
            **kwargs,
        )

    return mock.patch.object(sr_networks.layers, "Conv2D", initialized)


if __name__ == "__main__":
    main(*sys.argv[1:])
