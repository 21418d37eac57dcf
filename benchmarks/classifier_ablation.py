"""Ablation of a classifier: images at their own size, and the pyramid.

    python -m benchmarks.classifier_ablation TRAIN TEST --out RUNS

TRAIN and TEST hold a folder of images for each class. The same network is
trained on TRAIN in each of the ways below, with equal epochs and augmentation;
no image of TEST influences a choice, and the last weights are evaluated. Prints
accuracy on TEST, over all images and as mean per class, and accuracy with the
images of TEST scaled: means and standard deviations over the seeds. RUNS holds
the runs; an interrupted benchmark continues from them.
"""

import argparse
import os
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np

from benchmarks._spread import print_spread
from convzoo.training import train_classifier
from convzoo.training.classification.evaluate_classifier import (
    evaluate_classifier,
)
from convzoo.zoo import SizeAgnosticClassifier

_SIDE = 48
_GLOBAL = {"bins": (1,), "pooling": "average"}
_SPP = {"pooling": "average"}
_GRID = {"grid": _SIDE}
# Both have about 185 thousand parameters.
PLAIN = {"backbone": "plain", "width": 20}
NETWORK_IN_NETWORK = {"backbone": "network_in_network", "width": 18}
_ARMS = {
    "warped to 48x48, global average": {"sizes": (_SIDE,), **_GLOBAL},
    "warped to 48x48, SPP": {"sizes": (_SIDE,), **_SPP},
    "warped to 40, 48, 56 and 64 in turn, SPP": {
        "sizes": (40, 48, 56, 64),
        **_SPP,
    },
    "own size, global average": _GLOBAL,
    "own size, SPP": _SPP,
    "own size, grid, global average": {**_GRID, **_GLOBAL},
    "own size, grid, SPP": {**_GRID, **_SPP},
    "own size, grid, SPP of maxima": _GRID,
    "own size, grid, SPP, plain": {**_GRID, **_SPP, **PLAIN},
    "own size, grid, SPP, network in network": {
        **_GRID,
        **_SPP,
        **NETWORK_IN_NETWORK,
    },
}
_SCALES = (0.5, 0.71, 1.0, 1.41, 2.0, 3.0)


def main():
    arguments = _arguments()
    if arguments.train is None:
        print("skipped: pass a folder to train on and one to test on")
        return
    figures, curves = {}, {}
    for seed in range(arguments.seeds):
        for name, settings in _arms(arguments.arms).items():
            reports = _reports(arguments, name, settings, seed)
            quality = reports[_SCALES.index(1.0)].quality
            row = 100 * quality.accuracy, 100 * quality.class_accuracy
            figures.setdefault(name, []).append(row)
            curves.setdefault(name, []).append(
                [100 * report.quality.accuracy for report in reports]
            )
            print(seed, name, np.round(row, 1), flush=True)
    names = "accuracy, %", "mean per class, %"
    print_spread("network", names, figures, (1, 1))
    print_spread("scaled by", _SCALES, curves, (1,) * len(_SCALES))


# What every arm has, but for what it says itself.
_RECIPE = {
    "short_side": 0,
    "pooling": "max",
    "dropout": 0.0,
    "rotation": 10.0,
    "zoom": 0.1,
    "shift": 0.05,
    "color": 0.3,
    "tint": 0.0,
    "flip": False,
    "weight_decay": 1e-4,
}


def _arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("train", nargs="?")
    parser.add_argument("test", nargs="?")
    parser.add_argument("--out", type=Path, default=Path("runs/ablation"))
    parser.add_argument("--width", type=int, default=16)
    parser.add_argument(
        "--arms",
        nargs="*",
        help="parts of the names of arms; default: all arms",
    )
    parser.add_argument("--epochs", type=int, default=20)
    parser.add_argument("--batch-size", type=int, default=16)
    parser.add_argument("--learning-rate", type=float, default=2e-3)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--precision", default="float32")
    return parser.parse_args()


def _arms(parts):
    return {
        name: settings
        for name, settings in _ARMS.items()
        if not parts or any(part in name for part in parts)
    }


def _reports(arguments, name, settings, seed):
    """Train a network, and return a report for each of `_SCALES`."""
    words = "".join(c if c.isalnum() else "_" for c in name)
    run = train_classifier(
        arguments.train,
        arguments.out / f"{words}_{seed}",
        hold_out=0,
        epochs=arguments.epochs,
        batch_size=arguments.batch_size,
        learning_rate=arguments.learning_rate,
        precision=arguments.precision,
        seed=seed,
        verbose=0,
        **{"width": arguments.width, **_RECIPE, **settings},
    )
    model = SizeAgnosticClassifier.from_preset(run.folder)
    # A network trained on warped images is tested on warped images.
    warp = _SIDE if "sizes" in settings else None
    return [
        evaluate_classifier(model, arguments.test, warp, scale)
        for scale in _SCALES
    ]


if __name__ == "__main__":
    main()
