"""Computation along an axis in parts, to bound memory."""

from collections.abc import Callable
from typing import Any

import keras
from keras import ops

from convzoo.common.types import Tensor

# Numbers of parts in an unrolled graph.
_PARTS_OF_UNKNOWN = 16
_MOST_PARTS = 32


def in_parts(
    function: Callable[..., Tensor],
    length: int | Tensor,
    axis: int,
    arrays: tuple[Tensor, ...],
    *shared: Tensor,
    training: bool = False,
) -> Tensor:
    """Compute `function(*arrays, *shared)` in parts along an axis.

    In training the parts run in a loop, and the backward pass recomputes each
    part: only one part is in memory. On TensorFlow, second-order gradients are
    then unavailable (`NotImplementedError`). LiteRT cannot convert the loop, so
    otherwise the graph is unrolled, into at most 32 parts, or 16 if the length
    of the axis is unknown.

    Args:
        function: Function of the arrays and the shared tensors. Entries along
            `axis` are independent, and the result has the same axis.
        length: Length of a part. A shorter axis is computed at once. In
            training it may be a tensor.
        axis: Axis along which the arrays are divided.
        arrays: Tuple of tensors of equal length along `axis`.
        shared: Tensors that each part gets as a whole.
        training: Whether a backward pass follows.
    """
    count = ops.shape(arrays[0])[axis]
    known = isinstance(count, int)
    if known and isinstance(length, int) and count <= length:
        return function(*arrays, *shared)
    # Only graphs of TensorFlow are converted to LiteRT.
    if training or keras.config.backend() != "tensorflow":
        parts = (count + length - 1) // length
        result = _looped(function, parts, length, axis, arrays, shared)
    else:
        parts = _PARTS_OF_UNKNOWN
        if known:
            length = max(length, (count + _MOST_PARTS - 1) // _MOST_PARTS)
            parts = (count + length - 1) // length
        length = (count + parts - 1) // parts
        result = _unrolled(function, parts, length, axis, arrays, shared)
    return result[(*_whole(axis), slice(count))]


def mapped_parts(
    function: Callable[..., Any],
    parts: int | Tensor,
    length: int | Tensor,
    axis: int,
    arrays: tuple[Tensor, ...],
    *shared: Tensor,
) -> Any:
    """Map a function over parts along an axis, in a loop.

    The results are stacked along a new first axis. The backward pass recomputes
    each part.

    Args:
        function: Function of one part of each array and of the shared tensors.
        parts: Number of parts.
        length: Length of a part. The last part is padded with zeros.
        axis: Axis along which the arrays are divided.
        arrays: Tuple of tensors of equal length along `axis`.
        shared: Tensors that each part gets as a whole.
    """
    stacked = tuple(_stacked(a, parts, length, axis) for a in arrays)
    return ops.map(
        lambda part: _recomputed(function, (*part, *shared)), stacked
    )


def _recomputed(
    function: Callable[..., Any], arrays: tuple[Tensor, ...]
) -> Any:
    """Compute `function(*arrays)`, and recompute it in the backward pass.

    Integer arrays are bound instead of passed: TensorFlow requires a gradient
    for each argument, and warns about integers.
    """
    places = [
        place
        for place, array in enumerate(arrays)
        if keras.backend.is_float_dtype(array.dtype)
    ]

    def of_floats(*floats: Tensor) -> Any:
        given = list(arrays)
        for place, array in zip(places, floats, strict=True):
            given[place] = array
        return function(*given)

    return keras.remat(of_floats)(*[arrays[place] for place in places])


def _looped(
    function: Callable[..., Tensor],
    parts: int | Tensor,
    length: int | Tensor,
    axis: int,
    arrays: tuple[Tensor, ...],
    shared: tuple[Tensor, ...],
) -> Tensor:
    results = mapped_parts(function, parts, length, axis, arrays, *shared)
    results = ops.moveaxis(results, 0, axis)
    shape = ops.shape(results)
    return ops.reshape(
        results, (*shape[:axis], parts * length, *shape[axis + 2 :])
    )


def _stacked(
    array: Tensor, parts: int | Tensor, length: int | Tensor, axis: int
) -> Tensor:
    """Stack all parts along a new first axis, padding the last with zeros."""
    shape = ops.shape(array)
    array = _padded(array, axis, parts * length - shape[axis])
    array = ops.reshape(
        array, (*shape[:axis], parts, length, *shape[axis + 1 :])
    )
    return ops.moveaxis(array, axis, 0)


def _unrolled(
    function: Callable[..., Tensor],
    parts: int,
    length: int | Tensor,
    axis: int,
    arrays: tuple[Tensor, ...],
    shared: tuple[Tensor, ...],
) -> Tensor:
    count = ops.shape(arrays[0])[axis]
    # Zeros to fill the last part; at most `parts - 1` if the length is unknown.
    zeros = parts * length - count if isinstance(count, int) else parts - 1
    padded = [_padded(array, axis, zeros) for array in arrays]
    results = []
    for index in range(parts):
        part = (*_whole(axis), slice(index * length, (index + 1) * length))
        results.append(function(*(array[part] for array in padded), *shared))
    return ops.concatenate(results, axis)


def _padded(array: Tensor, axis: int, zeros: int | Tensor) -> Tensor:
    padding = [[0, 0] for _ in array.shape]
    padding[axis] = [0, zeros]
    return ops.pad(array, padding)


def _whole(axis: int) -> tuple[slice, ...]:
    """Return an index that selects all of the axes before `axis`."""
    return (slice(None),) * axis
