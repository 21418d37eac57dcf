"""What a network gains from photographs at their own aspect ratio.

    python -m benchmarks.own_aspect TRAIN TEST --weights FILE
    python -m benchmarks.own_aspect TRAIN TEST --weights FILE --share 1

TRAIN and TEST hold a folder of images for each class. The same frozen network
sees the photographs in each of the ways below, in training and in test alike;
a logistic regression is fitted to the features. Each seed draws two thirds of
the images of each class of TRAIN, or another share. No image of TEST influences
a choice. The last row is a plain method: average pooling in one and four bins
and the maximum, at 224 pixels, without a unit length, by the defaults of
scikit-learn. Prints accuracy on TEST, over all images and as mean per class:
means and standard deviations over the seeds.
"""

import argparse
import os
import tempfile
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np

from benchmarks._spread import print_spread
from convzoo.training import ImageFolder
from convzoo.training.classification.classification_quality import (
    classification_quality,
)
from convzoo.training.classification.transfer.dense_head import logistic_head
from convzoo.training.classification.transfer.pooled_features import (
    PooledFeatures,
)
from convzoo.zoo import SizeAgnosticClassifier
from convzoo.zoo.images.bicubic import resize_bicubic

_SIDE = 192
# The regularisation that cross-validation prefers for all of them.
_STRENGTH = 30.0
_PLAIN_SIDE = 224
_PLAIN_STRENGTH = 1.0


def as_is(image):
    return image


def square(side):
    return lambda image: resize_bicubic(image, side, side)


def centre(image):
    height, width = image.shape[:2]
    side = min(height, width)
    top, left = (height - side) // 2, (width - side) // 2
    return image[top : top + side, left : left + side]


# What is done to an image, its shorter side in pixels, and the largest change
# of its aspect ratio.
_ARMS = {
    "own aspect": (as_is, _SIDE, 1.0),
    "changed by at most 2 %": (as_is, _SIDE, 1.02),
    "changed by at most 5 %": (as_is, _SIDE, 1.05),
    "changed by at most 10 %": (as_is, _SIDE, 1.1),
    "changed by at most 25 %": (as_is, _SIDE, 1.25),
    "square in the middle": (centre, _SIDE, 1.0),
    "warped to 192 x 192": (square(_SIDE), _SIDE, 1.0),
    # About as many pixels as at own aspect.
    "warped to 226 x 226": (square(226), 226, 1.0),
}


def main():
    arguments = _arguments()
    if arguments.train is None:
        print("skipped: pass a folder to train on and one to test on")
        return
    train, test = ImageFolder(arguments.train), ImageFolder(arguments.test)

    def row(models, change, side, stretch, strength=_STRENGTH):
        features = [
            _features(models, map(change, folder.images), side, stretch)
            for folder in (train, test)
        ]
        return [
            _quality(features, train, test, strength, arguments.share, seed)
            for seed in range(arguments.seeds)
        ]

    def model(**settings):
        return SizeAgnosticClassifier(
            len(train.class_names),
            arguments.backbone,
            weights=arguments.weights,
            **settings,
        )

    pyramid = [model(normalize=True)]
    rows = {name: row(pyramid, *arm) for name, arm in _ARMS.items()}
    plain = [model(bins=(1, 2), pooling="average"), model(bins=(1,))]
    rows["plain method"] = row(plain, as_is, _PLAIN_SIDE, 1.0, _PLAIN_STRENGTH)
    print_spread("images", ("accuracy, %", "mean per class, %"), rows, (1, 1))


def _features(models, images, side, stretch):
    images, found = list(images), []
    for model in models:
        with tempfile.TemporaryDirectory() as folder:
            features = PooledFeatures(
                model, images, side, stretch, Path(folder) / "features.npy"
            )
            for _ in features.compute():
                pass
            found.append(features.values())
    print(len(np.unique(features.shapes, axis=0)), "shapes", flush=True)
    return np.concatenate(found, axis=1)


def _quality(features, train, test, strength, share, seed):
    learned, tested = features
    random = np.random.default_rng(seed)
    drawn = np.concatenate(
        [
            random.permutation(members)[: round(share * len(members))]
            for members in (
                np.flatnonzero(train.labels == label)
                for label in range(len(train.class_names))
            )
        ]
    )
    head = logistic_head(
        learned[drawn], train.labels[drawn], len(train.class_names), strength
    )
    quality = classification_quality(head.logits(tested), test.labels)
    return 100 * quality.accuracy, 100 * quality.class_accuracy


def _arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("train", nargs="?")
    parser.add_argument("test", nargs="?")
    parser.add_argument("--backbone", default="squeezenet")
    parser.add_argument("--weights", default="imagenet")
    parser.add_argument("--share", type=float, default=2 / 3)
    parser.add_argument("--seeds", type=int, default=3)
    return parser.parse_args()


if __name__ == "__main__":
    main()
