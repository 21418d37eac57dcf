"""Valid areas of maps of several sizes in a padded batch."""

import keras
import numpy as np
from keras import ops

from convzoo.common.types import Tensor
from convzoo.layers.values import values_of


def checked_sizes(sizes: Tensor, maps: Tensor) -> Tensor:
    """Return sizes as int32, after checking that they lie within the maps.

    Args:
        sizes: Valid rows and columns of each map, from its top left corner,
            integers `(batch, 2)`.
        maps: Maps, `(batch, height, width, channels)`.

    Raises:
        ValueError: `sizes` has the wrong shape or type, or an entry is below 1
            or beyond the maps. Inside a compiled function, where values are
            unknown, entries are clipped instead.
    """
    sizes = ops.convert_to_tensor(sizes)
    if len(sizes.shape) != 2 or sizes.shape[1] != 2 or not _is_int(sizes):
        raise ValueError(
            "`sizes` must be integers of shape (batch, 2). Received: "
            f"shape {tuple(sizes.shape)}, dtype {sizes.dtype}"
        )
    height, width = ops.shape(maps)[1:3]
    values = values_of(sizes)
    if values is not None and not _within(values, height, width):
        raise ValueError(
            "`sizes` must lie between 1 and the rows and columns of the "
            f"maps, {(height, width)}. Received: sizes={values.tolist()}"
        )
    sizes = ops.cast(sizes, "int32")
    rows = ops.clip(sizes[:, 0], 1, height)
    columns = ops.clip(sizes[:, 1], 1, width)
    return ops.stack([rows, columns], axis=1)


def valid_area(sizes: Tensor, maps: Tensor) -> Tensor:
    """Return a boolean mask of the valid pixels, `(batch, height, width)`."""
    height, width = ops.shape(maps)[1:3]
    rows = ops.expand_dims(ops.arange(height, dtype="int32"), 0)
    columns = ops.expand_dims(ops.arange(width, dtype="int32"), 0)
    within_rows = ops.expand_dims(rows < sizes[:, :1], 2)
    return ops.logical_and(
        within_rows, ops.expand_dims(columns < sizes[:, 1:], 1)
    )


def _within(sizes: np.ndarray, height: int, width: int) -> bool:
    return bool((sizes >= 1).all() and (sizes <= (height, width)).all())


def _is_int(tensor: Tensor) -> bool:
    return "int" in keras.backend.standardize_dtype(tensor.dtype)
