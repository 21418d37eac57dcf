"""Padded batches of images of similar size, or batches warped to one size.

He, Zhang, Ren and Sun 2014, Spatial Pyramid Pooling in Deep Convolutional
Networks for Visual Recognition, https://arxiv.org/abs/1406.4729, section 2.3,
for `sizes`: epochs alternate between sizes.
"""

from collections.abc import Callable, Sequence
from typing import TypeAlias

import numpy as np

from convzoo.common.checks import check_positive
from convzoo.common.unit_range import unit_range
from convzoo.training.classification.bucket_shapes import bucket_shapes
from convzoo.training.classification.classifier_options import (
    check_rescale,
    check_sizes,
)
from convzoo.training.classification.one_hot_targets import OneHotTargets
from convzoo.training.classification.padded_batch import padded_batch
from convzoo.training.classification.shaped_batches import ShapedBatches
from convzoo.zoo.images.bicubic import resize_bicubic

# Padded images and their sizes, or images of one size.
_Inputs: TypeAlias = np.ndarray | dict[str, np.ndarray]
# Bucket and images of each batch.
_Plan: TypeAlias = list[tuple[int, np.ndarray]]
# Number of sizes of each image with `rescale`.
_VARIANTS = 8


class SizeBuckets(ShapedBatches):
    """Reproducible batches for `SizeAgnosticClassifier`.

    Batch `index` of epoch `epoch` depends on `(seed, epoch, index)` only. All
    batches of a bucket have one shape, so a compiler sees only a few, and no
    image is warped. An incomplete last batch is filled with images of its
    bucket.

    Indexing returns `(inputs, targets)` or `(inputs, targets, weights)`.
    `inputs` are float32 in [0, 1]: `{"images": (batch, height, width, 3),
    "sizes": (batch, 2)}`, or only the images if `sizes` is set.

    Args:
        images: uint8 arrays `(height, width, 3)`.
        targets: Array with one row per image, or `OneHotTargets`.
        batch_size: Number of images in a batch.
        buckets: Maximum number of batch shapes.
        sizes: Sides in pixels, or None. Each epoch warps all images to squares
            of the next side, in batches without padding.
        rescale: Maximum factor by which images are enlarged or shrunk, keeping
            their aspect ratio; 1 for no rescaling. Each image gets eight sizes,
            evenly spread on a logarithmic scale, which eight epochs run
            through. The number of images per epoch does not change.
        augmentation: Function of an image and a `numpy.random.Generator` that
            returns an image of the same size, or None.
        weights: Weight of each image, `(images,)`, or None.
        seed: Seed of the random draws.
        limit: Function of the rows and columns of a batch that returns how many
            images it may hold at most, or None. With `sizes`, the largest side
            decides for all.

    Raises:
        ValueError: If an argument is invalid.
    """

    def __init__(
        self,
        images: Sequence[np.ndarray],
        targets: np.ndarray | OneHotTargets,
        batch_size: int = 32,
        buckets: int = 6,
        sizes: Sequence[int] | None = None,
        rescale: float = 1.0,
        augmentation: Callable[[np.ndarray, np.random.Generator], np.ndarray]
        | None = None,
        weights: np.ndarray | None = None,
        seed: int = 0,
        limit: Callable[[int, int], int] | None = None,
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
        # All sizes of the first image, then those of the second, and so on.
        self._shown = _shown_sizes(images, rescale, seed)
        self._variants = len(self._shown) // len(images)
        numbers, self.shapes = bucket_shapes(
            self._shown, 1 if sizes else buckets
        )
        self._members = [
            np.flatnonzero(numbers == n) for n in range(len(self.shapes))
        ]
        shapes = [(max(sizes),) * 2] if sizes else self.shapes.tolist()
        # Number of images in the batches of each bucket.
        self.batch_sizes = [
            batch_size if limit is None else min(batch_size, limit(*shape))
            for shape in shapes
        ]
        self._plan_of: tuple[int | None, _Plan] = None, []

    def __len__(self) -> int:
        return sum(
            self._batches_of(bucket) for bucket in range(len(self._members))
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

    def _plan(self) -> _Plan:
        """Return the bucket and images of each batch of this epoch."""
        if self._plan_of[0] != self.epoch:
            cycle, turn = divmod(self.epoch, self._variants)
            random = np.random.default_rng((self.seed, cycle))
            batches = [
                (bucket, batch)
                for bucket in range(len(self._members))
                for batch in self._batches(bucket, turn, random)
            ]
            random = np.random.default_rng((self.seed, self.epoch))
            order = random.permutation(len(batches))
            self._plan_of = self.epoch, [batches[i] for i in order]
        return self._plan_of[1]

    def shape_of(self, index: int) -> tuple[int, ...]:
        if self.sizes:
            return (self.sizes[self.epoch % len(self.sizes)],) * 2
        bucket, _ = self._plan()[index]
        return tuple(self.shapes[bucket].tolist())

    def size_of(self, index: int) -> int:
        return len(self._plan()[index][1])

    def _batches_of(self, bucket: int) -> int:
        """Number of batches of a bucket in each epoch."""
        whole = self.batch_sizes[bucket] * self._variants
        return (len(self._members[bucket]) + whole - 1) // whole

    def _batches(
        self, bucket: int, turn: int, random: np.random.Generator
    ) -> np.ndarray:
        """Return the batches of one epoch of a cycle through all sizes."""
        members, size = self._members[bucket], self.batch_sizes[bucket]
        order = random.permutation(members)
        missing = -len(order) % (size * self._variants)
        order = np.concatenate([order, random.choice(members, missing)])
        return order.reshape(self._variants, -1, size)[turn]

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
    """Return the rows and columns of each image in each of its sizes."""
    sizes = np.array([image.shape[:2] for image in images])
    if rescale == 1:
        return sizes
    random = np.random.default_rng(seed)
    # One random point in each of eight equal intervals.
    points = random.random((len(images), _VARIANTS)) + np.arange(_VARIANTS)
    factors = rescale ** (2 * points / _VARIANTS - 1)
    shown = np.expand_dims(sizes, 1) * np.expand_dims(factors, 2)
    return np.maximum(np.rint(shown), 1).astype(int).reshape(-1, 2)
