"""Batches of images of similar size, padded; or all brought to one size.

He, Zhang, Ren and Sun 2014, Spatial Pyramid Pooling in Deep Convolutional
Networks for Visual Recognition, https://arxiv.org/abs/1406.4729, section 2.3,
for `sizes`: an epoch of one size, the next of another.
"""

import keras
import numpy as np

from convzoo.layers.checks import check_positive
from convzoo.training.bucket_shapes import bucket_shapes
from convzoo.training.epoch_dataset import EpochDataset
from convzoo.training.tf_source import tf_source
from convzoo.zoo.bicubic import resize_bicubic


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
        images,
        targets,
        batch_size=32,
        buckets=6,
        sizes=None,
        augmentation=None,
        weights=None,
        seed=0,
    ):
        check_positive("batch_size", batch_size)
        check_positive("buckets", buckets)
        check_sizes(sizes)
        super().__init__()
        self.images = images
        self.targets = targets
        self.batch_size = batch_size
        self.sizes = sizes
        self.augmentation = augmentation
        self.weights = weights
        self.seed = seed
        shapes = np.array([image.shape[:2] for image in images])
        numbers, self.shapes = bucket_shapes(shapes, 1 if sizes else buckets)
        self._members = [
            np.flatnonzero(numbers == n) for n in range(len(self.shapes))
        ]
        self._plan_of = None, None

    def __len__(self):
        return sum(
            (len(members) + self.batch_size - 1) // self.batch_size
            for members in self._members
        )

    def __getitem__(self, index):
        bucket, members = self._plan()[index]
        random = np.random.default_rng((self.seed, self.epoch, index))
        images = [self._image(member, random) for member in members]
        if self.sizes:
            inputs = np.stack(images).astype("float32") / 255
        else:
            inputs = padded_batch(images, self.shapes[bucket])
        batch = inputs, self.targets[members]
        if self.weights is None:
            return batch
        return *batch, self.weights[members]

    def source(self):
        """What `fit` gets."""
        if keras.config.backend() == "tensorflow":
            return tf_source(self)
        return self

    def _plan(self):
        """Bucket and images of each batch of this epoch."""
        if self._plan_of[0] != self.epoch:
            random = np.random.default_rng((self.seed, self.epoch))
            batches = [
                (bucket, batch)
                for bucket, members in enumerate(self._members)
                for batch in self._batches(members, random)
            ]
            order = random.permutation(len(batches))
            self._plan_of = self.epoch, [batches[i] for i in order]
        return self._plan_of[1]

    def _batches(self, members, random):
        order = random.permutation(members)
        missing = -len(order) % self.batch_size
        order = np.concatenate([order, random.choice(members, missing)])
        return order.reshape(-1, self.batch_size)

    def _image(self, member, random):
        image = self.images[member]
        if self.sizes:
            side = self.sizes[self.epoch % len(self.sizes)]
            image = resize_bicubic(image, side, side)
        if self.augmentation is not None:
            image = self.augmentation(image, random)
        return image


def padded_batch(images, shape):
    """Images in the corner of larger ones, in [0, 1], with their sizes.

    Args:
        images: uint8 arrays `(height, width, 3)`.
        shape: rows and columns that hold all of them.
    """
    batch = np.zeros((len(images), *shape, 3), "float32")
    for image, place in zip(images, batch, strict=True):
        height, width = image.shape[:2]
        np.divide(image, 255, out=place[:height, :width], dtype="float32")
    sizes = np.array([image.shape[:2] for image in images], "int32")
    return {"images": batch, "sizes": sizes}


def check_sizes(sizes):
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
