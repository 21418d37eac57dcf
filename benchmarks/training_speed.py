"""Training steps of the tiny network, with and without XLA, side by side.

    python -m benchmarks.training_speed

Both models take turns in one process, batches of 16 patches of 32x32; medians
of 30 rounds.
"""

import os
import statistics
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np

from convzoo.zoo import SRGenerator

_ROUNDS = 30


def main():
    random = np.random.default_rng(0)
    low = random.random((16, 32, 32, 3), np.float32)
    high = random.random((16, 128, 128, 3), np.float32)
    models = {"without XLA": _model(False), "with XLA": _model(True)}
    seconds = {name: [] for name in models}
    for _ in range(_ROUNDS + 2):
        for name, model in models.items():
            start = time.perf_counter()
            model.train_on_batch(low, high)
            seconds[name].append(time.perf_counter() - start)
    plain, xla = (statistics.median(s[2:]) for s in seconds.values())
    print(
        f"without XLA {plain * 1e3:.1f} ms a step, "
        f"with XLA {xla * 1e3:.1f} ms, ratio {xla / plain:.2f}"
    )


def _model(jit_compile):
    model = SRGenerator.from_preset("sr_x4_tiny")
    model.compile("adam", "mean_absolute_error", jit_compile=jit_compile)
    return model


if __name__ == "__main__":
    main()
