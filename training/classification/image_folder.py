"""Labelled images, each at its own size."""

import functools
import hashlib
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeAlias

import numpy as np

from convzoo.common.checks import check_fraction, check_positive
from convzoo.common.types import PathLike
from convzoo.training.mapped_arrays import mapped_arrays
from convzoo.training.tfds_source import PREFIX, load_tfds
from convzoo.zoo.images.bicubic import resize_bicubic
from convzoo.zoo.images.list_images import list_images
from convzoo.zoo.images.read_photograph import read_photograph

# A class number, and a function that reads an image of the class.
_Example: TypeAlias = tuple[int, Callable[[], np.ndarray]]


class ImageFolder:
    """Images of a folder with one folder per class.

    They are decoded once, upright and in RGB, into a temporary file. Unreadable
    images are left out, with a warning.

    Args:
        data: The folder; or `tfds:NAME`, a dataset for
            `tensorflow_datasets.load` with `image` and `label`.
        max_side: Maximum side in pixels. Larger images are downscaled, keeping
            their aspect ratio. None for no limit.
        split: Split of a dataset of tensorflow-datasets.

    Attributes:
        class_names: Name of each class, sorted for a folder.
        images: uint8 arrays `(height, width, 3)`.
        labels: Class of each image, `(images,)`.
        fingerprint: String that identifies the images.

    Raises:
        ValueError: If there are fewer than two classes, a class has no readable
            image, or `data` cannot be read.
    """

    def __init__(
        self, data: PathLike, max_side: int | None = None, split: str = "train"
    ) -> None:
        if max_side is not None:
            check_positive("max_side", max_side)
        self.data = str(data)
        is_tfds = self.data.startswith(PREFIX)
        source = (_Dataset if is_tfds else _Folder)(self.data, split)
        self.class_names = source.class_names
        self.fingerprint = source.fingerprint
        labels: list[int] = []

        def decoded() -> Iterator[np.ndarray]:
            for label, read in source:
                try:
                    image = _rgb(read())
                except ValueError as error:
                    warnings.warn(f"left out: {error}", stacklevel=2)
                    continue
                labels.append(label)
                yield image if max_side is None else _within(image, max_side)

        self.images = mapped_arrays(decoded())
        self.labels = np.array(labels, "int32")
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
        for label in range(len(self.class_names)):
            members = np.flatnonzero(self.labels == label)
            count = max(round(share * len(members)), 1) if share else 0
            count = min(count, len(members) - 1)
            learned.append(members[: len(members) - count])
            held_out.append(members[len(members) - count :])
        return np.concatenate(learned), np.concatenate(held_out)

    def _check_classes(self) -> None:
        for label, name in enumerate(self.class_names):
            if not (self.labels == label).any():
                raise ValueError(
                    f"{self.data}: the class {name!r} has no image that can be "
                    "read"
                )


class _Folder:
    """Files, class by class, each with a function that reads it."""

    def __init__(self, data: str, split: str) -> None:
        folder = Path(data)
        if not folder.is_dir():
            raise ValueError(f"{folder}: is not a folder")
        classes = sorted(
            path
            for path in folder.iterdir()
            if path.is_dir() and not path.name.startswith(".")
        )
        if len(classes) < 2:
            raise ValueError(
                f"{folder}: must hold a folder for each class, at least two. "
                f"Received: {[path.name for path in classes]}"
            )
        self.class_names = [path.name for path in classes]
        self.files = [
            (label, path)
            for label, folder in enumerate(classes)
            for path in list_images(folder)
        ]
        lines = "".join(
            f"{label} {path.name} {path.stat().st_size}\n"
            for label, path in self.files
        )
        digest = hashlib.sha256(lines.encode()).hexdigest()
        self.fingerprint = (
            f"{len(self.files)} images of {len(classes)} classes, {digest[:16]}"
        )

    def __iter__(self) -> Iterator[_Example]:
        for label, path in self.files:
            yield label, functools.partial(read_photograph, path)


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
        count = info.splits[split].num_examples
        self.fingerprint = f"{count} of {info.full_name}, {split}"

    def __iter__(self) -> Iterator[_Example]:
        for example in self.examples:
            read = functools.partial(np.asarray, example["image"])
            yield int(example["label"]), read


def _rgb(image: np.ndarray) -> np.ndarray:
    """Return three channels: grey is repeated, alpha is dropped."""
    if image.shape[-1] < 3:
        return np.repeat(image[..., :1], 3, axis=-1)
    return image[..., :3]


def _within(image: np.ndarray, max_side: int) -> np.ndarray:
    """Downscale an image whose longer side exceeds `max_side`."""
    height, width = image.shape[:2]
    if max(height, width) <= max_side:
        return image
    factor = max_side / max(height, width)
    height, width = (max(round(n * factor), 1) for n in (height, width))
    return resize_bicubic(image, height, width)
