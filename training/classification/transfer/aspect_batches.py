"""Augmented batches of one shape each, for networks without masks."""

from collections.abc import Callable, Sequence

import numpy as np

from convzoo.common.unit_range import unit_range
from convzoo.training.classification.one_hot_targets import OneHotTargets
from convzoo.training.classification.shaped_batches import ShapedBatches
from convzoo.training.classification.transfer.aspect_shapes import aspect_shapes
from convzoo.training.classification.transfer.pooled_features import resized

Augmented = Callable[[np.ndarray, np.random.Generator], np.ndarray]


class AspectBatches(ShapedBatches):
    """Reproducible batches of images whose aspect ratios are alike.

    Batch `index` of epoch `epoch` depends on `(seed, epoch, index)` only. An
    incomplete last batch of a shape is filled with images of that shape, whose
    weights are lower, so that all images of an epoch count alike.

    Indexing returns `(images, targets, weights)`: float32 `(batch, height,
    width, 3)` in [0, 1], rows of `targets`, and a weight for each.

    Args:
        images: uint8 arrays `(height, width, 3)`.
        targets: Array with one row per image.
        weights: Weight of each image, `(images,)`.
        batch_size: Number of images in a batch.
        limit: Function of the rows and columns of a batch that returns how many
            images it may hold at most.
        side: Length to which the shorter side is scaled, in pixels.
        max_stretch: As in `aspect_shapes`.
        augmentation: Function of an image and a `numpy.random.Generator` that
            returns an image of the same size.
        seed: Seed of the random draws.
    """

    def __init__(
        self,
        images: Sequence[np.ndarray],
        targets: np.ndarray | OneHotTargets,
        weights: np.ndarray,
        *,
        batch_size: int,
        limit: Callable[[int, int], int],
        side: int,
        max_stretch: float,
        augmentation: Augmented,
        seed: int = 0,
    ) -> None:
        super().__init__()
        self._images = images
        self._targets = targets
        self._weights = weights.astype("float32")
        self._augmentation = augmentation
        self._seed = seed
        sizes = np.array([image.shape[:2] for image in images])
        shapes = aspect_shapes(sizes, side, max_stretch)
        self.shapes, numbers = np.unique(shapes, axis=0, return_inverse=True)
        self._members = [
            np.flatnonzero(numbers.ravel() == number)
            for number in range(len(self.shapes))
        ]
        # Number of images in the batches of each shape.
        self._sizes = [
            min(batch_size, limit(*shape)) for shape in self.shapes.tolist()
        ]
        self._plan: tuple[int | None, list[tuple[int, np.ndarray]]] = None, []

    def __len__(self) -> int:
        return sum(
            self._filled(number) // size
            for number, size in enumerate(self._sizes)
        )

    def __getitem__(
        self, index: int
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        number, members = self._batches()[index]
        random = np.random.default_rng((self._seed, self.epoch, index))
        shape = self.shapes[number].tolist()
        images = [
            self._augmentation(resized(self._images[i], shape), random)
            for i in members
        ]
        share = np.float32(len(self._members[number]) / self._filled(number))
        return (
            unit_range(np.stack(images)),
            self._targets[members],
            self._weights[members] * share,
        )

    def shape_of(self, index: int) -> tuple[int, ...]:
        number, _ = self._batches()[index]
        return tuple(self.shapes[number].tolist())

    def size_of(self, index: int) -> int:
        return len(self._batches()[index][1])

    def _filled(self, number: int) -> int:
        """Number of images in the batches of a shape, with those that fill."""
        size = self._sizes[number]
        return (len(self._members[number]) + size - 1) // size * size

    def _batches(self) -> list[tuple[int, np.ndarray]]:
        """Return the shape and the images of each batch of this epoch."""
        if self._plan[0] != self.epoch:
            random = np.random.default_rng((self._seed, self.epoch))
            batches = [
                (number, batch)
                for number in range(len(self._members))
                for batch in self._split(number, random)
            ]
            order = random.permutation(len(batches))
            self._plan = self.epoch, [batches[i] for i in order]
        return self._plan[1]

    def _split(self, number: int, random: np.random.Generator) -> np.ndarray:
        members = self._members[number]
        order = random.permutation(members)
        missing = self._filled(number) - len(members)
        order = np.concatenate([order, random.choice(members, missing)])
        return order.reshape(-1, self._sizes[number])
