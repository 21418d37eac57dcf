"""Cost of a network of MLP convolutions, against plain convolutions.

    python -m benchmarks.network_in_network

The two networks of `classifier_ablation`, with equal numbers of parameters, on
16 images of 48 x 48 pixels: a training step, and inference. Prints medians of 9
rounds in milliseconds, and their ratio. The peer has plain convolutions.
"""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np

from benchmarks._ratios import print_ratio
from benchmarks._timing import medians
from benchmarks.classifier_ablation import NETWORK_IN_NETWORK, PLAIN
from convzoo.zoo import SizeAgnosticClassifier

_BATCH = 16
_SIDE = 48
_CLASSES = 43
_ROUNDS = 9


def main():
    random = np.random.default_rng(0)
    images = random.random((_BATCH, _SIDE, _SIDE, 3)).astype("float32")
    labels = random.integers(_CLASSES, size=_BATCH)
    models = {
        name: SizeAgnosticClassifier(_CLASSES, pooling="average", **arguments)
        for name, arguments in (("ours", NETWORK_IN_NETWORK), ("peer", PLAIN))
    }
    for name, model in models.items():
        model.compile("adam", "sparse_categorical_crossentropy")
        print(f"{name}: {model.count_params():,} parameters")
    _compare(
        "training step",
        {
            name: lambda model=model: model.train_on_batch(images, labels)
            for name, model in models.items()
        },
    )
    _compare(
        "inference",
        {
            name: lambda model=model: model.predict_on_batch(images)
            for name, model in models.items()
        },
    )


def _compare(work, runs):
    times = medians(runs, _ROUNDS)
    ours, peer = (1e3 * times[key] for key in ("ours", "peer"))
    print_ratio(f"{work}, batch of {_BATCH}", ours, peer, "ours/peer")


if __name__ == "__main__":
    main()
