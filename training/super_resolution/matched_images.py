"""Image files of two folders, matched by their names."""

import os
import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

from convzoo.common.types import PathLike
from convzoo.zoo.images.listing.folder_images import first_names
from convzoo.zoo.images.listing.list_images import list_images
from convzoo.zoo.images.listing.list_tree import list_tree

# What `convzoo upscale` adds to a name: a scale, or a box to fit into.
_MARK = re.compile(r"_(x\d+(\.\d+)?|\d+x\d+)$")


class MatchedPair(NamedTuple):
    """The paths of two images, and their names inside their folders."""

    a: Path
    b: Path
    names: tuple[str, str]


def matched_images(
    a: PathLike, b: PathLike, recursive: bool = False
) -> tuple[list[MatchedPair], list[ValueError]]:
    """Pair the images of two folders, or two files.

    Images of folders belong together if their paths inside the folders are
    equal; of the others, those whose paths are equal without the suffix, and
    then without what `convzoo upscale` adds: `photo_x4.png` and `photo.jpg`. A
    path that fits several files fits none.

    Args:
        a: Folder of images, or an image file.
        b: The same as `a`.
        recursive: Whether to take the images in subfolders, too. A folder
            inside the other one is no part of it.

    Returns:
        The pairs, in the order of `a`; and an error for each folder with files
        that have no partner.

    Raises:
        ValueError: If a folder holds no image, or no two belong together.
    """
    a, b = Path(a), Path(b)
    if not os.path.isdir(a):
        return [MatchedPair(a, b, (a.name, b.name))], []
    alone_a, alone_b = _listed(a, b, recursive), _listed(b, a, recursive)
    order = {path: place for place, path in enumerate(alone_a)}
    pairs: list[MatchedPair] = []
    for key in (str, _without_suffix, _without_mark):
        first, second = _by_key(alone_a, a, key), _by_key(alone_b, b, key)
        shared = first.keys() & second.keys()
        pairs += [_pair(first[name], a, second[name], b) for name in shared]
        taken = {path for pair in pairs for path in pair[:2]}
        alone_a, alone_b = (
            [path for path in paths if path not in taken]
            for paths in (alone_a, alone_b)
        )
    if not pairs:
        raise ValueError(
            f"{a} and {b} have no image of the same name: "
            f"{first_names(alone_a)}; {first_names(alone_b)}"
        )
    pairs.sort(key=lambda pair: order[pair.a])
    return pairs, [*_told(alone_a, a, b), *_told(alone_b, b, a)]


def _pair(first: Path, a: Path, second: Path, b: Path) -> MatchedPair:
    names = first.relative_to(a).as_posix(), second.relative_to(b).as_posix()
    return MatchedPair(first, second, names)


def _listed(folder: Path, other: Path, recursive: bool) -> list[Path]:
    return list_tree(folder, other) if recursive else list_images(folder)


def _by_key(
    paths: Iterable[Path], folder: Path, key: Callable[[Path], str]
) -> dict[str, Path]:
    """The paths by the key of each that has its own."""
    groups: dict[str, list[Path]] = {}
    for path in paths:
        groups.setdefault(key(path.relative_to(folder)), []).append(path)
    return {name: group[0] for name, group in groups.items() if len(group) == 1}


def _without_suffix(path: Path) -> str:
    return os.fspath(path.with_suffix(""))


def _without_mark(path: Path) -> str:
    return _MARK.sub("", _without_suffix(path))


def _told(alone: list[Path], folder: Path, other: Path) -> list[ValueError]:
    if not alone:
        return []
    return [
        ValueError(
            f"{folder}: {len(alone)} without a partner in {other}: "
            f"{first_names(alone)}"
        )
    ]
