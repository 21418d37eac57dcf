"""Prediction for many images, each at its own size."""

from collections.abc import Sequence

import numpy as np

from convzoo.common.unit_range import unit_range
from convzoo.training.classification.bucket_shapes import bucket_shapes
from convzoo.training.classification.padded_batch import padded_batch
from convzoo.training.classification.resizing import Resizing
from convzoo.zoo.classification.size_agnostic_classifier import (
    SizeAgnosticClassifier,
)


def predict_logits(
    model: SizeAgnosticClassifier,
    images: Sequence[np.ndarray],
    batch_size: int = 32,
    buckets: int = 6,
    resizing: Resizing | None = None,
) -> np.ndarray:
    """Predict the logits of each image, `(images, classes)`.

    Images are resized batch by batch, so that all of them need not fit into
    memory.

    Args:
        model: A `SizeAgnosticClassifier` for images in [0, 1].
        images: uint8 arrays `(height, width, 3)`.
        batch_size: Number of images in a padded batch. A model whose backbone
            is not one of our own processes images one by one, which is slower,
            with equal results.
        buckets: Maximum number of batch shapes.
        resizing: How images are resized. Without it, their shorter side becomes
            the `short_side` of the model, if it has one.
    """
    if resizing is None:
        resizing = Resizing(short_side=getattr(model, "short_side", None))
    logits = np.empty((len(images), model.num_classes), "float32")
    if not model.units:
        for index, image in enumerate(images):
            pixels = unit_range(np.expand_dims(resizing(image), 0))
            logits[index] = model.predict_on_batch(pixels)[0]
        return logits
    if not len(images):
        return logits
    sizes = np.array([resizing.resized(image.shape[:2]) for image in images])
    numbers, shapes = bucket_shapes(sizes, buckets)
    for number, shape in enumerate(shapes):
        members = np.flatnonzero(numbers == number)
        for start in range(0, len(members), batch_size):
            batch = members[start : start + batch_size]
            inputs = padded_batch([resizing(images[i]) for i in batch], shape)
            logits[batch] = model.predict_on_batch(inputs)
    return logits
