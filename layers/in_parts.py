"""Work on a long axis part by part, so that little of it is in memory."""

from collections.abc import Callable
from typing import Any

import keras
from keras import ops

from convzoo.common.types import Tensor

# Of a graph in which the parts are written out, one after the other.
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
    """`function(*arrays, *shared)`, computed for one part of an axis at a time.

    In training the parts go through a loop, and the backward pass computes each
    part again: only one part is in memory. On TensorFlow such gradients have
    none of their own (`NotImplementedError`). A loop does not convert to
    LiteRT, so otherwise the parts are written out in the graph, and there are
    at most 32 of them, or 16 where the length of the axis is not known.

    Args:
        function: of arrays that are independent along `axis`; what it returns
            has the same axis.
        length: of a part. What is not longer than one is computed at once. In
            training it may be a tensor.
        axis: along which the arrays are divided.
        arrays: a tuple of tensors, equally long along `axis`.
        shared: tensors that every part gets whole.
        training: whether a backward pass follows.
    """
    count = ops.shape(arrays[0])[axis]
    known = isinstance(count, int)
    if known and isinstance(length, int) and count <= length:
        return function(*arrays, *shared)
    # Only TensorFlow's graphs leave for LiteRT.
    if training or keras.config.backend() != "tensorflow":
        parts = (count + length - 1) // length
        result = _looped(function, parts, length, axis, arrays, shared)
    else:
        parts = _PARTS_OF_UNKNOWN
        if known:
            length = max(length, (count + _MOST_PARTS - 1) // _MOST_PARTS)
            parts = (count + length - 1) // length
        length = (count + parts - 1) // parts
        result = _written_out(function, parts, length, axis, arrays, shared)
    return result[(*_whole(axis), slice(count))]


def mapped_parts(
    function: Callable[..., Any],
    parts: int | Tensor,
    length: int | Tensor,
    axis: int,
    arrays: tuple[Tensor, ...],
    *shared: Tensor,
) -> Any:
    """What `function` makes of each part, along a new first axis, by a loop.

    The backward pass computes each part again.

    Args:
        function: of parts of the arrays, and of what is shared.
        parts: how many there are.
        length: of a part; what lacks at the end is filled up with zeros.
        axis: along which the arrays are divided.
        arrays: a tuple of tensors, equally long along `axis`.
        shared: tensors that every part gets whole.
    """
    stacked = tuple(_stacked(a, parts, length, axis) for a in arrays)
    return ops.map(lambda part: _again(function, (*part, *shared)), stacked)


def _again(function: Callable[..., Any], arrays: tuple[Tensor, ...]) -> Any:
    """`function(*arrays)`, which the backward pass computes again.

    Only numbers that have a gradient are its arguments: TensorFlow asks for
    that of each argument, and warns of integers.
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
    """All parts along a new first axis, the last one filled up with zeros."""
    shape = ops.shape(array)
    array = _filled_up(array, axis, parts * length - shape[axis])
    array = ops.reshape(
        array, (*shape[:axis], parts, length, *shape[axis + 1 :])
    )
    return ops.moveaxis(array, axis, 0)


def _written_out(
    function: Callable[..., Tensor],
    parts: int,
    length: int | Tensor,
    axis: int,
    arrays: tuple[Tensor, ...],
    shared: tuple[Tensor, ...],
) -> Tensor:
    count = ops.shape(arrays[0])[axis]
    # The last part, or, of an unknown length, up to all but one: none is empty.
    zeros = parts * length - count if isinstance(count, int) else parts - 1
    filled = [_filled_up(array, axis, zeros) for array in arrays]
    results = []
    for index in range(parts):
        part = (*_whole(axis), slice(index * length, (index + 1) * length))
        results.append(function(*(array[part] for array in filled), *shared))
    return ops.concatenate(results, axis)


def _filled_up(array: Tensor, axis: int, zeros: int | Tensor) -> Tensor:
    padding = [[0, 0] for _ in array.shape]
    padding[axis] = [0, zeros]
    return ops.pad(array, padding)


def _whole(axis: int) -> tuple[slice, ...]:
    """An index that leaves the axes before one as they are."""
    return (slice(None),) * axis
