"""Photographs cut into pairs of low and high resolution patches."""

import tempfile

import keras
import numpy as np

from convzoo.training.photographs import Pair, read_pair, shrink
from convzoo.zoo.bicubic import resize_bicubic


class Patches(keras.utils.PyDataset):
    """Batches of random patches, the same ones whenever they are asked for.

    Batch `index` of epoch `epoch` depends on `(seed, epoch, index)` alone, so a
    run that was interrupted goes on with the patches it would have seen. The
    decoded photographs live in an unnamed temporary file: the memory they take
    is the page cache's.

    Args:
        photographs: paths of files, or `Pair`s, which are taken one by one.
        scale: factor between the two resolutions.
        patch_size: side of a low resolution patch, in pixels.
        batch_size: patches in a batch.
        batches: batches in an epoch.
        seed: of the random draws.
        reductions: each photograph is there once for each of these factors, by
            which it is shrunk before it is paired, as far as it stays as large
            as a patch. `(1,)` has the photographs as they are; with smaller
            factors beside it, few photographs teach more.

    Returns, by index: float32 arrays in [0, 1], `(batch, patch_size,
        patch_size, 3)` and `(batch, scale * patch_size, scale * patch_size,
        3)`, randomly mirrored and turned by quarters.

    Raises:
        ValueError: a photograph cannot be read, or is smaller than a patch; or
            a reduction is not above 0 and at most 1.
    """

    def __init__(
        self,
        photographs,
        scale,
        patch_size,
        batch_size,
        batches,
        seed,
        reductions=(1,),
    ):
        check_reductions(reductions)
        super().__init__()
        self.scale = scale
        self.patch_size = patch_size
        self.batch_size = batch_size
        self.batches = batches
        self.seed = seed
        self.epoch = 0
        self.reductions = reductions
        self._pairs = _mapped(
            pair for item in photographs for pair in self._read(item)
        )

    def __len__(self):
        return self.batches

    def __getitem__(self, index):
        random = np.random.default_rng((self.seed, self.epoch, index))
        pairs = [self._patch(random) for _ in range(self.batch_size)]
        low, high = (np.stack(images) for images in zip(*pairs, strict=True))
        return low.astype("float32") / 255, high.astype("float32") / 255

    def follow(self):
        """The callback by which `fit` tells which epoch it is in."""
        return keras.callbacks.LambdaCallback(on_epoch_begin=self._begin)

    def _begin(self, epoch, logs):
        self.epoch = epoch

    def _patch(self, random):
        pair = self._pairs[random.integers(len(self._pairs))]
        y, x = (
            random.integers(n - self.patch_size + 1) for n in pair.low.shape[:2]
        )
        turns, mirrored = random.integers(4), random.integers(2)
        patches = []
        for image, factor in zip(pair, (1, self.scale), strict=True):
            size = self.patch_size * factor
            rows = slice(y * factor, y * factor + size)
            columns = slice(x * factor, x * factor + size)
            patch = np.rot90(image[rows, columns], turns)
            patches.append(patch[:, ::-1] if mirrored else patch)
        return patches

    def _read(self, photograph):
        """The pairs of one photograph, one for each reduction that it bears."""
        is_pair = isinstance(photograph, Pair)
        pair = photograph if is_pair else read_pair(photograph, self.scale)
        if min(pair.low.shape[:2]) < self.patch_size:
            size = self.patch_size * self.scale
            height, width = pair.high.shape[:2]
            raise ValueError(
                f"{'A photograph' if is_pair else photograph}: is smaller than "
                f"a patch of {size}x{size} pixels. "
                f"Received: {width}x{height}"
            )
        for reduction in self.reductions:
            reduced = pair if reduction == 1 else self._reduced(pair, reduction)
            if min(reduced.low.shape[:2]) >= self.patch_size:
                yield reduced

    def _reduced(self, pair, reduction):
        height, width = (
            self.scale * int(n * reduction / self.scale)
            for n in pair.high.shape[:2]
        )
        high = resize_bicubic(pair.high, height, width)
        return Pair(shrink(high, self.scale), high)


def check_reductions(reductions):
    """Raise a `ValueError` unless all are above 0 and at most 1."""
    is_list = isinstance(reductions, (tuple, list)) and len(reductions) > 0
    if not is_list or not all(0 < reduction <= 1 for reduction in reductions):
        raise ValueError(
            "`reductions` must be factors above 0 and at most 1. "
            f"Received: reductions={reductions!r}"
        )


def _mapped(pairs):
    """The pairs, in RGB, as views of one unnamed file."""
    shapes = []
    with tempfile.TemporaryFile() as file:
        for pair in pairs:
            rgb = [np.broadcast_to(i, (*i.shape[:2], 3)) for i in pair]
            file.writelines(image.tobytes() for image in rgb)
            shapes.append([image.shape for image in rgb])
        file.flush()
        # Slices of a plain array cost a fraction of those of a memmap.
        stored = np.asarray(np.memmap(file, np.uint8, "r"))
    views, start = [], 0
    for pair_shapes in shapes:
        pair = []
        for shape in pair_shapes:
            stop = start + int(np.prod(shape))
            pair.append(stored[start:stop].reshape(shape))
            start = stop
        views.append(Pair(*pair))
    return views
