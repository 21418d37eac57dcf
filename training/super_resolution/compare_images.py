"""Comparison of two images of the same size."""

from collections.abc import Callable
from dataclasses import asdict

import numpy as np

from convzoo.common.checks import check_count
from convzoo.losses.fsim import fsim
from convzoo.losses.multi_scale_ssim import multi_scale_ssim
from convzoo.training.super_resolution.comparison_memory import (
    check_comparison_memory,
)
from convzoo.training.super_resolution.evaluate_sr import Judge, measure
from convzoo.training.super_resolution.image_quality import shave, ssim
from convzoo.training.super_resolution.similarity import Similarity
from convzoo.zoo.images.reading.photograph_of import photograph_of

# Side of the window of SSIM.
_LEAST = 11


def compare_images(
    a: np.ndarray,
    b: np.ndarray,
    *,
    border: int = 0,
    judge: Judge | None = None,
) -> Similarity:
    """Measure how similar two images are. The order makes no difference.

    PSNR and SSIM are those of the protocol of super-resolution: on 8 bits, and
    on Y of ITU-R BT.601 (16..235). 16 bits are rounded to 8, an image with
    alpha is composited on white, and grey beside RGB is RGB with three equal
    channels. Two grey images are compared as they are, and Y is the grey.

    Args:
        a: uint8 or uint16 array `(height, width, channels)` with 1 (grey), 2
            (grey, alpha), 3 (RGB) or 4 (RGB, alpha) channels.
        b: Array of the same height and width.
        border: Number of pixels to leave out on each side. Enlarged images are
            usually compared without a border of `scale` pixels.
        judge: Perceptual distance of images `(batch, height, width, 3)` in
            [0, 1], such as `convzoo.losses.LPIPS("alex")`, or None.

    Returns:
        A `Similarity`.

    Raises:
        ValueError: If an argument is invalid, the sizes differ, less than 11
            pixels a side are left, or the memory does not suffice.

    Example:

    >>> import numpy as np
    >>> from convzoo.training import compare_images
    >>> image = np.random.default_rng(0).integers(0, 256, (32, 32, 3), "uint8")
    >>> found = compare_images(image, image // 2)
    >>> print(f"{found.psnr_rgb:.2f} dB, {found.ms_ssim:.3f}, {found.fsim:.3f}")
    10.74 dB, 0.663, 0.800
    """
    check_count("border", border)
    for name, pixels in {"a": a, "b": b}.items():
        _check_pixels(name, pixels)
    _check_sizes(a, b, border)
    check_comparison_memory(a.shape[0], a.shape[1], judge)
    first, second = (shave(photograph_of(pixels), border) for pixels in (a, b))
    first, second = np.broadcast_arrays(first, second)
    return Similarity(
        **asdict(measure(first, second, 0, judge)),
        ssim_rgb=_over_channels(ssim, first, second),
        ms_ssim=_over_channels(_multi_scale_ssim, first, second),
        fsim=_fsim(first, second),
    )


# The indices take pixels as they are, since floats would take four times the
# memory before they are needed.
def _fsim(a: np.ndarray, b: np.ndarray) -> float:
    first, second = (np.expand_dims(pixels, 0) for pixels in (a, b))
    return float(fsim(first, second, 255, chromatic=a.shape[-1] == 3)[0])


def _multi_scale_ssim(a: np.ndarray, b: np.ndarray) -> float:
    first, second = (np.expand_dims(plane, (0, 3)) for plane in (a, b))
    return float(multi_scale_ssim(first, second, 255)[0])


def _over_channels(
    index: Callable[[np.ndarray, np.ndarray], float],
    a: np.ndarray,
    b: np.ndarray,
) -> float:
    """Mean of an index; one channel after the other, which bounds memory."""
    channels = range(a.shape[-1])
    return float(np.mean([index(a[..., c], b[..., c]) for c in channels]))


def _check_pixels(name: str, pixels: np.ndarray) -> None:
    if pixels.ndim != 3 or not 1 <= pixels.shape[-1] <= 4:
        raise ValueError(
            f"`{name}` must have the shape (height, width, 1 to 4). "
            f"Received: {name} of shape {pixels.shape}"
        )


def _check_sizes(a: np.ndarray, b: np.ndarray, border: int) -> None:
    if a.shape[:2] != b.shape[:2]:
        raise ValueError(
            "the images must have the same size. "
            f"Received: {_size(a)} and {_size(b)} pixels"
        )
    least = 2 * border + _LEAST
    if min(a.shape[:2]) < least:
        raise ValueError(
            f"the images must be at least {least} pixels a side"
            f"{' with this `border`' if border else ''}. "
            f"Received: {_size(a)} pixels"
        )


def _size(pixels: np.ndarray) -> str:
    return f"{pixels.shape[1]}x{pixels.shape[0]}"
