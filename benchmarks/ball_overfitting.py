"""Overfitting of the ball position predictor: held-out against training frames.

    python -m benchmarks.ball_overfitting FILE... [--model RUN]

FILEs are the tracking data that trained the preset `ball_players`, or the model
of a run, with a tenth held out. Prints mean errors in metres, from one view, on
held-out frames and on up to 1,000 training frames, with velocities and from
positions alone. The test set is not used.
"""

import argparse
import os
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

from benchmarks._ball_errors import errors_of_parts
from convzoo.training.football.tracking.read_tracking import read_with_past
from convzoo.zoo import BallPositionPredictor


def main():
    arguments = _arguments()
    if not arguments.files:
        print("skipped: pass files of tracking data")
        return
    model = BallPositionPredictor.from_preset(arguments.model)
    print("| file | held out | positions | learned | positions |")
    print("|---" * 5 + "|")
    for path in arguments.files:
        game = read_with_past(path, model.pitch, model.frames, model.frame_rate)
        errors = errors_of_parts(model, *game.learned.split(0.1))
        cells = [f"{error:.2f}" for error in errors]
        print("|", " | ".join([path.stem, *cells]), "|", flush=True)


def _arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--model", default="ball_players")
    return parser.parse_args()


if __name__ == "__main__":
    main()
