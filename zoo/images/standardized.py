"""Standardisation of images, which removes brightness and contrast."""

from keras import ops

from convzoo.common.types import Tensor

# The variance of one 8-bit step in [0, 1], of half a step in [-1, 1]: it keeps
# the noise of flat images small.
_LEAST_VARIANCE = (1 / 255) ** 2


def standardized(
    images: Tensor, area: Tensor | None = None, by_channel: bool = False
) -> Tensor:
    """Shift and scale each image to mean 0 and standard deviation 1.

    A constant image becomes 0.

    Args:
        images: `(batch, height, width, channels)`, 0 outside `area`.
        area: Mask of valid pixels, booleans `(batch, height, width, 1)`. None
            if all are valid.
        by_channel: Whether each channel gets mean 0, instead of all together,
            which also removes the tint.
    """
    counted = ops.ones_like(images[:, :, :, :1])
    if area is not None:
        counted = ops.cast(area, images.dtype)
    positions = _total(counted)
    values = images.shape[-1] * positions
    if by_channel:
        mean = ops.sum(images, axis=(1, 2), keepdims=True) / positions
    else:
        mean = _total(images) / values
    centered = (images - mean) * counted
    variance = _total(centered * centered) / values
    return centered / ops.sqrt(variance + _LEAST_VARIANCE)


def _total(images: Tensor) -> Tensor:
    """Sum over each image."""
    return ops.sum(images, axis=(1, 2, 3), keepdims=True)
