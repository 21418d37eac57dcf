"""Reader of tracking data in `.npz` files."""

import math
import zipfile
from pathlib import Path
from typing import Any

import numpy as np

# Required and optional arrays.
_NEEDED = ("players", "team")
_KNOWN = ("velocities", "ball", "time", "number", "period", "who", "carrier")
_TEXTS = ("names", "team_names")
_GROUPS = ("lineup", "minute")
# Size of all arrays in bytes: ten games of 25 frames per second.
_LARGEST = 2**31


def read_npz_tracking(path: Path) -> dict[str, Any]:
    """Read an `.npz` file as arguments of `Tracking`.

    Nothing is unpickled, and no more is inflated than the arrays' shapes state.

    Args:
        path: Path of the file. See `read_tracking` for its arrays.

    Raises:
        ValueError: If an array is missing or damaged, or the arrays have more
            than 2 GiB.
    """
    if not path.stat().st_size:
        raise ValueError("is empty")
    if not zipfile.is_zipfile(path):
        raise ValueError("is not an .npz file, or damaged")
    with zipfile.ZipFile(path) as archive:
        members = {
            info.filename.removesuffix(".npy"): info
            for info in archive.infolist()
        }
        if len(members) < len(archive.infolist()):
            raise ValueError("has two arrays of one name")
        for name in _NEEDED:
            if name not in members:
                raise ValueError(f"has no array called {name!r}")
        wanted = (*_NEEDED, *_KNOWN, *_TEXTS, *_GROUPS, "split")
        chosen = {n: members[n] for n in wanted if n in members}
        size = sum(info.file_size for info in chosen.values())
        if size > _LARGEST:
            raise ValueError(
                f"has arrays of {size / 2**30:.1f} GiB; at most "
                f"{_LARGEST // 2**30} GiB are read"
            )
        arrays: dict[str, Any] = {
            name: _read_array(archive, name, info)
            for name, info in chosen.items()
        }
    if "split" in arrays:
        arrays["test"] = _is_test(arrays.pop("split"))
    for name in _TEXTS:
        if name in arrays:
            arrays[name] = _strings(name, arrays[name])
    for name in _GROUPS:
        if name in arrays:
            arrays["group"] = arrays.pop(name)
    return arrays


def _read_array(
    archive: zipfile.ZipFile, name: str, info: zipfile.ZipInfo
) -> np.ndarray:
    """Read one array, whose shape must be that of its bytes."""
    with archive.open(info) as file:
        version = np.lib.format.read_magic(file)
        if version == (1, 0):
            header = np.lib.format.read_array_header_1_0(file)
        elif version == (2, 0):
            header = np.lib.format.read_array_header_2_0(file)
        else:
            raise ValueError(f"`{name}` is in version {version} of .npy")
        shape, by_columns, dtype = header
        _check_kind(name, dtype)
        data = file.read()
    if math.prod(shape) * dtype.itemsize != len(data):
        raise ValueError(
            f"`{name}` is damaged: it has {len(data)} bytes, which are not "
            f"{shape} of {dtype}"
        )
    array = np.frombuffer(data, dtype)
    return array.reshape(shape, order="F" if by_columns else "C")


def _check_kind(name: str, dtype: np.dtype) -> None:
    if name not in _TEXTS:
        if dtype.kind not in "biuf":
            raise ValueError(f"`{name}` must be numbers. Received: {dtype}")
    elif dtype.kind != "U" or not dtype.itemsize:
        raise ValueError(
            f"`{name}` must be text, as `numpy.array({name}, str)` has it. "
            f"Received: {dtype}"
        )


def _strings(name: str, array: np.ndarray) -> list[str]:
    if array.ndim != 1:
        raise ValueError(
            f"`{name}` must have one axis. "
            f"Received: {name} of shape {array.shape}"
        )
    try:
        texts = array.tolist()
        # Surrogates are no characters, and cannot be written.
        "".join(texts).encode()
    # NumPy raises a `SystemError` for numbers beyond all characters.
    except (ValueError, SystemError) as error:
        raise ValueError(f"`{name}` is damaged: it is no Unicode") from error
    return texts


def _is_test(split: np.ndarray) -> np.ndarray:
    if not np.isin(split, (0, 1)).all():
        raise ValueError(
            "`split` must be 0, or 1 for the test. "
            f"Received: {np.unique(split).tolist()[:3]}"
        )
    return split == 1
