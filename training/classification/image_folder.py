"""Labelled images, each at its own size."""

import functools
import itertools
import warnings
from collections.abc import Iterator
from contextlib import suppress
from typing import Literal

import numpy as np

from convzoo.common.checks import check_fraction, check_positive
from convzoo.common.pixel_limit import MAX_PIXELS
from convzoo.common.types import PathLike
from convzoo.training.classification.class_folders import ClassFolders, Example
from convzoo.training.classification.scaled_image import (
    chosen_short_side,
    scaled_image,
)
from convzoo.training.classification.told_reading import told_reading
from convzoo.training.mapped_arrays import mapped_arrays
from convzoo.training.tfds_source import PREFIX, load_tfds
from convzoo.zoo.images.reading.photograph_of import photograph_of

# Errors of images that one warning names.
_NAMED = 5
# Images whose sizes decide how images are scaled, at least.
_SAMPLE = 25


class ImageFolder:
    """Images of a folder with one folder per class.

    They are decoded once, upright, in RGB and on white where they are
    transparent, into a temporary file. Unreadable images and folders without
    images are left out, with a warning.

    Args:
        data: The folder; or `tfds:NAME`, a dataset for
            `tensorflow_datasets.load` with `image` and `label`.
        max_side: Maximum side in pixels. Larger images are downscaled, keeping
            their aspect ratio. None for no limit.
        split: Split of a dataset of tensorflow-datasets.
        max_pixels: Files with more pixels are left out before they are decoded.
        short_side: Side in pixels to which the shorter side of each image is
            scaled, keeping its aspect ratio, unless the longer one would exceed
            `max_side`. `"auto"`: that of `chosen_short_side` for some of the
            images. None: the images keep their sizes.
        told: Whether to show how many images are read.

    Attributes:
        class_names: Name of each class, sorted for a folder.
        images: uint8 arrays `(height, width, 3)`.
        original_sizes: Rows and columns of the images in their files, `(images,
            2)`.
        short_side: Side to which the images are scaled, or None.
        labels: Class of each image, `(images,)`.
        paths: Path of each image below `data`, as text; its number in a dataset
            of tensorflow-datasets.
        fingerprint: String that identifies the images.

    Raises:
        ValueError: If there are fewer than two classes, a class has no readable
            image, or `data` cannot be read.
    """

    def __init__(
        self,
        data: PathLike,
        max_side: int | None = None,
        split: str = "train",
        max_pixels: int = MAX_PIXELS,
        short_side: int | Literal["auto"] | None = None,
        told: bool = False,
    ) -> None:
        for name, side in (("max_side", max_side), ("short_side", short_side)):
            if side not in (None, "auto"):
                check_positive(name, side)
        check_positive("max_pixels", max_pixels)
        self.data = str(data)
        source: _Dataset | ClassFolders
        if self.data.startswith(PREFIX):
            source = _Dataset(self.data, split)
        else:
            source = ClassFolders(self.data, max_pixels)
        self.class_names = source.class_names
        self.fingerprint = source.fingerprint
        if short_side == "auto":
            short_side = chosen_short_side(_some_sizes(source))
        self.short_side = short_side
        labels: list[int] = []
        self.paths: list[str] = []
        sizes: list[tuple[int, ...]] = []
        errors: list[str] = []

        def decoded() -> Iterator[np.ndarray]:
            examples = told_reading(source, len(source), told)
            for index, (label, read) in enumerate(examples):
                try:
                    image = _rgb(read())
                # Decoders raise many kinds; the other images are read.
                except Exception as error:
                    errors.append(str(error) or type(error).__name__)
                    continue
                labels.append(label)
                self.paths.append(source.path_of(index))
                sizes.append(image.shape[:2])
                yield scaled_image(image, short_side, max_side)

        self.images = mapped_arrays(decoded())
        self.labels = np.array(labels, "int32")
        self.original_sizes = np.array(sizes, "int32").reshape(-1, 2)
        self._warn_of(errors)
        self._check_classes()

    def __len__(self) -> int:
        return len(self.images)

    @property
    def sizes(self) -> np.ndarray:
        """Rows and columns, `(images, 2)`."""
        return np.array([image.shape[:2] for image in self.images], "int32")

    def split(self, share: float) -> tuple[np.ndarray, np.ndarray]:
        """Return the indices of training images and of validation images.

        The last images of each class, by name, are held out: files of one scene
        are often adjacent, and then fall on the same side.

        Args:
            share: Fraction of each class to hold out, rounded. At least one
                image unless it is 0, and never the whole class.
        """
        check_fraction("share", share)
        learned, held_out = [], []
        # One pass over the images, however many classes there are.
        order = np.argsort(self.labels, kind="stable")
        stops = np.cumsum(self._counts)[:-1]
        for members in np.split(order, stops):
            count = max(round(share * len(members)), 1) if share else 0
            count = min(count, len(members) - 1)
            learned.append(members[: len(members) - count])
            held_out.append(members[len(members) - count :])
        return np.concatenate(learned), np.concatenate(held_out)

    def _warn_of(self, errors: list[str]) -> None:
        if errors:
            count = len(errors) + len(self)
            more = [] if len(errors) <= _NAMED else ["..."]
            warnings.warn(
                f"{self.data}: {len(errors)} of {count} images left out: "
                f"{'; '.join([*errors[:_NAMED], *more])}",
                stacklevel=3,
            )

    @property
    def _counts(self) -> np.ndarray:
        """Number of images of each class."""
        return np.bincount(self.labels, minlength=len(self.class_names))

    def _check_classes(self) -> None:
        for name, count in zip(self.class_names, self._counts, strict=True):
            if not count:
                raise ValueError(
                    f"{self.data}: the class {name!r} has no image that can be "
                    "read"
                )


class _Dataset:
    """Examples of a dataset of tensorflow-datasets."""

    def __init__(self, data: str, split: str) -> None:
        self.name = data.removeprefix(PREFIX)
        datasets, info = load_tfds(self.name)
        if split not in datasets:
            raise ValueError(
                f"{self.name}: must have a split {split!r}. "
                f"Received: {sorted(datasets)}"
            )
        if not {"image", "label"} <= set(info.features):
            raise ValueError(
                f"{self.name}: must have 'image' and 'label'. "
                f"Received: {sorted(info.features)}"
            )
        self.class_names = info.features["label"].names
        self.examples = datasets[split]
        self.count = info.splits[split].num_examples
        self.fingerprint = f"{self.count} of {info.full_name}, {split}"

    def __len__(self) -> int:
        return self.count

    def sample(self, count: int) -> Iterator[Example]:
        """The first examples: the others take as long to reach."""
        return itertools.islice(self, count)

    def __iter__(self) -> Iterator[Example]:
        for example in self.examples:
            pixels = np.asarray(example["image"])
            yield (
                int(example["label"]),
                functools.partial(photograph_of, pixels),
            )

    def path_of(self, index: int) -> str:
        return str(index)


def _rgb(image: np.ndarray) -> np.ndarray:
    """Return three channels: grey is repeated."""
    return np.repeat(image, 3, axis=-1) if image.shape[-1] == 1 else image


def _some_sizes(source: "_Dataset | ClassFolders") -> list[tuple[int, ...]]:
    """Rows and columns of some images that can be read."""
    sizes = []
    for _, read in source.sample(_SAMPLE):
        with suppress(Exception):
            sizes.append(read().shape[:2])
    return sizes
