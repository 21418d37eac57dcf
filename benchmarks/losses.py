"""Speed and memory of the losses, against the packages that they reproduce.

    python -m benchmarks.losses

The value and its gradient for the prediction, on 8 pairs of 256 x 256 images,
in float32 on two threads of the CPU. Ours and the peer of a row take turns in
one process, ours as a TensorFlow graph without XLA; rows marked XLA run ours
with XLA against the same peer. Times are medians in milliseconds. Networks have
random weights, which take as long as trained ones. Without piq and lpips there
are no peers. Memory is what training steps add to the resident set of a
separate process; its peer is the same loss with the whole table of pairs.
"""

import functools
import os
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

# Importing torchvision after TensorFlow crashes the process.
try:
    import lpips
    import piq
    import torch
except ImportError:
    torch = None

import numpy as np
import tensorflow as tf

from benchmarks._memory import added_kilobytes, child_megabytes
from benchmarks._ratios import calling, compare, print_line, print_ratio
from convzoo.losses import (
    FSIM,
    LPIPS,
    SSIM,
    MultiScaleSSIM,
    contextual,
    matching,
)

_THREADS = 2
_SHAPE = (8, 256, 256, 3)
_MAPS = (8, 64, 64, 64)
_MEMORY_STEPS = 3


def main(*arguments):
    tf.config.threading.set_intra_op_parallelism_threads(_THREADS)
    tf.config.threading.set_inter_op_parallelism_threads(_THREADS)
    if arguments:
        print(_added_kilobytes(*arguments))
        return
    print_line("work", "ours", "peer", "ratio", "bar")
    peers = _peers()
    for name, loss, bar in (
        ("SSIM", SSIM(), "peer/ours >= 2.5"),
        ("MultiScaleSSIM", MultiScaleSSIM(), "peer/ours >= 2.5"),
        ("FSIM", FSIM(), "peer/ours >= 2"),
        ("LPIPS(vgg)", LPIPS("vgg", weights=None), "peer/ours >= 1"),
    ):
        images = [tf.constant(image) for image in _images()]
        compare(f"{name} 8x256x256x3", bar, _step(loss), images, peers[name])
    _contextual_memory()


def _images():
    """Return random images, and noisy copies of them."""
    random = np.random.default_rng(0)
    image = random.uniform(size=_SHAPE)
    other = np.clip(image + random.normal(size=_SHAPE, scale=0.1), 0, 1)
    return image.astype("float32"), other.astype("float32")


def _step(loss):
    """Return a step for the loss and its gradient for the prediction."""

    def step(y_true, y_pred):
        with tf.GradientTape() as tape:
            tape.watch(y_pred)
            value = tf.reduce_mean(loss(y_true, y_pred))
        return value, tape.gradient(value, y_pred)

    return step


def _peers():
    """Return functions without arguments by the name of ours, or None."""
    names = ("SSIM", "MultiScaleSSIM", "FSIM", "LPIPS(vgg)")
    if torch is None:
        return dict.fromkeys(names)
    torch.set_num_threads(_THREADS)
    distance = lpips.LPIPS(net="vgg", pnet_rand=True, verbose=False)
    losses = (
        piq.SSIMLoss(downsample=False),
        piq.MultiScaleSSIMLoss(),
        piq.FSIMLoss(),
        lambda y, x: distance(y, x, normalize=True).mean(),
    )
    y_true, y_pred = (
        torch.from_numpy(np.ascontiguousarray(image.transpose(0, 3, 1, 2)))
        for image in _images()
    )
    y_pred.requires_grad_()

    def step(loss):
        value = loss(y_pred, y_true)
        return value, torch.autograd.grad(value, y_pred)

    return {
        name: functools.partial(step, loss)
        for name, loss in zip(names, losses, strict=True)
    }


def _contextual_memory():
    work = "Contextual, maps of 8x64x64x64, added MB"
    megabytes = {
        name: child_megabytes("benchmarks.losses", *arguments)
        for name, arguments in {
            "peer": ("whole", "graph"),
            "ours": ("parts", "graph"),
            "xla": ("parts", "xla"),
        }.items()
    }
    bar = "peer/ours, where ours <= 1000"
    print_ratio(work, megabytes["ours"], megabytes["peer"], bar)
    print_ratio(f"{work}, XLA", megabytes["xla"], megabytes["peer"], bar)


def _added_kilobytes(table, compiler):
    if table == "whole":
        matching._NUMBERS_AT_ONCE = sys.maxsize
    random = np.random.default_rng(0)
    maps = [
        tf.constant(random.normal(size=_MAPS).astype("float32"))
        for _ in range(2)
    ]
    step = calling(_step(contextual), maps, jit_compile=compiler == "xla")
    return added_kilobytes(step, _MEMORY_STEPS)


if __name__ == "__main__":
    main(*sys.argv[1:])
