"""Training and validation photographs for super-resolution."""

import hashlib
import itertools
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from convzoo.common.types import PathLike
from convzoo.training.super_resolution.photographs import (
    Pair,
    pair_of,
    read_pair,
)
from convzoo.training.tfds_source import PREFIX, load_tfds
from convzoo.zoo.images.list_images import list_images

# One in this many photographs is held out if no validation folder is given.
HOLD_OUT_EVERY = 20


class SRData(NamedTuple):
    """Photographs for training and for validation.

    Attributes:
        photographs: Paths of files, or `Pair`s that are produced one by one.
        held_out: `Pair`s that select the best weights.
        fingerprints: Two strings that identify these photographs.
    """

    photographs: Iterable[Path | Pair]
    held_out: list[Pair]
    fingerprints: tuple[str, str]


def read_sr_data(
    data: PathLike, scale: int, validation: PathLike | None = None
) -> SRData:
    """Find the training photographs, and read the validation photographs.

    Args:
        data: Folder of photographs; or `tfds:NAME`, a dataset for
            `tensorflow_datasets.load` with images `lr` and `hr`, such as
            `tfds:div2k/bicubic_x4`, or with `image`, which is shrunk.
        scale: Factor between the two resolutions.
        validation: Folder of photographs that select the best weights. None
            uses the dataset's split "validation", or holds out every twentieth
            photograph of `data`.

    Raises:
        ValueError: If the folder or the dataset cannot be read, or is too small
            for training and validation.
    """
    is_tfds = str(data).startswith(PREFIX)
    source = _Dataset(data, scale) if is_tfds else _Folder(data, scale)
    if validation is not None:
        others = list_images(validation)
        held_out = [read_pair(path, scale) for path in others]
        fingerprint = _fingerprint(others)
        return SRData(
            source.all(), held_out, (source.fingerprint(), fingerprint)
        )
    return source.split()


class _Folder:
    """A folder of photographs."""

    def __init__(self, folder: PathLike, scale: int) -> None:
        self.folder = folder
        self.scale = scale
        self.paths = list_images(folder)

    def all(self) -> list[Path]:
        return self.paths

    def fingerprint(self) -> str:
        return _fingerprint(self.paths)

    def split(self) -> SRData:
        held_out = self.paths[::HOLD_OUT_EVERY]
        photographs = [p for p in self.paths if p not in held_out]
        if not photographs:
            raise ValueError(
                f"{self.folder}: one photograph cannot both train and "
                "validate; add some, or pass a folder as `validation`"
            )
        pairs = [read_pair(path, self.scale) for path in held_out]
        fingerprints = _fingerprint(photographs), _fingerprint(held_out)
        return SRData(photographs, pairs, fingerprints)


class _Dataset:
    """A dataset of tensorflow-datasets."""

    def __init__(self, data: PathLike, scale: int) -> None:
        self.name = str(data).removeprefix(PREFIX)
        self.scale = scale
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
            held_out = list(self._pairs("validation"))
            return SRData(self.all(), held_out, fingerprints)
        if self.info.splits["train"].num_examples < 2:
            raise ValueError(
                f"{self.name}: one photograph cannot both train and validate"
            )
        kept = list(itertools.islice(self.all(), 0, None, HOLD_OUT_EVERY))
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
    names = "".join(f"{p.name} {p.stat().st_size}\n" for p in paths)
    digest = hashlib.sha256(names.encode()).hexdigest()
    return f"{len(paths)} photographs, {digest[:16]}"
