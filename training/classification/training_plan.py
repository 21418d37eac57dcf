"""The plan of a training run, as lines to print before it."""

from collections.abc import Sequence

import numpy as np
import psutil

from convzoo.training.classification.image_folder import ImageFolder
from convzoo.training.classification.size_buckets import SizeBuckets
from convzoo.training.classification.step_times import StepTimes


def data_plan(folder: ImageFolder) -> list[str]:
    """Return lines on the images."""
    counts = np.bincount(folder.labels, minlength=len(folder.class_names))
    sizes = folder.original_sizes
    areas = sizes.prod(axis=1)
    order = np.argsort(areas, kind="stable")
    smallest, median, largest = (
        _size(sizes[order[i]]) for i in (0, len(order) // 2, -1)
    )
    each = f"{counts.min()} to {counts.max()}"
    if counts.min() == counts.max():
        each = str(counts.min())
    lines = [
        f"{len(folder)} images of {len(counts)} classes, {each} a class; "
        f"smallest {smallest}, median {median}, largest {largest} pixels"
    ]
    if folder.short_side is not None:
        lines.append(
            f"all are scaled to {folder.short_side} pixels on the shorter side"
        )
    return lines


def split_plan(learned: int, validated: int) -> str:
    """Return a line on the use of the images.

    Args:
        learned: Number of images to learn from, mirror images included.
        validated: Number of images to validate on.
    """
    return f"{learned} to learn from, {validated} to validate on"


def transfer_plan(sides: Sequence[int], fine_tune: bool) -> str:
    """Return a line on the training of a network with published weights.

    Args:
        sides: Lengths of the shorter side to try, in pixels.
        fine_tune: Whether the network is trained, too.
    """
    *others, last = map(str, sides)
    named = f"{', '.join(others)} and {last}" if others else last
    after = "; then its upper layers are trained" if fine_tune else ""
    return (
        f"a dense layer is fitted to features of the network, of images with "
        f"{named} pixels on the shorter side{after}"
    )


def shapes_plan(batches: SizeBuckets) -> str:
    """Return a line on the shapes of the batches."""
    if batches.sizes:
        sides = ", ".join(f"{side}x{side}" for side in batches.sizes)
        return f"all images are warped to {sides}"
    shapes = sorted(
        zip(batches.shapes.tolist(), batches.batch_sizes, strict=True)
    )
    named = ", ".join(f"{_size(shape)} ({count})" for shape, count in shapes)
    noun = "shape" if len(shapes) == 1 else "shapes"
    return f"{len(shapes)} {noun} of batches (images in each): {named}"


def time_plan(times: StepTimes, steps: int, epoch_steps: int) -> list[str]:
    """Return lines on the steps, the time and the memory.

    Args:
        times: Measured times.
        steps: Number of steps of the run.
        epoch_steps: Number of steps of an epoch.
    """
    epochs = steps / epoch_steps
    memory = psutil.Process().memory_info().rss
    return [
        f"{steps} steps, {epoch_steps} an epoch, {epochs:.3g} epochs; "
        f"memory {memory / 1e9:.1f} GB",
        f"about {_duration(times.epoch)} an epoch, "
        f"{_duration(epochs * times.epoch)} from the first to the last",
    ]


def _size(size: Sequence[int]) -> str:
    height, width = size
    return f"{width}x{height}"


def _duration(seconds: float) -> str:
    """Spell a duration in its largest unit."""
    for unit, length in (("days", 86400), ("hours", 3600), ("minutes", 60)):
        if seconds >= 2 * length:
            return f"{seconds / length:.1f} {unit}"
    return f"{seconds:.1f} seconds"
