"""Pairs of low- and high-resolution patches of photographs."""

from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from convzoo.common.checks import check_flag
from convzoo.common.pixel_limit import MAX_PIXELS
from convzoo.common.types import PathLike
from convzoo.common.unit_range import unit_range
from convzoo.training.epoch_dataset import EpochDataset
from convzoo.training.mapped_arrays import mapped_arrays
from convzoo.training.super_resolution.photographs import (
    Pair,
    crop_to_multiple,
    read_pair,
    reduced_pair,
    shrink,
)
from convzoo.training.super_resolution.sr_options import check_reductions
from convzoo.training.super_resolution.usable_items import (
    check_left_out,
    usable_items,
)

# Radius of the bicubic kernel, in low-resolution pixels.
_REACH = 2


class Patches(EpochDataset):
    """Reproducible batches of random patches.

    Batch `index` of epoch `epoch` depends on `(seed, epoch, index)` only, so an
    interrupted run resumes with the same patches. The decoded photographs are
    in an unnamed temporary file, whose memory is page cache.

    Indexing returns float32 arrays in [0, 1], `(batch, patch_size, patch_size,
    3)` and `(batch, scale * patch_size, scale * patch_size, 3)`, randomly
    mirrored and rotated by multiples of 90 degrees.

    Args:
        photographs: Paths of files, or `Pair`s, read one by one. Those that
            cannot be read or are smaller than a patch are left out, with one
            warning.
        scale: Factor between the two resolutions.
        patch_size: Side of a low-resolution patch, in pixels.
        batch_size: Number of patches in a batch.
        batches: Number of batches in an epoch.
        seed: Seed of the random draws.
        reductions: Factors by which each photograph is shrunk before it is
            paired. Factors that make it smaller than a patch are skipped.
            `(1,)` uses the photographs unchanged; smaller factors augment small
            data sets.
        shifts: Whether a patch may start at any pixel of the photograph and is
            shrunk there. Each photograph then yields `scale * scale`
            low-resolution images with different sampling grids. Otherwise
            patches are cut from the one that starts at the top left.
        max_pixels: As in `read_photograph`.

    Attributes:
        left_out: Why each of the photographs that are left out cannot be used.

    Raises:
        ValueError: If no photograph can be used, or a reduction is not above 0
            and at most 1.
    """

    def __init__(
        self,
        photographs: Iterable[PathLike | Pair],
        scale: int,
        patch_size: int,
        batch_size: int,
        batches: int,
        seed: int,
        reductions: Sequence[float] = (1,),
        shifts: bool = False,
        max_pixels: int = MAX_PIXELS,
    ) -> None:
        check_reductions(reductions)
        check_flag("shifts", shifts)
        super().__init__()
        self.scale = scale
        self.patch_size = patch_size
        self.batch_size = batch_size
        self.batches = batches
        self.seed = seed
        self.reductions = reductions
        self.shifts = shifts
        self.max_pixels = max_pixels
        self.left_out: list[str] = []
        # The reductions of a photograph are used, or none of them.
        usable = usable_items(
            photographs, lambda item: list(self._read(item)), self.left_out
        )
        self._pairs = _mapped(pair for pairs in usable for pair in pairs)
        check_left_out("photograph", self.left_out, len(self._pairs))

    def told(self, fingerprint: str) -> str:
        """Add the number of photographs that are left out."""
        if not self.left_out:
            return fingerprint
        return f"{fingerprint}, without {len(self.left_out)}"

    def __len__(self) -> int:
        return self.batches

    def __getitem__(self, index: int) -> tuple[np.ndarray, np.ndarray]:
        random = np.random.default_rng((self.seed, self.epoch, index))
        pairs = [self._patch(random) for _ in range(self.batch_size)]
        low, high = (np.stack(images) for images in zip(*pairs, strict=True))
        return unit_range(low), unit_range(high)

    def _patch(self, random: np.random.Generator) -> list[np.ndarray]:
        pair = self._pairs[random.integers(len(self._pairs))]
        cut = self._shifted if self.shifts else self._aligned
        patches = cut(pair, random)
        turns, mirrored = random.integers(4), random.integers(2)
        patches = [np.rot90(patch, int(turns)) for patch in patches]
        return [patch[:, ::-1] if mirrored else patch for patch in patches]

    def _aligned(
        self, pair: Pair, random: np.random.Generator
    ) -> list[np.ndarray]:
        """Cut a patch of the low-resolution image, and its original."""
        side = self.patch_size
        corner = [random.integers(n - side + 1) for n in pair.low.shape[:2]]
        return [
            _square(image, [n * factor for n in corner], side * factor)
            for image, factor in zip(pair, (1, self.scale), strict=True)
        ]

    def _shifted(
        self, pair: Pair, random: np.random.Generator
    ) -> list[np.ndarray]:
        """Cut a patch of the original, and shrink it."""
        side = self.patch_size * self.scale
        corner = [random.integers(n - side + 1) for n in pair.high.shape[:2]]
        # A margin makes the result equal to a part of the shrunk photograph.
        before = [min(n // self.scale, _REACH) for n in corner]
        rows, columns = (
            slice(n - k * self.scale, n + side + _REACH * self.scale)
            for n, k in zip(corner, before, strict=True)
        )
        around = crop_to_multiple(pair.high[rows, columns], self.scale)
        low = _square(shrink(around, self.scale), before, self.patch_size)
        return [low, _square(pair.high, corner, side)]

    def _read(self, photograph: PathLike | Pair) -> Iterator[Pair]:
        """Yield a pair for each reduction that leaves room for a patch."""
        if isinstance(photograph, Pair):
            name = "A photograph"
            pair = photograph
        else:
            pair, name = (
                read_pair(photograph, self.scale, self.max_pixels),
                str(photograph),
            )
        if min(pair.low.shape[:2]) < self.patch_size:
            size = self.patch_size * self.scale
            height, width = pair.high.shape[:2]
            raise ValueError(
                f"{name}: is smaller than a patch of {size}x{size} pixels. "
                f"Received: {width}x{height}"
            )
        for reduction in self.reductions:
            reduced = reduced_pair(pair, reduction, self.scale)
            if min(reduced.low.shape[:2]) >= self.patch_size:
                yield reduced


def _square(image: np.ndarray, corner: Sequence[int], side: int) -> np.ndarray:
    y, x = corner
    return image[y : y + side, x : x + side]


def _mapped(pairs: Iterable[Pair]) -> list[Pair]:
    """Return the pairs in RGB, as views of one file."""
    images = mapped_arrays(
        np.broadcast_to(image, (*image.shape[:2], 3))
        for pair in pairs
        for image in pair
    )
    return [
        Pair(low, high)
        for low, high in zip(images[::2], images[1::2], strict=True)
    ]
