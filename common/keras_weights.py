"""Check of a file of Keras before its weights are loaded."""

import os
import shutil
import tempfile
import zipfile
from typing import TYPE_CHECKING

from convzoo.common.types import PathLike

if TYPE_CHECKING:
    from convzoo.common.h5_file import StoredArrays

WEIGHTS = "model.weights.h5"
# Keras reads it, and unpacks whatever it holds, but does not write it.
_OTHER = "model.weights.npz"


def check_keras_weights(path: PathLike, most_bytes: int) -> "StoredArrays":
    """Raise a `ValueError` unless the weights of a file have a limited size.

    A `.keras` file is an archive, whose members may be compressed, and so may
    be the arrays in its HDF5 file.

    Args:
        path: Path of a `.weights.h5` or `.keras` file.
        most_bytes: Most bytes of all arrays together, and of the contents of an
            archive.

    Returns:
        What the file holds.

    Raises:
        ValueError: If they are larger, or see `check_h5_file`.
        Exception: A damaged file makes HDF5 and zipfile raise almost anything.
    """
    # HDF5 is slow to import, and not needed to find a preset.
    from convzoo.common.h5_file import NO_ARRAYS, check_h5_file

    # Keras goes by the suffix too: a file can be both.
    if not os.fspath(path).endswith(".keras"):
        return check_h5_file(path, most_bytes)
    with zipfile.ZipFile(path) as archive, tempfile.TemporaryFile() as copy:
        size = sum(member.file_size for member in archive.infolist())
        if size > most_bytes:
            raise ValueError(
                f"it inflates to {size} bytes, more than {most_bytes}"
            )
        names = archive.namelist()
        if _OTHER in names:
            raise ValueError(f"{_OTHER} is not read")
        if WEIGHTS not in names:
            return NO_ARRAYS
        # HDF5 jumps to and fro, which a compressed member cannot.
        with archive.open(WEIGHTS) as member:
            shutil.copyfileobj(member, copy)
        return check_h5_file(copy, most_bytes)
