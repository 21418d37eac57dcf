"""How long a predictor of the ball takes, for one frame and for many.

    python -m benchmarks.ball_speed [PRESET]

A frame of 22 players by LiteRT on one thread, median of 200 calls; 10,000
frames by `predict_ball`, with reading of results, median of 3 rounds. Without a
preset first weights do: they take as long.
"""

import os
import sys
import tempfile
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

from benchmarks._ratios import print_line
from benchmarks._timing import medians
from convzoo.export import LiteRTModel
from convzoo.export.litert import write_litert
from convzoo.export.saved_model import write_saved_model
from convzoo.training import simulate_play
from convzoo.training.predict_ball import predict_ball
from convzoo.zoo import BallPositionPredictor

_FRAMES = 10_000


def main(preset=None):
    if preset is None:
        model = BallPositionPredictor()
    else:
        model = BallPositionPredictor.load(preset)
    play = simulate_play(_FRAMES)
    with tempfile.TemporaryDirectory() as folder:
        run = _lite(model, Path(folder))
        frame = play[:1].inputs()
        seconds = medians({"frame": lambda: run(**frame)}, 200)["frame"]
    _print("a frame, LiteRT, one thread, ms", 1e3 * seconds, "ours < 5")
    seconds = medians({"all": lambda: predict_ball(model, play)}, 3)["all"]
    _print(f"{_FRAMES:,} frames, s", seconds, "ours < 20")


def _lite(model, folder):
    write_saved_model(model, folder / "saved")
    write_litert(folder / "saved", folder / "model.tflite")
    return LiteRTModel(folder / "model.tflite", num_threads=1)


def _print(work, ours, bar):
    print_line(work, f"{ours:.2f}", "-", "-", bar)


if __name__ == "__main__":
    main(*sys.argv[1:])
