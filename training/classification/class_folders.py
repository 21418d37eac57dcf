"""Image files of a folder with one folder per class."""

import functools
import hashlib
import os
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeAlias

import numpy as np

from convzoo.zoo.images.listing.folder_images import first_names, folder_images
from convzoo.zoo.images.listing.visible_paths import visible_paths
from convzoo.zoo.images.reading.read_photograph import read_photograph

# A class number, and a function that reads an image of the class.
Example: TypeAlias = tuple[int, Callable[[], np.ndarray]]


# Names of the part of a set that is learned from.
_TRAIN = ("train", "training")


class ClassFolders:
    """Image files, class by class, each with a function that reads it.

    Hidden folders are ignored. Folders without images are left out, with a
    warning.

    Args:
        data: The folder.
        max_pixels: As in `read_photograph`.

    Attributes:
        class_names: Name of each class, sorted.
        files: Pairs of a class number and a path.
        fingerprint: String that identifies the files.

    Raises:
        ValueError: If there are fewer than two classes, or `data` cannot be
            read.
    """

    def __init__(self, data: str, max_pixels: int) -> None:
        self.max_pixels = max_pixels
        folders = _subfolders(Path(data))
        images = {folder: folder_images(folder) for folder in folders}
        classes = [folder for folder in folders if images[folder]]
        empty = [folder for folder in folders if not images[folder]]
        if len(classes) < 2:
            raise ValueError(
                f"{data}: must hold a folder of images for each class, at "
                f"least two. Received: {[path.name for path in classes]}"
                f"{_hint(Path(data), empty)}"
            )
        if empty:
            warnings.warn(
                f"{data}: {len(empty)} of {len(folders)} folders left out, "
                f"without an image: {first_names(empty)}",
                stacklevel=2,
            )
        self.class_names = [_class_name(folder) for folder in classes]
        self.files = [
            (label, path)
            for label, folder in enumerate(classes)
            for path in images[folder]
        ]
        self.fingerprint = self._fingerprint()

    def __len__(self) -> int:
        return len(self.files)

    def __iter__(self) -> Iterator[Example]:
        return self._examples(1)

    def sample(self, count: int) -> Iterator[Example]:
        """Some examples, at least `count` if there are, from all over."""
        return self._examples(max(len(self.files) // count, 1))

    def _examples(self, step: int) -> Iterator[Example]:
        for label, path in self.files[::step]:
            yield (
                label,
                functools.partial(read_photograph, path, self.max_pixels),
            )

    def path_of(self, index: int) -> str:
        """The path below the folder of the image number `index`."""
        _, path = self.files[index]
        return f"{path.parent.name}/{path.name}"

    def _fingerprint(self) -> str:
        lines = "".join(
            f"{label} {path.name} {os.path.getsize(path)}\n"
            for label, path in self.files
        )
        digest = hashlib.sha256(lines.encode(errors="surrogateescape"))
        return (
            f"{len(self.files)} images of {len(self.class_names)} classes, "
            f"{digest.hexdigest()[:16]}"
        )


def _subfolders(folder: Path) -> list[Path]:
    return [path for path in visible_paths(folder) if os.path.isdir(path)]


def _hint(folder: Path, empty: list[Path]) -> str:
    """Where the images of a folder without classes may be."""
    if folder_images(folder):
        return "; it holds images itself"
    deeper = [path for path in empty if _subfolders(path)]
    parts = [path for path in deeper if path.name.lower() in _TRAIN]
    if parts:
        return f"; give {parts[0]}"
    if deeper:
        return f"; images may be in the folders of {first_names(deeper)}"
    return f"; without an image: {first_names(empty)}" if empty else ""


def _class_name(folder: Path) -> str:
    """The name of a folder, which becomes text in a preset."""
    try:
        folder.name.encode()
    except UnicodeEncodeError as error:
        raise ValueError(
            f"{folder}: the name of a class must be UTF-8 text; rename it"
        ) from error
    return folder.name
