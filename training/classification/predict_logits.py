"""Prediction for many images, each at its own size."""

import math
from collections.abc import Callable, Iterator, Sequence

import numpy as np

from convzoo.training.classification.bucket_shapes import bucket_shapes
from convzoo.training.classification.padded_batch import padded_batch
from convzoo.training.classification.resizing import Resizing
from convzoo.zoo.classification.classifier_memory import bytes_per_pixel
from convzoo.zoo.classification.classifier_pixels import scaled_size
from convzoo.zoo.classification.size_agnostic_classifier import (
    SizeAgnosticClassifier,
)
from convzoo.zoo.images.memory import check_memory


def predict_logits(
    model: SizeAgnosticClassifier,
    images: Sequence[np.ndarray],
    batch_size: int = 32,
    buckets: int = 6,
    resizing: Resizing | None = None,
    advance: Callable[[int], object] | None = None,
) -> np.ndarray:
    """Predict the logits of each image, `(images, classes)`.

    Images are resized batch by batch, so that all of them need not fit into
    memory.

    Args:
        model: A `SizeAgnosticClassifier`.
        images: uint8 arrays `(height, width, 3)`.
        batch_size: Number of images in a padded batch. A model whose backbone
            is not one of our own processes images one by one, which is slower,
            with equal results.
        buckets: Maximum number of batch shapes.
        resizing: How images are resized. Without it, as `classify` does.
        advance: Called after each batch with the number of its images, to show
            the progress.
    """
    if resizing is None:
        resizing = Resizing()
    logits = np.empty((len(images), model.num_classes), "float32")
    sizes = [_size(model, image, resizing) for image in images]
    for batch, shape in _batches(model, sizes, batch_size, buckets):
        pixels = [
            model.pixels_of(resizing(images[index]), resizing.short_side)
            for index in batch
        ]
        inputs = (
            padded_batch(pixels, shape)
            if model.units
            else np.expand_dims(pixels[0], 0)
        )
        logits[batch] = model.predict_on_batch(inputs)
        if advance is not None:
            advance(len(batch))
    return logits


def _size(
    model: SizeAgnosticClassifier, image: np.ndarray, resizing: Resizing
) -> tuple[int, int]:
    """The rows and columns of an image as the model gets it."""
    size = resizing.resized(image.shape[:2])
    side = resizing.short_side or model.short_side
    return size if side is None else scaled_size(size, side)


def _batches(
    model: SizeAgnosticClassifier,
    sizes: Sequence[tuple[int, int]],
    batch_size: int,
    buckets: int,
) -> Iterator[tuple[np.ndarray, Sequence[int]]]:
    """The images of each batch, and its shape."""
    if not sizes:
        return
    if not model.units:
        # A foreign backbone cannot tell padding: each image is alone.
        height, width = max(sizes, key=math.prod)
        check_memory(
            bytes_per_pixel(model.backbone, model.width) * height * width,
            f"an image that is scaled to {width}x{height} pixels",
            "leave out images that are so long or so large",
        )
        yield from ((np.array([i]), size) for i, size in enumerate(sizes))
        return
    numbers, shapes = bucket_shapes(np.array(sizes), buckets)
    for number, shape in enumerate(shapes):
        members = np.flatnonzero(numbers == number)
        for start in range(0, len(members), batch_size):
            yield members[start : start + batch_size], shape
