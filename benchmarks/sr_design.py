"""Design of `sr_x4_base`: depth, attention and the luma loss.

    python -m benchmarks.sr_design TRAIN

Networks of 0.37 to 0.40 million parameters are trained on the folder TRAIN;
each differs from the one before in one thing. Prints PSNR on Y of the held-out
photographs, means and standard deviations over the seeds, and the time of a
step.
"""

import argparse
import os
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np

from convzoo.losses import Luma
from convzoo.training.optimization import jit_compile
from convzoo.training.super_resolution.evaluate_sr import mean, measure
from convzoo.training.super_resolution.patches import Patches
from convzoo.training.super_resolution.sr_data import read_sr_data
from convzoo.zoo import SRGenerator
from convzoo.zoo.super_resolution.sr_configs import SR_CONFIGS

_SCALE = 4
_BASE = SR_CONFIGS["base"]
_WIDE = {**_BASE, "filters": 48, "num_blocks": 8, "attention": None}
_DEEP = {**_BASE, "attention": None}
_ARMS = {
    "8 blocks of 48 filters": (_WIDE, "mean_absolute_error"),
    "19 blocks of 32 filters": (_DEEP, "mean_absolute_error"),
    "and pixel attention": (_BASE, "mean_absolute_error"),
    "and `Luma`": (_BASE, Luma()),
}


def main():
    arguments = _arguments()
    if arguments.train is None:
        print("skipped: pass a folder of photographs")
        return
    data = read_sr_data(arguments.train, _SCALE)
    figures = {name: [] for name in _ARMS}
    for seed in range(arguments.seeds):
        for name, (config, loss) in _ARMS.items():
            model, seconds = _trained(config, loss, data, arguments.steps, seed)
            figures[name].append((_psnr(model, data.held_out), seconds))
            print(seed, name, figures[name][-1], flush=True)
    print("| network | parameters | held out | step |\n|---|---|---|---|")
    for name, (config, _) in _ARMS.items():
        psnrs, seconds = np.transpose(figures[name])
        print(
            f"| {name} | {SRGenerator(**config).count_params():,} "
            f"| {psnrs.mean():.3f} ± {psnrs.std():.3f} dB "
            f"| {1000 * np.median(seconds) / arguments.steps:.0f} ms |"
        )


def _arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("train", nargs="?")
    parser.add_argument("--steps", type=int, default=2000)
    parser.add_argument("--seeds", type=int, default=3)
    return parser.parse_args()


def _trained(config, loss, data, steps, seed):
    """Return a trained network, and its training time in seconds."""
    keras.utils.set_random_seed(seed)
    model = SRGenerator(**config, dtype="mixed_bfloat16")
    patches = Patches(data.photographs, _SCALE, 32, 16, steps, seed)
    rate = keras.optimizers.schedules.CosineDecay(1e-3, steps)
    optimizer = keras.optimizers.Adam(rate, use_ema=True, ema_momentum=0.99)
    model.compile(optimizer, loss, jit_compile=jit_compile())
    start = time.perf_counter()
    model.fit(patches, verbose=0, shuffle=False)
    return model, time.perf_counter() - start


def _psnr(model, pairs):
    qualities = [
        measure(model.upscale(pair.low), pair.high, _SCALE) for pair in pairs
    ]
    return mean(qualities).figures()["psnr_y"]


if __name__ == "__main__":
    main()
