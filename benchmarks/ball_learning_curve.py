"""Learning curve of the ball position predictor over the number of games.

    python -m benchmarks.ball_learning_curve FILE --out RUNS

FILE is tracking data of several line-ups or games, see `read_tracking`. A
network is trained on all groups of frames but those held out, on half of these
groups and on a quarter, drawn anew for each seed; the best epoch on the
held-out frames is kept. Prints the mean error on these frames and on up to
1,000 training frames, in metres, from one view, with velocities and from
positions alone: means and standard deviations over the seeds. The test set is
not used. RUNS holds the runs; an interrupted benchmark continues from them.
"""

import argparse
import os
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np

from benchmarks._ball_errors import errors_of_parts, mean_error
from benchmarks._spread import print_spread
from convzoo.training.football.ball_augmentation import BallAugmentation
from convzoo.training.football.ball_frames import BallFrames
from convzoo.training.football.tracking.read_tracking import read_tracking
from convzoo.training.optimization import (
    averaged_adamw,
    falling_rate,
    jit_compile,
)
from convzoo.training.run import Run
from convzoo.zoo import BallPositionPredictor

_EPOCH_STEPS = 500
_PATIENCE = 5
# The data are passes, whose ball is at a player. The map, which is for a ball
# that nobody has, is as small as possible.
_NETWORK = {"width": 64, "depth": 4, "heads": 4, "map_width": 2}


def main():
    arguments = _arguments()
    if arguments.file is None:
        print("skipped: pass a file of tracking data")
        return
    learned, held = read_tracking(arguments.file).learned.split(0.1)
    groups = np.unique(learned.group)
    rows = {}
    for seed in range(arguments.seeds):
        order = np.random.default_rng(seed).permutation(groups)
        for part in (1, 2, 4):
            count = len(groups) // part
            of = learned[np.isin(learned.group, order[:count])]
            model = _trained(arguments, of, held, f"{count}_{seed}", seed)
            figures = len(of), *errors_of_parts(model, of, held)
            print(seed, count, np.round(figures, 2), flush=True)
            rows.setdefault(count, []).append(figures)
    columns = ("frames", "held out", "positions", "learned", "positions")
    print_spread("groups", columns, rows, (0, 2, 2, 2, 2))


def _arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file", nargs="?")
    parser.add_argument("--out", type=Path, default=Path("runs/ball_curve"))
    parser.add_argument("--steps", type=int, default=6000)
    parser.add_argument("--seeds", type=int, default=3)
    return parser.parse_args()


def _trained(arguments, learned, held, name, seed):
    keras.utils.set_random_seed(seed)
    model = BallPositionPredictor(**_NETWORK, dropout=0.15)
    optimizer = averaged_adamw(
        falling_rate(1e-3, arguments.steps, "cosine"),
        0.05,
        0.998,
        global_clipnorm=1.0,
    )
    model.compile(optimizer, jit_compile=jit_compile())
    optimizer.build(model.trainable_variables)
    batches = BallFrames(
        [learned],
        32,
        _EPOCH_STEPS,
        BallAugmentation(drop_players=0.05, crop=0.05),
        seed,
    )
    run = Run(
        arguments.out / name,
        {
            "model": model.arguments,
            "steps": arguments.steps,
            "seed": seed,
            "data": learned.fingerprint,
        },
        lambda model: {"validation_distance": mean_error(model, held)},
        score="-validation_distance",
        patience=_PATIENCE,
    )
    run.train(model, batches, arguments.steps, 0)
    return BallPositionPredictor.from_preset(run.folder)


if __name__ == "__main__":
    main()
