"""Types that signatures share."""

import os
from typing import Any, TypeAlias

# A tensor of the backend, a symbolic one of Keras, or a NumPy array. Keras has
# no static types for them, and code on `keras.ops` takes all three. Where a
# function takes and returns NumPy alone, its signature says `np.ndarray`.
Tensor: TypeAlias = Any
# Sizes of a tensor's axes; None where a size is not known.
Shape: TypeAlias = tuple[int | None, ...]
# The path of a file or a folder.
PathLike: TypeAlias = str | os.PathLike[str]
