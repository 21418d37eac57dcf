"""Speed of int8 convolutions on this processor, against float.

    python -m benchmarks.int8_convolutions

Five 3x3 convolutions as LiteRT files, float and int8, on a 96x96 input and one
thread: medians of 30 calls in turn. The result depends on the processor's
instructions for dot products of bytes (VNNI on x86, SDOT on ARM).
"""

import os
import tempfile
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np

from benchmarks._ratios import print_line
from benchmarks._timing import medians
from convzoo.export import LiteRTModel, export_litert

_CHANNELS = (28, 32, 64)
_SHAPE = (1, 96, 96)
_ROUNDS = 30


def main():
    print_line("work", "int8", "float", "ratio", "bar")
    for channels in _CHANNELS:
        seconds = _seconds(channels)
        print_line(
            f"five convolutions of {channels} channels, ms",
            *[f"{1e3 * seconds[name]:.2f}" for name in ("int8", "float")],
            f"{seconds['float'] / seconds['int8']:.2f}",
            "float/int8 > 1",
        )


def _seconds(channels):
    maps = np.random.default_rng(0).random((*_SHAPE, channels), np.float32)
    with tempfile.TemporaryDirectory() as folder:
        runs = {}
        for name, recipe in (("float", None), ("int8", "int8")):
            path = Path(folder) / f"{name}.tflite"
            export_litert(
                _convolutions(channels),
                path,
                sizes=[_SHAPE],
                quantize=recipe,
                calibration=[{"maps": maps}],
                # Weights are random; only time matters here.
                quantize_tolerance=1e3,
            )
            model = LiteRTModel(path, 1)
            runs[name] = lambda model=model: model(maps=maps)
        return medians(runs, _ROUNDS)


def _convolutions(channels):
    keras.utils.set_random_seed(0)
    maps = keras.Input((None, None, channels), name="maps")
    x = maps
    for _ in range(5):
        x = keras.layers.Conv2D(channels, 3, padding="same", activation="relu")(
            x
        )
    return keras.Model(maps, x)


if __name__ == "__main__":
    main()
