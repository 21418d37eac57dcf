"""Speed of training steps with and without XLA, and with bfloat16.

    python -m benchmarks.training_speed

Models take turns in one process; medians of 30 rounds. Batches are 16 patches
of 32x32 for super-resolution, and 32 frames of 22 players or 32 images of
148x222 pixels for the ball position predictor. The gain of bfloat16 depends on
the processor; on x86 it needs AMX.
"""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np

from benchmarks._timing import medians
from convzoo.zoo import BallPositionPredictor, SRGenerator
from convzoo.zoo.super_resolution.sr_configs import SR_CONFIGS

_ROUNDS = 30
_FRAMES = 32


def main():
    random = np.random.default_rng(0)
    patches = [random.random((16, n, n, 3), np.float32) for n in (32, 128)]
    models = {
        "tiny": _enlarging("tiny"),
        "tiny, XLA": _enlarging("tiny", jit_compile=True),
        "base": _enlarging("base"),
        "base, bfloat16": _enlarging("base", dtype="mixed_bfloat16"),
    }
    _compare(models, patches)
    for sees, batch in (
        ("players", _frames(random)),
        ("image", _pictures(random)),
    ):
        models = {
            sees: _finding(sees),
            f"{sees}, XLA": _finding(sees, jit_compile=True),
        }
        _compare(models, batch)


def _compare(models, batch):
    runs = {
        name: lambda model=model: model.train_on_batch(*batch)
        for name, model in models.items()
    }
    seconds = medians(runs, _ROUNDS)
    for name, time in seconds.items():
        ratio = time / seconds[name.split(",")[0]]
        print(f"{name}: {time * 1e3:.1f} ms per step, ratio {ratio:.2f}")


def _enlarging(config, jit_compile=False, dtype=None):
    model = SRGenerator(**SR_CONFIGS[config], dtype=dtype)
    model.compile("adam", "mean_absolute_error", jit_compile=jit_compile)
    return model


def _finding(sees, jit_compile=False):
    model = BallPositionPredictor(sees=sees, pixels_per_metre=2.0)
    model.compile("adam", jit_compile=jit_compile)
    return model


def _frames(random):
    players = {
        "players": random.uniform(-30, 30, (_FRAMES, 22, 2)),
        "velocities": random.normal(size=(_FRAMES, 22, 2)),
        "team": np.tile([0, 1], (_FRAMES, 11)),
    }
    return players, random.uniform(-30, 30, (_FRAMES, 2))


def _pictures(random):
    pictures = random.random((_FRAMES, 148, 222, 3), np.float32)
    return pictures, random.uniform(0, 148, (_FRAMES, 2))


if __name__ == "__main__":
    main()
