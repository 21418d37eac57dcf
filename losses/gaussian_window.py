"""Means under a sliding Gaussian window."""

from collections.abc import Callable

import numpy as np
from keras import ops

from convzoo.common.types import Tensor
from convzoo.losses.images import dtype_of, filled_up

# Longest part of an axis to multiply at once: the work per pixel grows with it.
_LONGEST = 256


def windowed_mean(planes: Tensor, size: int, sigma: float) -> Tensor:
    """Compute the mean under a `size` x `size` window, where it fits.

    Multiplies by a banded matrix along each axis. On a CPU this is about as
    fast as a depthwise convolution in a TensorFlow graph, and far faster under
    XLA, and therefore on JAX.

    Args:
        planes: Planes `(batch, height, width)`. Sides of unknown size that turn
            out shorter than the window are padded with zeros.
        size: Side of the window, in pixels.
        sigma: Standard deviation of the window, in pixels.

    Returns:
        Means `(batch, height - size + 1, width - size + 1)`.
    """
    planes = filled_up(planes, size)
    height, width = ops.shape(planes)[1:3]
    dtype = dtype_of(planes)

    def down(start: int, stop: int | Tensor) -> Tensor:
        matrix = _window_matrix(stop - start, size, sigma, dtype)
        return ops.matmul(matrix, planes[:, start:stop])

    planes = _in_blocks(down, height, size, axis=1)

    def across(start: int, stop: int | Tensor) -> Tensor:
        matrix = _window_matrix(stop - start, size, sigma, dtype)
        return ops.matmul(planes[:, :, start:stop], ops.transpose(matrix))

    return _in_blocks(across, width, size, axis=2)


def gaussian_taps(size: int, sigma: float) -> np.ndarray:
    """Return the weights of a window along one axis, which sum to 1."""
    distance = np.arange(size) - (size - 1) / 2
    taps = np.exp(-(distance**2) / (2 * sigma**2))
    return taps / taps.sum()


def _in_blocks(
    function: Callable[[int, int | Tensor], Tensor],
    length: int | Tensor,
    size: int,
    axis: int,
) -> Tensor:
    """Concatenate `function(start, stop)` of overlapping blocks of an axis."""
    if not isinstance(length, int):
        return function(0, length)
    ends = range(0, length - size + 1, _LONGEST)
    blocks = [
        function(start, min(start + _LONGEST + size - 1, length))
        for start in ends
    ]
    return blocks[0] if len(blocks) == 1 else ops.concatenate(blocks, axis)


def _window_matrix(
    length: int | Tensor, size: int, sigma: float, dtype: str
) -> Tensor:
    """Banded matrix `(length - size + 1, length)`, one window per row."""
    taps = np.concatenate([[0], gaussian_taps(size, sigma), [0]])
    rows = ops.expand_dims(ops.arange(length - size + 1), 1)
    columns = ops.expand_dims(ops.arange(length), 0)
    place = ops.clip(columns - rows + 1, 0, size + 1)
    return ops.take(ops.convert_to_tensor(taps, dtype=dtype), place)
