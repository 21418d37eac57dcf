"""Many images that need not fit into memory."""

import itertools
import tempfile
from collections.abc import Iterable

import numpy as np


def mapped_arrays(arrays: Iterable[np.ndarray]) -> list[np.ndarray]:
    """The arrays, one by one, as views of one unnamed temporary file.

    The memory that they take is the page cache's.

    Args:
        arrays: an iterable of uint8 arrays.
    """
    shapes = []
    with tempfile.TemporaryFile() as file:
        for array in arrays:
            file.write(array.tobytes())
            shapes.append(array.shape)
        if not shapes:
            return []
        file.flush()
        # Slices of a plain array cost a fraction of those of a memmap.
        stored = np.asarray(np.memmap(file, np.uint8, "r"))
    stops = np.cumsum([np.prod(shape) for shape in shapes], dtype=int).tolist()
    return [
        stored[start:stop].reshape(shape)
        for (start, stop), shape in zip(
            itertools.pairwise([0, *stops]), shapes, strict=True
        )
    ]
