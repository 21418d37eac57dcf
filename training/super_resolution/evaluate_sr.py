"""Evaluation of super-resolution networks and bicubic interpolation.

The standard protocol: the photograph is cropped to a multiple of the scale,
shrunk by antialiased bicubic interpolation to 8 bits, enlarged, rounded to 8
bits, and compared without a border of `scale` pixels, on the Y channel of
ITU-R BT.601 (16..235) and on RGB. Metrics are averaged over images.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TypeAlias, TypeVar

import numpy as np

from convzoo.common.types import PathLike, Tensor
from convzoo.common.unit_range import unit_range
from convzoo.training.super_resolution.image_quality import (
    luma,
    psnr,
    shave,
    ssim,
)
from convzoo.training.super_resolution.photographs import Pair, read_pair
from convzoo.zoo.images.bicubic import resize_bicubic

# Perceptual distance of batches of images, original and enlarged.
Judge: TypeAlias = Callable[[Tensor, Tensor], Tensor]
# Side, in pixels, of what is large enough for all metrics.
_MEASURABLE = 256


@dataclass(frozen=True)
class Quality:
    """Metrics of an enlarged image, or their means over several.

    Attributes:
        psnr_y: PSNR on Y, in dB.
        ssim_y: SSIM on Y.
        psnr_rgb: PSNR on RGB, in dB; on grey for a grey image.
        perceptual: Perceptual distance, lower is better. None without a judge.
    """

    psnr_y: float
    ssim_y: float
    psnr_rgb: float
    perceptual: float | None = None

    def figures(self) -> dict[str, float]:
        """Return the measured metrics by name."""
        return {k: v for k, v in asdict(self).items() if v is not None}


_Q = TypeVar("_Q", bound=Quality)


@dataclass(frozen=True)
class Comparison:
    """Quality of bicubic interpolation and of the model on a photograph."""

    name: str
    bicubic: Quality
    model: Quality


def measure(
    image: np.ndarray,
    reference: np.ndarray,
    border: int,
    judge: Judge | None = None,
) -> Quality:
    """Compute the metrics of an enlarged uint8 image.

    Args:
        image: Array `(height, width, 1)` or RGB `(height, width, 3)`.
        reference: Original image, of the same shape.
        border: Number of pixels to cut on each side.
        judge: Perceptual distance of images `(batch, height, width, 3)` in
            [0, 1], such as `convzoo.losses.LPIPS`, or None.
    """
    image, reference = shave(image, border), shave(reference, border)
    image_y, reference_y = luma(image), luma(reference)
    return Quality(
        psnr_y=psnr(image_y, reference_y),
        ssim_y=ssim(image_y, reference_y),
        psnr_rgb=psnr(image, reference),
        perceptual=None if judge is None else _judged(judge, image, reference),
    )


def _judged(judge: Judge, image: np.ndarray, reference: np.ndarray) -> float:
    batches = [
        unit_range(np.broadcast_to(pixels, (1, *pixels.shape[:2], 3)))
        for pixels in (reference, image)
    ]
    return float(judge(*batches))


def check_measurable(
    pair: Pair, scale: int, judge: Judge | None = None
) -> None:
    """Raise a `ValueError` if a photograph is too small to be measured.

    Args:
        pair: Pair of a photograph to be measured later.
        scale: Factor between the two resolutions.
        judge: As in `measure`.
    """
    height, width = pair.high.shape[:2]
    corner = pair.high[:_MEASURABLE, :_MEASURABLE]
    try:
        measure(corner, corner, scale, judge)
    except ValueError as error:
        raise ValueError(
            f"a validation photograph of {width}x{height} pixels is too small "
            f"to be measured: {error}"
        ) from error


def evaluate_sr(
    upscale: Callable[[np.ndarray], np.ndarray],
    paths: Iterable[PathLike],
    scale: int,
    judge: Judge | None = None,
) -> Iterator[Comparison]:
    """Compare a network with bicubic interpolation on photographs.

    Args:
        upscale: Function that enlarges a uint8 image by `scale`.
        paths: Paths of the originals.
        scale: Integer upscaling factor.
        judge: As in `measure`.

    Yields:
        A `Comparison` for each photograph.

    Raises:
        ValueError: If a photograph cannot be read, or is smaller than
            `2 * scale + 11` pixels a side.
    """
    for path in paths:
        pair = read_pair(path, scale)
        least = 2 * scale + 11
        height, width = pair.high.shape[:2]
        if min(height, width) < least:
            raise ValueError(
                f"{path}: must be at least {least} pixels a side. "
                f"Received: {width}x{height}"
            )
        bicubic = resize_bicubic(pair.low, height, width)
        yield Comparison(
            name=Path(path).name,
            bicubic=measure(bicubic, pair.high, scale, judge),
            model=measure(upscale(pair.low), pair.high, scale, judge),
        )


def average(comparisons: Sequence[Comparison]) -> Comparison:
    """Return the mean of several comparisons, named "average"."""
    return Comparison(
        "average",
        mean([c.bicubic for c in comparisons]),
        mean([c.model for c in comparisons]),
    )


def mean(qualities: Sequence[_Q]) -> _Q:
    """Return the mean of each metric."""
    rows = [quality.figures() for quality in qualities]
    return type(qualities[0])(
        **{
            name: float(np.mean([row[name] for row in rows]))
            for name in rows[0]
        }
    )
