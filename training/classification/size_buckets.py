"""Batches of images of similar size, padded; or all brought to one size.

He, Zhang, Ren and Sun 2014, Spatial Pyramid Pooling in Deep Convolutional
Networks for Visual Recognition, https://arxiv.org/abs/1406.4729, section 2.3,
for `sizes`: an epoch of one size, the next of another.
"""

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import keras
import numpy as np

from convzoo.common.checks import check_number, check_positive
from convzoo.common.unit_range import unit_range
from convzoo.training.classification.bucket_shapes import bucket_shapes
from convzoo.training.epoch_dataset import EpochDataset
from convzoo.training.tf_source import tf_source
from convzoo.zoo.images.bicubic import resize_bicubic

# Padded images with their sizes, or images of one size.
_Inputs: TypeAlias = np.ndarray | dict[str, np.ndarray]
# The bucket and the images of each batch.
_Plan: TypeAlias = list[tuple[int, np.ndarray]]
# Sizes of an image, where it is rescaled.
_VARIANTS = 8


class SizeBuckets(EpochDataset):
    """Batches for `SizeAgnosticClassifier`, the same whenever asked for.

    Batch `index` of epoch `epoch` depends on `(seed, epoch, index)` alone. All
    batches of a bucket have one shape, so that a compiler sees a handful, and
    nothing is warped. A last batch that would not be full is filled up with
    images of its bucket.

    Args:
        images: uint8 arrays `(height, width, 3)`.
        targets: an array with a row for each image.
        batch_size: images in a batch.
        buckets: how many shapes there are, at most.
        sizes: None; or sides in pixels: in each epoch all images are warped to
            squares of the next of them, which are then no padded batches.
        rescale: the largest factor by which images are enlarged and shrunk,
            their aspect kept; 1 leaves them at their own size. Each image then
            comes in eight sizes, whose factors are spread evenly on a
            logarithmic scale, and eight epochs show all of them; an epoch has
            as many images as without.
        augmentation: None, or a function of an image and a
            `numpy.random.Generator` that gives another of the same size.
        weights: None, or how much each image counts, `(images,)`.
        seed: of the random draws.

    Returns, by index: `(inputs, targets)` or `(inputs, targets, weights)`.
        `inputs` are float32 in [0, 1], `{"images": (batch, height, width, 3),
        "sizes": (batch, 2)}`, or with `sizes` the images alone.

    Raises:
        ValueError: an argument is not as described.
    """

    def __init__(
        self,
        images: Sequence[np.ndarray],
        targets: np.ndarray,
        batch_size: int = 32,
        buckets: int = 6,
        sizes: Sequence[int] | None = None,
        rescale: float = 1.0,
        augmentation: Callable[[np.ndarray, np.random.Generator], np.ndarray]
        | None = None,
        weights: np.ndarray | None = None,
        seed: int = 0,
    ) -> None:
        check_positive("batch_size", batch_size)
        check_positive("buckets", buckets)
        check_sizes(sizes)
        check_rescale(rescale, sizes)
        super().__init__()
        self.images = images
        self.targets = targets
        self.batch_size = batch_size
        self.sizes = sizes
        self.augmentation = augmentation
        self.weights = weights
        self.seed = seed
        # One after another: an image in all of its sizes, the next image.
        self._shown = _shown_sizes(images, rescale, seed)
        self._variants = len(self._shown) // len(images)
        numbers, self.shapes = bucket_shapes(
            self._shown, 1 if sizes else buckets
        )
        self._members = [
            np.flatnonzero(numbers == n) for n in range(len(self.shapes))
        ]
        self._plan_of: tuple[int | None, _Plan] = None, []

    def __len__(self) -> int:
        whole = self.batch_size * self._variants
        return sum(
            (len(members) + whole - 1) // whole for members in self._members
        )

    def __getitem__(
        self, index: int
    ) -> tuple[_Inputs, *tuple[np.ndarray, ...]]:
        bucket, shown = self._plan()[index]
        random = np.random.default_rng((self.seed, self.epoch, index))
        images = [self._image(member, random) for member in shown]
        members = shown // self._variants
        if self.sizes:
            inputs: _Inputs = unit_range(np.stack(images))
        else:
            inputs = padded_batch(images, self.shapes[bucket])
        batch = inputs, self.targets[members]
        if self.weights is None:
            return batch
        return *batch, self.weights[members]

    def source(self) -> Any:
        """What `fit` gets."""
        if keras.config.backend() == "tensorflow":
            return tf_source(self)
        return self

    def _plan(self) -> _Plan:
        """Bucket and images of each batch of this epoch."""
        if self._plan_of[0] != self.epoch:
            cycle, turn = divmod(self.epoch, self._variants)
            random = np.random.default_rng((self.seed, cycle))
            batches = [
                (bucket, batch)
                for bucket, members in enumerate(self._members)
                for batch in self._batches(members, turn, random)
            ]
            random = np.random.default_rng((self.seed, self.epoch))
            order = random.permutation(len(batches))
            self._plan_of = self.epoch, [batches[i] for i in order]
        return self._plan_of[1]

    def _batches(
        self, members: np.ndarray, turn: int, random: np.random.Generator
    ) -> np.ndarray:
        """Those of one turn, of as many as there are sizes of an image."""
        order = random.permutation(members)
        whole = self.batch_size * self._variants
        missing = -len(order) % whole
        order = np.concatenate([order, random.choice(members, missing)])
        return order.reshape(self._variants, -1, self.batch_size)[turn]

    def _image(self, shown: int, random: np.random.Generator) -> np.ndarray:
        image = self.images[shown // self._variants]
        shape = tuple(self._shown[shown].tolist())
        if self.sizes:
            side = self.sizes[self.epoch % len(self.sizes)]
            shape = side, side
        if shape != image.shape[:2]:
            image = resize_bicubic(image, *shape)
        if self.augmentation is not None:
            image = self.augmentation(image, random)
        return image


def _shown_sizes(
    images: Sequence[np.ndarray], rescale: float, seed: int
) -> np.ndarray:
    """The rows and columns of each image in each of its sizes."""
    sizes = np.array([image.shape[:2] for image in images])
    if rescale == 1:
        return sizes
    random = np.random.default_rng(seed)
    # Of each of eight equal intervals, a point.
    points = random.random((len(images), _VARIANTS)) + np.arange(_VARIANTS)
    factors = rescale ** (2 * points / _VARIANTS - 1)
    shown = np.expand_dims(sizes, 1) * np.expand_dims(factors, 2)
    return np.maximum(np.rint(shown), 1).astype(int).reshape(-1, 2)


def padded_batch(
    images: Sequence[np.ndarray], shape: Sequence[int]
) -> dict[str, np.ndarray]:
    """Images in the corner of larger ones, in [0, 1], with their sizes.

    Args:
        images: uint8 arrays `(height, width, 3)`.
        shape: rows and columns that hold all of them.
    """
    batch = np.zeros((len(images), *shape, 3), "float32")
    for image, place in zip(images, batch, strict=True):
        height, width = image.shape[:2]
        unit_range(image, out=place[:height, :width])
    sizes = np.array([image.shape[:2] for image in images], "int32")
    return {"images": batch, "sizes": sizes}


def check_sizes(sizes: object) -> None:
    """Raise a `ValueError` unless it is None or positive integers."""
    if sizes is None:
        return
    if not isinstance(sizes, (tuple, list)) or not sizes:
        raise ValueError(
            "`sizes` must be sides in pixels, or None. "
            f"Received: sizes={sizes!r}"
        )
    for index, side in enumerate(sizes):
        check_positive(f"sizes[{index}]", side)


def check_rescale(rescale: object, sizes: Sequence[int] | None) -> None:
    """Raise a `ValueError` unless it is a factor, and 1 beside `sizes`."""
    check_number("rescale", rescale, 1)
    if rescale != 1 and sizes is not None:
        raise ValueError(
            "`rescale` is for images at their own size, not for `sizes`. "
            f"Received: rescale={rescale!r}, sizes={sizes!r}"
        )
