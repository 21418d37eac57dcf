"""Arrays that need not fit into memory."""

import itertools
import tempfile
from collections.abc import Iterable

import numpy as np

from convzoo.common.output_file import cause_of


def mapped_arrays(arrays: Iterable[np.ndarray]) -> list[np.ndarray]:
    """Store arrays in an unnamed temporary file, and return views of it.

    Their memory is page cache, which the operating system can reclaim.

    Args:
        arrays: Iterable of uint8 arrays, read one by one.

    Raises:
        ValueError: The temporary file cannot be written.
    """
    shapes = []
    try:
        with tempfile.TemporaryFile() as file:
            for array in arrays:
                file.write(array.tobytes())
                shapes.append(array.shape)
            if not shapes:
                return []
            file.flush()
            # Slicing a plain array is much faster than slicing a memmap.
            stored = np.asarray(np.memmap(file, np.uint8, "r"))
    except OSError as error:
        raise ValueError(
            f"{tempfile.gettempdir()}: decoded images cannot be stored "
            f"({cause_of(error)}); set TMPDIR to a folder with more space"
        ) from error
    stops = np.cumsum([np.prod(shape) for shape in shapes], dtype=int).tolist()
    return [
        stored[start:stop].reshape(shape)
        for (start, stop), shape in zip(
            itertools.pairwise([0, *stops]), shapes, strict=True
        )
    ]
