"""Inference time of the ball position predictor, for one frame and for many.

    python -m benchmarks.ball_speed [PRESET]

One frame of 22 players, or its image, in LiteRT and in ONNX Runtime, each on
one thread: medians of 200 calls in turn. 10,000 frames by `predict_ball`, with
conversion of the results: median of 3 rounds. Without a preset the weights are
random, which takes as long.
"""

import os
import sys
import tempfile

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

from benchmarks._ratios import print_line
from benchmarks._timing import medians
from convzoo.export import LiteRTModel, ONNXModel, export_model
from convzoo.export.formats import FORMATS
from convzoo.training import simulate_play
from convzoo.training.football.drawing.pitch_view import view_of
from convzoo.training.football.drawing.render_pitch import render_pitch
from convzoo.training.football.predict_ball import predict_ball
from convzoo.zoo import BallPositionPredictor

_FRAMES = 10_000


def main(preset=None):
    if preset is None:
        model = BallPositionPredictor()
    else:
        model = BallPositionPredictor.from_preset(preset)
    play = simulate_play(_FRAMES)
    frame = play[:1].inputs()
    if model.sees == "image":
        frame = {"image": render_pitch(**frame, view=view_of(model))}
    with tempfile.TemporaryDirectory() as folder:
        _, litert, onnx = export_model(model, folder, formats=FORMATS)
        runtimes = {
            "LiteRT": LiteRTModel(litert.path, num_threads=1),
            "ONNX Runtime": ONNXModel(onnx.path, num_threads=1),
        }
    runs = {
        name: lambda model=model: model(**frame)
        for name, model in runtimes.items()
    }
    for name, seconds in medians(runs, 200).items():
        bar = "ours < 5" if name == "LiteRT" else "-"
        _print(f"one frame, {name}, one thread, ms", 1e3 * seconds, bar)
    seconds = medians({"all": lambda: predict_ball(model, play)}, 3)["all"]
    _print(f"{_FRAMES:,} frames, s", seconds, "ours < 20")


def _print(work, ours, bar):
    print_line(work, f"{ours:.2f}", "-", "-", bar)


if __name__ == "__main__":
    main(*sys.argv[1:])
