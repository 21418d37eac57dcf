"""Pooled features of many images, computed once and kept in a file."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import keras
import numpy as np

from convzoo.common.types import Tensor
from convzoo.common.unit_range import unit_range
from convzoo.training.classification.transfer.aspect_shapes import aspect_shapes
from convzoo.zoo.classification.classifier_memory import bytes_per_pixel
from convzoo.zoo.classification.size_agnostic_classifier import (
    SizeAgnosticClassifier,
)
from convzoo.zoo.images.bicubic import resize_bicubic
from convzoo.zoo.images.memory import check_memory

# Pixels of a batch, which bound the memory for its feature maps.
_PIXELS = 16 * 224 * 300


class PooledFeatures:
    """The input of a classifier's dense layer, for many images.

    It is computed in batches of one shape and written to a file, so that a
    process that was killed goes on where it was.

    Args:
        model: A `SizeAgnosticClassifier` for images in [0, 1].
        images: uint8 arrays `(height, width, 3)`.
        side: Length to which the shorter side is scaled, in pixels.
        max_stretch: As in `aspect_shapes`.
        path: The `.npy` file. One of another shape is replaced.
    """

    def __init__(
        self,
        model: SizeAgnosticClassifier,
        images: Sequence[np.ndarray],
        side: int,
        max_stretch: float,
        path: Path,
    ) -> None:
        self._images = images
        self._network = _Pooled(model)
        # The last column tells which rows are written: 0 or 1.
        self._array = _opened(path, (len(images), model.num_features + 1))
        sizes = np.array([image.shape[:2] for image in images])
        self.shapes = aspect_shapes(sizes, side, max_stretch)

    @property
    def num_missing(self) -> int:
        """Number of images without features."""
        return int(np.count_nonzero(self._array[:, -1] == 0))

    def compute(self) -> Iterator[int]:
        """Compute what is missing; yield the number of images of each batch.

        Raises:
            ValueError: A feature is NaN or infinite, or an image needs more
                memory than is free.
        """
        self._check_memory()
        for batch in self._batches():
            shape = self.shapes[batch[0]].tolist()
            images = [resized(self._images[i], shape) for i in batch]
            values = self._network.predict_on_batch(
                unit_range(np.stack(images))
            )
            if not np.isfinite(values).all():
                raise ValueError(
                    "`weights` must give finite features. Received: weights "
                    "whose features of images are NaN or infinite"
                )
            self._array[batch, :-1] = values
            self._array[batch, -1] = 1
            yield len(batch)

    def values(self) -> np.ndarray:
        """Float32 array `(images, length)`, read into memory."""
        return np.array(self._array[:, :-1])

    def _check_memory(self) -> None:
        """Check the memory for the largest image."""
        height, width = self.shapes[self.shapes.prod(axis=1).argmax()].tolist()
        model = self._network.model
        check_memory(
            bytes_per_pixel(model.backbone, model.width) * height * width,
            f"an image of {width}x{height} pixels",
            "pass a smaller `short_side`",
        )

    def _batches(self) -> Iterator[np.ndarray]:
        is_missing = self._array[:, -1] == 0
        for shape in np.unique(self.shapes, axis=0):
            has_shape = (self.shapes == shape).all(axis=1)
            members = np.flatnonzero(is_missing & has_shape)
            count = max(_PIXELS // int(shape.prod()), 1)
            for start in range(0, len(members), count):
                yield members[start : start + count]


def resized(image: np.ndarray, shape: Sequence[int]) -> np.ndarray:
    """Return an image with other rows and columns."""
    height, width = shape
    if image.shape[:2] == (height, width):
        return image
    return resize_bicubic(image, height, width)


class _Pooled(keras.Model):
    """Returns the pooled features of a classifier, compiled as `predict` is."""

    def __init__(self, model: SizeAgnosticClassifier) -> None:
        super().__init__(name="pooled_features")
        self.model = model

    def call(self, images: Tensor) -> Tensor:
        return self.model.features(images).pooled


def _opened(path: Path, shape: tuple[int, int]) -> np.ndarray:
    """Open a file of float32 numbers, or make one of zeros."""
    try:
        array = np.lib.format.open_memmap(path, "r+")
        if array.shape == shape and array.dtype == np.float32:
            return array
    # There is none, or it was left half-written.
    except (OSError, ValueError):
        pass
    return np.lib.format.open_memmap(path, "w+", np.float32, shape)
