"""Where the outputs of a dense layer after spatial pyramid pooling come from.

With maps whose values are linear in what they show, this is the class
activation map of Zhou, Khosla, Lapedriza, Oliva and Torralba 2016, Learning
Deep Features for Discriminative Localization, https://arxiv.org/abs/1512.04150.

What differs from the paper: any pyramid of bins instead of one mean, and
maxima.
"""

from collections.abc import Sequence
from typing import NamedTuple

from keras import ops

from convzoo.common.choices import Pooling
from convzoo.common.types import Tensor
from convzoo.layers.types import IntOrPair


class _Span(NamedTuple):
    """Pixels of a bin along an axis of `length`; `end` is exclusive."""

    start: int | Tensor
    end: int | Tensor
    length: int | Tensor


def spp_evidence(
    maps: Tensor,
    kernel: Tensor,
    levels: Sequence[IntOrPair],
    pooling: Pooling,
    scale: Tensor | None = None,
) -> Tensor:
    """Divide the outputs of a dense layer among the pixels of the maps.

    The dense layer computes `(scale * pooled) @ kernel + bias`, where `pooled`
    is the flattened output of `SPP`. The evidence of a pixel is the part of
    this sum that comes from the pixel. Averages are divided among the pixels of
    their bin, by value. A maximum belongs to the largest pixel of its bin, and
    equal ones share it equally. The evidence of all pixels adds up to the
    output of the dense layer without its bias.

    A normalization between the pooling and the dense layer is no linear
    function: `scale`, the factor that it applied to the image, stands for it
    and is held fixed.

    It is computed forward, bin by bin. Memory of the size of the maps is taken
    for one bin at a time.

    Args:
        maps: Input of the pooling, `(batch, height, width, channels)`. All but
            the channels may be unknown.
        kernel: Kernel of the dense layer, `(bins * channels, classes)`.
        levels: `bins` of `SPP`.
        pooling: `pooling` of `SPP`.
        scale: Factor of the pooled vector of each map, `(batch,)` or `(batch,
            1)`. None for 1.

    Returns:
        Evidence in float32, `(batch, height, width, classes)`.
    """
    height, width, channels = ops.shape(maps)[1:]
    kernels = iter(
        ops.split(ops.cast(kernel, "float32"), kernel.shape[0] // channels)
    )
    evidence = None
    for level in levels:
        rows, columns = (level, level) if isinstance(level, int) else level
        for row in _spans(rows, height):
            in_row = maps[:, row.start : row.end]
            parts = [
                _placed(
                    _of_bin(
                        in_row[:, :, column.start : column.end],
                        next(kernels),
                        pooling,
                    ),
                    2,
                    column,
                )
                for column in _spans(columns, width)
            ]
            part = _placed(sum(parts[1:], parts[0]), 1, row)
            evidence = part if evidence is None else evidence + part
    if scale is None:
        return evidence
    return evidence * ops.reshape(ops.cast(scale, "float32"), (-1, 1, 1, 1))


def _spans(count: int, length: int | Tensor) -> list[_Span]:
    """The bins along an axis, as in `SPP`."""
    return [
        _Span(
            i * length // count,
            ((i + 1) * length + count - 1) // count,
            length,
        )
        for i in range(count)
    ]


def _of_bin(pixels: Tensor, kernel: Tensor, pooling: Pooling) -> Tensor:
    """Evidence of the pixels of a bin."""
    _, height, width, channels = ops.shape(pixels)
    if pooling == "max":
        largest = ops.max(pixels, axis=(1, 2), keepdims=True)
        members = ops.cast(ops.equal(pixels, largest), "float32")
        # Where all are NaN, none equals.
        count = ops.maximum(ops.sum(members, axis=(1, 2), keepdims=True), 1.0)
        parts = ops.cast(pixels, "float32") * (members / count)
    else:
        count = ops.cast(height * width, "float32")
        parts = ops.cast(pixels, "float32") / count
    flat = ops.matmul(ops.reshape(parts, (-1, channels)), kernel)
    return ops.reshape(flat, (-1, height, width, kernel.shape[-1]))


def _placed(part: Tensor, axis: int, span: _Span) -> Tensor:
    """Put the pixels of a bin at their place along an axis of zeros."""
    index = ops.arange(span.length, dtype="int32")
    inside = ops.logical_and(index >= span.start, index < span.end)
    nearest = ops.clip(index, span.start, span.end - 1) - span.start
    shape = (1, -1, 1, 1) if axis == 1 else (1, 1, -1, 1)
    inside = ops.cast(ops.reshape(inside, shape), part.dtype)
    return ops.take(part, nearest, axis=axis) * inside
