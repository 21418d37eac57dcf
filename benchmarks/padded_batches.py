"""Classification of images of many sizes: padded batches against one by one.

    python -m benchmarks.padded_batches [FOLDER]

FOLDER holds a folder of images for each class. By default the images are noise,
with log-uniform sides from 25 to 164 pixels. 32 images are classified in padded
batches and one by one; prints medians of 9 rounds and their ratio. The images
are those of a bucket, in one batch, or any, in one batch or in two with less
padding. The network pools its first maps to a grid, as `signs_spp`, or not.
"""

import os
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np

from benchmarks._ratios import print_ratio
from benchmarks._timing import medians
from convzoo.training import ImageFolder
from convzoo.training.classification.bucket_shapes import bucket_shapes
from convzoo.training.classification.predict_logits import predict_logits
from convzoo.zoo import SizeAgnosticClassifier

_BATCH = 32
_BUCKETS = 6
_ROUNDS = 9


def main(folder=None):
    random = np.random.default_rng(0)
    images = ImageFolder(folder).images if folder else _noise(random)
    sizes = np.array([image.shape[:2] for image in images])
    numbers, _ = bucket_shapes(sizes, _BUCKETS)
    bucket = np.flatnonzero(numbers == np.bincount(numbers).argmax())
    for grid in (48, None):
        model = SizeAgnosticClassifier(43, width=28, grid=grid)
        for name, members, batches in (
            ("of a bucket", bucket, 1),
            ("any", np.arange(len(images)), 1),
            ("any, two batches", np.arange(len(images)), 2),
        ):
            chosen = random.choice(members, _BATCH, replace=False)
            name = f"{name}, {'a grid' if grid else 'no grid'}"
            _compare(name, model, [images[i] for i in chosen], batches)


def _noise(random):
    sides = np.exp(random.uniform(np.log(25), np.log(164), 500)).astype(int)
    return [
        random.integers(256, size=(side, side, 3), dtype="uint8")
        for side in sides
    ]


def _compare(name, model, images, batches):
    times = medians(
        {
            "ours": lambda: predict_logits(model, images, _BATCH, batches),
            "peer": lambda: predict_logits(model, images, 1, len(images)),
        },
        _ROUNDS,
    )
    ours, peer = (1e3 * times[key] for key in ("ours", "peer"))
    print_ratio(name, ours, peer, "peer/ours >= 3")


if __name__ == "__main__":
    main(*sys.argv[1:])
