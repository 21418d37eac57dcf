"""Positions of the taps of a convolution, and bilinear sampling there."""

from collections.abc import Sequence
from typing import NamedTuple, get_args

import numpy as np
from keras import ops

from convzoo.common.checks import check_choice, checked_pair
from convzoo.common.types import Tensor
from convzoo.layers.types import IntOrPair, Padding


class SamplingGrid(NamedTuple):
    """Geometry of a convolution; all fields in pixels, (rows, columns).

    Attributes:
        kernel_size: Number of taps along each axis.
        strides: Distance between neighbouring outputs.
        padding: Number of zeros on each side, or `"same"`, or `"valid"`.
        dilation_rate: Distance between neighbouring taps.
    """

    kernel_size: tuple[int, int]
    strides: tuple[int, int]
    padding: Padding | tuple[int, int]
    dilation_rate: tuple[int, int]

    def out_size(
        self, height: int | Tensor | None, width: int | Tensor | None
    ) -> tuple[int | Tensor | None, ...]:
        """Return rows and columns of the output; None where unknown."""
        return tuple(
            None if length is None else self._out_length(length, axis)
            for axis, length in enumerate((height, width))
        )

    def check_fits(self, size: Sequence[int | None]) -> None:
        """Raise a `ValueError` if the output would be empty."""
        out_size = self.out_size(*size)
        if any(n is not None and n < 1 for n in out_size):
            raise ValueError(
                "The kernel does not fit into the padded input. Received: "
                f"kernel_size={self.kernel_size}, padding={self.padding!r}, "
                f"dilation_rate={self.dilation_rate}, "
                f"input size {tuple(size)}"
            )

    def corners(
        self,
        inputs: Tensor,
        offset: Tensor,
        mask: Tensor | None,
        groups: int = 1,
    ) -> tuple[Tensor, Tensor]:
        """Compute which pixels each tap reads, and their weights.

        Pixels are rows of a table, which holds all images in raster order, each
        with a border of zeros one pixel wide. Each pixel has one row per group.

        Args:
            inputs: Images or feature maps, `(batch, height, width, channels)`.
            offset: Offsets, `(batch, out_height, out_width, 2 * taps)`. The
                last axis alternates y and x, with taps row by row, each for all
                groups before the next.
            mask: Weights of the taps, `(batch, out_height, out_width, taps)`.
                None for 1.
            groups: Number of groups of channels, each with its own taps.

        Returns:
            Pair of integer rows and float weights, both `(batch, positions,
            taps, 4)`, of the four pixels around each tap.
        """
        batch, height, width, _ = ops.shape(inputs)
        y, x = self._taps(height, width, offset)
        valid = _inside(y, height) & _inside(x, width)
        # Taps outside read nothing, and their offsets, which may be infinite,
        # must not become indices.
        y, x = ops.where(valid, y, 0.0), ops.where(valid, x, 0.0)
        top, left = ops.floor(y), ops.floor(x)
        weights = _weights(y - top, x - left, _mask(mask, valid, y))
        row_length = width + 2
        image = ops.arange(batch, dtype="int32") * (row_length * (height + 2))
        first = ops.cast(top, "int32") * row_length + ops.cast(left, "int32")
        first = first + ops.reshape(image, (-1, 1, 1)) + (row_length + 1)
        group = ops.arange(first.shape[2], dtype="int32") % groups
        first = first * groups + ops.reshape(group, (1, 1, -1))
        right, below = groups, row_length * groups
        rows = [first, first + right, first + below, first + (below + right)]
        return ops.stack(rows, axis=-1), weights

    def first_of_dense(self, length: int | Tensor, axis: int) -> int | Tensor:
        """Return the index of the first output among those at stride 1."""
        if self.padding != "same":
            return 0
        return (self._span(axis) - 1) // 2 - self._before(length, axis)

    def _taps(
        self, height: int | Tensor, width: int | Tensor, offset: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Compute y and x of each tap, each `(batch, positions, taps)`."""
        rows, columns = (
            ops.cast(
                ops.arange(self._out_length(length, axis), dtype="int32")
                * self.strides[axis]
                - self._before(length, axis),
                offset.dtype,
            )
            for axis, length in enumerate((height, width))
        )
        rows, columns = ops.meshgrid(rows, columns, indexing="ij")
        out_height, out_width = ops.shape(rows)
        taps = offset.shape[-1] // 2
        offset = ops.reshape(offset, (-1, out_height * out_width, taps, 2))
        offset_y, offset_x = ops.unstack(offset, 2, axis=-1)
        tap_y, tap_x = self._undisplaced(taps)
        return (
            ops.reshape(rows, (1, -1, 1))
            + ops.cast(tap_y, offset.dtype)
            + offset_y,
            ops.reshape(columns, (1, -1, 1))
            + ops.cast(tap_x, offset.dtype)
            + offset_x,
        )

    def _undisplaced(self, taps: int) -> list[np.ndarray]:
        """Return y and x of the taps without offsets, for all groups."""
        kernel = np.meshgrid(
            *(
                np.arange(size) * dilation
                for size, dilation in zip(
                    self.kernel_size, self.dilation_rate, strict=True
                )
            ),
            indexing="ij",
        )
        groups = taps // kernel[0].size
        return [np.repeat(k, groups).reshape(1, 1, -1) for k in kernel]

    def _span(self, axis: int) -> int:
        return (self.kernel_size[axis] - 1) * self.dilation_rate[axis] + 1

    def _out_length(self, length: int | Tensor, axis: int) -> int | Tensor:
        stride = self.strides[axis]
        if self.padding == "same":
            return (length + stride - 1) // stride
        padding = 0 if self.padding == "valid" else self.padding[axis]
        return (length + 2 * padding - self._span(axis)) // stride + 1

    def _before(self, length: int | Tensor, axis: int) -> int | Tensor:
        """Return the zeros in front; `"same"` pads as TensorFlow does."""
        if self.padding == "valid":
            return 0
        if self.padding != "same":
            return self.padding[axis]
        stride = self.strides[axis]
        last = (self._out_length(length, axis) - 1) * stride
        total = last + self._span(axis) - length
        if isinstance(total, int):
            return max(total, 0) // 2
        return ops.maximum(total, 0) // 2


def checked_padding(padding: Padding | IntOrPair) -> Padding | tuple[int, int]:
    """Return `"same"`, `"valid"`, or the padding as a pair of pixels."""
    if isinstance(padding, str):
        check_choice("padding", padding, get_args(Padding))
        return padding
    try:
        return checked_pair("padding", padding, low=0)
    except ValueError:
        raise ValueError(
            "`padding` must be 'same', 'valid', a non-negative integer or a "
            f"pair of such integers. Received: padding={padding!r}"
        ) from None


def _inside(position: Tensor, length: int | Tensor) -> Tensor:
    """Return a mask of the positions where interpolation reaches the image."""
    return (position > -1) & (position < ops.cast(length, position.dtype))


def _mask(mask: Tensor | None, valid: Tensor, like: Tensor) -> Tensor:
    inside = ops.cast(valid, like.dtype)
    if mask is None:
        return inside
    mask = ops.reshape(mask, ops.shape(like))
    return ops.where(valid, ops.cast(mask, like.dtype), 0.0)


def _weights(down: Tensor, right: Tensor, mask: Tensor) -> Tensor:
    """Compute bilinear weights of the four pixels, times the mask."""
    below = down * mask
    above = mask - below
    below_right, above_right = below * right, above * right
    return ops.stack(
        [
            above - above_right,
            above_right,
            below - below_right,
            below_right,
        ],
        axis=-1,
    )
