"""Training and validation photographs for super-resolution."""

import hashlib
import itertools
import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias, TypeVar

import numpy as np

from convzoo.common.pixel_limit import MAX_PIXELS
from convzoo.common.types import PathLike
from convzoo.training.super_resolution.photographs import (
    Pair,
    pair_of,
    read_pair,
)
from convzoo.training.super_resolution.usable_items import (
    check_left_out,
    usable_items,
)
from convzoo.training.tfds_source import PREFIX, load_tfds
from convzoo.zoo.images.listing.list_images import list_images

Item = TypeVar("Item")
# Function of a validation pair that returns the pair to use.
Prepare: TypeAlias = Callable[[Pair], Pair]

# One in this many photographs is held out if no validation folder is given.
HOLD_OUT_EVERY = 20


class SRData(NamedTuple):
    """Photographs for training and for validation.

    Attributes:
        photographs: Paths of files, or `Pair`s that are produced one by one.
        held_out: `Pair`s that select the best weights, as `prepare` returned
            them.
        fingerprints: Two strings that identify these photographs.
    """

    photographs: Iterable[Path | Pair]
    held_out: list[Pair]
    fingerprints: tuple[str, str]


def read_sr_data(
    data: PathLike,
    scale: int,
    validation: PathLike | None = None,
    prepare: Prepare = lambda pair: pair,
    max_pixels: int = MAX_PIXELS,
) -> SRData:
    """Find the training photographs, and read the validation photographs.

    Validation photographs that cannot be used are left out, with a warning. The
    others of `data` take their place.

    Args:
        data: Folder of photographs; or `tfds:NAME`, a dataset for
            `tensorflow_datasets.load` with images `lr` and `hr`, such as
            `tfds:div2k/bicubic_x4`, or with `image`, which is shrunk.
        scale: Factor between the two resolutions.
        validation: Folder of photographs that select the best weights. None
            uses the dataset's split "validation", or holds out every twentieth
            photograph of `data`.
        prepare: Function of a validation `Pair` that returns the one to use. A
            `ValueError` says that it cannot be used.
        max_pixels: As in `read_photograph`.

    Raises:
        ValueError: If the folder or the dataset cannot be read, or is too small
            for training and validation.
    """

    def read(path: Path) -> Pair:
        pair = read_pair(path, scale, max_pixels)
        try:
            return prepare(pair)
        except ValueError as error:
            raise ValueError(f"{path}: {error}") from error

    source: _Dataset | _Folder
    if str(data).startswith(PREFIX):
        source = _Dataset(data, scale, prepare)
    else:
        source = _Folder(data, read)
    if validation is not None:
        others = list_images(validation)
        held_out = _usable(others, read)
        fingerprint = _fingerprint(others)
        return SRData(
            source.all(), held_out, (source.fingerprint(), fingerprint)
        )
    return source.split()


def _usable(items: Iterable[Item], use: Callable[[Item], Pair]) -> list[Pair]:
    left_out: list[str] = []
    pairs = list(usable_items(items, use, left_out))
    check_left_out("validation photograph", left_out, len(pairs))
    return pairs


class _Folder:
    """A folder of photographs."""

    def __init__(self, folder: PathLike, read: Callable[[Path], Pair]) -> None:
        self.folder = folder
        self.read = read
        self.paths = list_images(folder)

    def all(self) -> list[Path]:
        return self.paths

    def fingerprint(self) -> str:
        return _fingerprint(self.paths)

    def split(self) -> SRData:
        left_out: list[str] = []
        found = [
            self._first_usable(
                self.paths[start : start + HOLD_OUT_EVERY], left_out
            )
            for start in range(0, len(self.paths), HOLD_OUT_EVERY)
        ]
        held_out = dict(each for each in found if each is not None)
        photographs = [p for p in self.paths if p not in held_out]
        if not held_out:
            named = "; ".join(left_out[:1])
            raise ValueError(
                f"{self.folder}: no photograph can validate: {named}"
            )
        if not photographs:
            raise ValueError(
                f"{self.folder}: one photograph cannot both train and "
                "validate; add some, or pass a folder as `validation`"
            )
        fingerprints = _fingerprint(photographs), _fingerprint(list(held_out))
        return SRData(photographs, list(held_out.values()), fingerprints)

    def _first_usable(
        self, paths: list[Path], left_out: list[str]
    ) -> tuple[Path, Pair] | None:
        # What cannot be used here is left for training, which warns of it.
        pairs = usable_items(
            paths, lambda path: (path, self.read(path)), left_out
        )
        return next(pairs, None)


class _Dataset:
    """A dataset of tensorflow-datasets."""

    def __init__(self, data: PathLike, scale: int, prepare: Prepare) -> None:
        self.name = str(data).removeprefix(PREFIX)
        self.scale = scale
        self.prepare = prepare
        self.datasets, self.info = load_tfds(self.name)
        if "train" not in self.datasets:
            raise ValueError(
                f"{self.name}: must have a split 'train'. "
                f"Received: {sorted(self.datasets)}"
            )

    def all(self) -> Iterator[Pair]:
        return self._pairs("train")

    def fingerprint(self, split: str = "train") -> str:
        count = self.info.splits[split].num_examples
        return f"{count} of {self.info.full_name}, {split}"

    def split(self) -> SRData:
        if "validation" in self.datasets:
            fingerprints = self.fingerprint(), self.fingerprint("validation")
            held_out = _usable(self._pairs("validation"), self.prepare)
            return SRData(self.all(), held_out, fingerprints)
        if self.info.splits["train"].num_examples < 2:
            raise ValueError(
                f"{self.name}: one photograph cannot both train and validate"
            )
        chosen = itertools.islice(self.all(), 0, None, HOLD_OUT_EVERY)
        kept = _usable(chosen, self.prepare)
        others = (
            pair for i, pair in enumerate(self.all()) if i % HOLD_OUT_EVERY != 0
        )
        part = f"every {HOLD_OUT_EVERY}th of {self.fingerprint()}"
        return SRData(others, kept, (f"all but {part}", part))

    def _pairs(self, split: str) -> Iterator[Pair]:
        for example in self.datasets[split]:
            yield self._pair(example)

    def _pair(self, example: dict[str, Any]) -> Pair:
        if "image" in example and "hr" not in example:
            return pair_of(example["image"], self.scale)
        if not {"lr", "hr"} <= set(example):
            raise ValueError(
                f"{self.name}: must have images 'lr' and 'hr', or 'image'. "
                f"Received: {sorted(example)}"
            )
        low, high = example["lr"], example["hr"]
        expected = tuple(self.scale * n for n in low.shape[:2])
        excess = np.subtract(high.shape[:2], expected)
        # A remainder of the division is cropped; more means another scale.
        if (excess < 0).any() or (excess >= self.scale).any():
            raise ValueError(
                f"{self.name}: 'hr' must be {self.scale} times as large as "
                f"'lr'. Received: {high.shape} and {low.shape}"
            )
        return Pair(low, high[: expected[0], : expected[1]])


def _fingerprint(paths: list[Path]) -> str:
    """Identify a set of photographs by their names and file sizes."""
    names = "".join(f"{path.name} {_size(path)}\n" for path in paths)
    digest = hashlib.sha256(os.fsencode(names)).hexdigest()
    return f"{len(paths)} photographs, {digest[:16]}"


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        # Such as a link to nowhere, which is left out.
        return 0
