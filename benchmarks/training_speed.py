"""Training steps with and without XLA, and with bfloat16, side by side.

    python -m benchmarks.training_speed

The models take turns in one process, batches of 16 patches of 32x32; medians of
30 rounds. What bfloat16 gains depends on the processor: of x86, those with AMX.
"""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np

from benchmarks._timing import medians
from convzoo.zoo import SRGenerator
from convzoo.zoo.presets import SR_CONFIGS

_ROUNDS = 30


def main():
    random = np.random.default_rng(0)
    low = random.random((16, 32, 32, 3), np.float32)
    high = random.random((16, 128, 128, 3), np.float32)
    models = {
        "tiny": _model("tiny"),
        "tiny, XLA": _model("tiny", jit_compile=True),
        "base": _model("base"),
        "base, bfloat16": _model("base", dtype="mixed_bfloat16"),
    }
    runs = {
        name: lambda model=model: model.train_on_batch(low, high)
        for name, model in models.items()
    }
    seconds = medians(runs, _ROUNDS)
    for name, time in seconds.items():
        ratio = time / seconds[name.split(",")[0]]
        print(f"{name}: {time * 1e3:.1f} ms a step, ratio {ratio:.2f}")


def _model(config, jit_compile=False, dtype=None):
    model = SRGenerator(**SR_CONFIGS[config], dtype=dtype)
    model.compile("adam", "mean_absolute_error", jit_compile=jit_compile)
    return model


if __name__ == "__main__":
    main()
