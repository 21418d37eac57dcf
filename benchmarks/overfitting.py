"""Overfitting of super-resolution models: training against held-out images.

    python -m benchmarks.overfitting FOLDER [PRESET ...]

FOLDER holds the photographs that trained the presets, of which every twentieth
was held out for validation. Prints PSNR on Y over the training photographs,
over those held out, and over the latter as the mean of eight views. Photographs
differ, so compare the gain of one model over another, not the figures. A preset
may be the folder of a run.
"""

import functools
import os
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

from convzoo.training.super_resolution.evaluate_sr import mean, measure
from convzoo.training.super_resolution.photographs import read_pair
from convzoo.training.super_resolution.sr_data import read_sr_data
from convzoo.zoo import SRGenerator


def main(folder=None, *presets):
    if folder is None:
        print("skipped: pass a folder of photographs")
        return
    for name in presets or ("sr_x4_tiny", "sr_x4_base"):
        model = SRGenerator.from_preset(name)
        data = read_sr_data(folder, model.scale)
        learned = [read_pair(path, model.scale) for path in data.photographs]
        ensemble = functools.partial(model.upscale, ensemble=True)
        print(
            f"{name}: training {_psnr(model.upscale, learned):.2f} dB, "
            f"held out {_psnr(model.upscale, data.held_out):.2f} dB, "
            f"eight views {_psnr(ensemble, data.held_out):.2f} dB",
            flush=True,
        )


def _psnr(upscale, pairs):
    scale = len(pairs[0].high) // len(pairs[0].low)
    qualities = [measure(upscale(p.low), p.high, scale) for p in pairs]
    return mean(qualities).psnr_y


if __name__ == "__main__":
    main(*sys.argv[1:])
