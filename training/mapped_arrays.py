"""Arrays that need not fit into memory."""

import itertools
import tempfile
from collections.abc import Iterable

import numpy as np


def mapped_arrays(arrays: Iterable[np.ndarray]) -> list[np.ndarray]:
    """Store arrays in an unnamed temporary file, and return views of it.

    Their memory is page cache, which the operating system can reclaim.

    Args:
        arrays: Iterable of uint8 arrays, read one by one.
    """
    shapes = []
    with tempfile.TemporaryFile() as file:
        for array in arrays:
            file.write(array.tobytes())
            shapes.append(array.shape)
        if not shapes:
            return []
        file.flush()
        # Slicing a plain array is much faster than slicing a memmap.
        stored = np.asarray(np.memmap(file, np.uint8, "r"))
    stops = np.cumsum([np.prod(shape) for shape in shapes], dtype=int).tolist()
    return [
        stored[start:stop].reshape(shape)
        for (start, stop), shape in zip(
            itertools.pairwise([0, *stops]), shapes, strict=True
        )
    ]
