"""Subsampling of maps before a strided convolution of single pixels.

A 1x1 convolution with strides equals a subsampling and a 1x1 convolution
without. oneDNN computes the gradient of the former out of bounds if there are
few channels, in TensorFlow 2.21 and PyTorch 2.13, and so crashes the process.
"""

from convzoo.common.types import Shape, Tensor


def every_nth(maps: Tensor, strides: tuple[int, int]) -> Tensor:
    """Keep the first of every `strides` rows and columns.

    Args:
        maps: Maps, `(batch, height, width, channels)`.
        strides: Strides along rows and columns.
    """
    if max(strides) == 1:
        return maps
    return maps[:, :: strides[0], :: strides[1]]


def shape_of_every_nth(shape: Shape, strides: tuple[int, int]) -> Shape:
    """Return the shape after `every_nth`; open sizes stay None."""
    batch, *size, channels = shape
    kept = [
        None if length is None else (length + stride - 1) // stride
        for length, stride in zip(size, strides, strict=True)
    ]
    return batch, *kept, channels
