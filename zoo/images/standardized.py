"""Images without their brightness and contrast."""

from keras import ops

from convzoo.common.types import Tensor

# A step of eight bits of images in [0, 1], half of one in [-1, 1]: noise stays
# noise.
_LEAST_VARIANCE = (1 / 255) ** 2


def standardized(
    images: Tensor, area: Tensor | None = None, by_channel: bool = False
) -> Tensor:
    """Each image with mean 0 and standard deviation 1; a flat one is all 0.

    Args:
        images: `(batch, height, width, channels)`, 0 outside the area.
        area: booleans `(batch, height, width, 1)`, or None for all.
        by_channel: whether each channel has mean 0, and not all together: then
            their tint does not count either.
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
    """Of each image."""
    return ops.sum(images, axis=(1, 2, 3), keepdims=True)
