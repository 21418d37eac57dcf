"""Types that signatures share."""

import os
from typing import Any, TypeAlias

# A backend tensor, a `KerasTensor` or a NumPy array. Keras has no static types
# for them, and `keras.ops` accepts all three. Functions on NumPy arrays only
# are annotated with `np.ndarray`.
Tensor: TypeAlias = Any
# Sizes of the axes of a tensor; None for an unknown size.
Shape: TypeAlias = tuple[int | None, ...]
# The path of a file or a folder.
PathLike: TypeAlias = str | os.PathLike[str]
