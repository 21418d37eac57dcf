"""Cost of quantization for a preset: its quality, file size and time.

    python -m benchmarks.quantized [--sr SR] [--signs SIGNS] [--ball FILE...]
        [--generator RUN]

SR holds `set5`, `set14` and `train`, SIGNS `test` and `train`; FILEs are
tracking data with a test set. RUN replaces `sr_x4_tiny`, such as by a model of
quantization-aware training. Each preset is exported to LiteRT, as float and by
each recipe, with 64 training examples for calibration, and evaluated on the
test set. Times are medians of 30 calls in turn, on one thread.
"""

import argparse
import os
import tempfile
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np

from benchmarks._timing import medians
from convzoo.export import LiteRTModel, export_litert
from convzoo.export.quantize import RECIPES
from convzoo.training.classification.image_folder import ImageFolder
from convzoo.training.football.ball_quality import ball_quality
from convzoo.training.football.tracking.read_tracking import read_tracking
from convzoo.training.super_resolution.evaluate_sr import measure
from convzoo.training.super_resolution.photographs import read_pair
from convzoo.zoo import load_model
from convzoo.zoo.images.listing.list_images import list_images

_EXAMPLES = 64
_ROUNDS = 30


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sr", type=Path)
    parser.add_argument("--generator", default="sr_x4_tiny")
    parser.add_argument("--signs", type=Path)
    parser.add_argument("--ball", nargs="*", default=())
    arguments = parser.parse_args()
    print("preset file kB ratio ms ratio figures", flush=True)
    if arguments.sr:
        _enlarging(arguments.generator, arguments.sr)
    if arguments.signs:
        _classifying("signs_spp", arguments.signs)
    if arguments.ball:
        _ball("ball_players", arguments.ball)
    if not (arguments.sr or arguments.signs or arguments.ball):
        print("skipped: pass data to measure on")


def _enlarging(name, folder):
    lows = [
        _rgb(read_pair(path, 4).low)
        for path in _some(list_images(folder / "train"))
    ]
    examples = [{"image": _batch(low[:96, :96])} for low in lows]
    frame = {"image": _batch(lows[0])}

    def figures(run):
        return {
            title: f"{np.mean([_psnr(run, path) for path in paths]):.3f} dB"
            for title in ("set5", "set14")
            if (paths := list_images(folder / title))
        }

    _compare(name, examples, frame, figures)


def _psnr(run, path):
    pair = read_pair(path, 4)
    large = run(image=_batch(_rgb(pair.low)))["image_x4"][0]
    pixels = np.round(255 * np.clip(large, 0, 1)).astype("uint8")
    return measure(pixels, _rgb(pair.high), 4).psnr_y


def _rgb(image):
    return np.broadcast_to(image, (*image.shape[:2], 3))


def _batch(image):
    return np.expand_dims(image, 0) / np.float32(255)


def _classifying(name, folder):
    shown = _some(ImageFolder(folder / "train").images)
    test = ImageFolder(folder / "test")
    # Folders are named by the number of the class in the model.
    wanted = [int(test.class_names[label]) for label in test.labels]

    def figures(run):
        found = [
            int(np.argmax(run(image=_batch(image))["probabilities"]))
            for image in test.images
        ]
        return {"accuracy": f"{100 * np.mean(np.equal(found, wanted)):.2f} %"}

    examples = [{"image": _batch(image)} for image in shown]
    _compare(name, examples, examples[0], figures)


def _ball(name, files):
    games = {Path(path).stem: read_tracking(path) for path in files}
    learned = [game.learned for game in games.values()]
    each = _EXAMPLES // len(learned)
    examples = [
        game[index : index + 1].inputs()
        for game in learned
        for index in np.linspace(0, len(game) - 1, each).astype(int)
    ]

    def figures(run):
        return {
            title: f"{_metres(run, game.tested):.3f} m"
            for title, game in games.items()
        }

    _compare(name, examples, examples[0], figures)


def _metres(run, game):
    batches = [
        run(**game[start : start + 256].inputs())["position"]
        for start in range(0, len(game), 256)
    ]
    return ball_quality(game, {"position": np.concatenate(batches)}).mean


def _compare(name, examples, frame, figures):
    """Print a row for each file."""
    model = load_model(name)
    with tempfile.TemporaryDirectory() as folder:
        paths = _written(model, Path(folder), examples)
        runs = {r: LiteRTModel(path, 1) for r, path in paths.items()}
        times = medians(
            {r: lambda run=run: run(**frame) for r, run in runs.items()},
            _ROUNDS,
        )
        sizes = {r: path.stat().st_size for r, path in paths.items()}
        for recipe, run in runs.items():
            told = ", ".join(f"{k} {v}" for k, v in figures(run).items())
            print(
                f"{name} {recipe} {sizes[recipe] / 1000:.1f} "
                f"{sizes[recipe] / sizes['float']:.2f} "
                f"{1e3 * times[recipe]:.2f} "
                f"{times['float'] / times[recipe]:.2f} {told}",
                flush=True,
            )


def _written(model, folder, examples):
    """Return a dict from recipes to files, of the exports that succeed."""
    paths = {}
    for recipe in ("float", *RECIPES):
        path = folder / f"{recipe}.tflite"
        try:
            export_litert(
                model,
                path,
                quantize=None if recipe == "float" else recipe,
                calibration=examples,
                # The loss in accuracy is measured, not bounded.
                quantize_tolerance=1e3,
            )
        except ValueError as error:
            print(f"{model.name} {recipe}: {error}", flush=True)
        else:
            paths[recipe] = path
    return paths


def _some(items):
    """Return at most `_EXAMPLES` items, evenly spaced."""
    count = min(_EXAMPLES, len(items))
    return [items[i] for i in np.linspace(0, len(items) - 1, count).astype(int)]


if __name__ == "__main__":
    main()
