"""Max pooling of maps that may be smaller than the window."""

import math
from collections.abc import Sequence

from keras import ops

from convzoo.common.types import Tensor


def sub_sample(inputs: Tensor, factors: Sequence[int]) -> Tensor:
    """Max-pool maps with adjacent windows.

    Rows and columns that do not fill a window are dropped, as in PyTorch. An
    axis shorter than its window is one window.

    Args:
        inputs: Maps, `(batch, ..., channels)`, with one to three axes between.
        factors: Size of the window along each of these axes.

    Returns:
        Pooled maps, `(batch, ..., channels)`.
    """
    for axis, factor in enumerate(factors, start=1):
        if factor > 1:
            inputs = _along(inputs, axis, factor)
    return inputs


def sub_sampled_length(length: int | None, factor: int) -> int | None:
    """Return the length after `sub_sample`; None for None."""
    return None if length is None else max(length // factor, 1)


def _along(inputs: Tensor, axis: int, factor: int) -> Tensor:
    shape = ops.shape(inputs)
    length, channels = shape[axis], shape[-1]
    after = math.prod(shape[axis + 1 : -1])
    x = ops.reshape(inputs, (-1, length, after, channels))
    count = length // factor
    if not isinstance(length, int):
        count = ops.maximum(count, 1)
    if not isinstance(length, int) or length < factor:
        # Repeating the last row does not change the maximum.
        x = ops.concatenate([x] + [x[:, -1:]] * (factor - 1), axis=1)
        count = 1 if isinstance(length, int) else count
    window = (factor, 1)
    x = ops.max_pool(x, window, window, "valid", data_format="channels_last")
    x = x[:, :count]
    return ops.reshape(x, (-1, *shape[1:axis], count, *shape[axis + 1 :]))
