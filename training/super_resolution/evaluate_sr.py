"""How well a network enlarges photographs, beside bicubic interpolation.

The standard protocol: the photograph is cropped to a multiple of the scale,
shrunk by antialiased bicubic interpolation to 8 bits, enlarged, rounded to 8
bits, and compared without a border of as many pixels as the scale, on the Y
channel of ITU-R BT.601 (16..235) and on RGB. Figures are averaged over images.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TypeAlias

import numpy as np

from convzoo.common.types import PathLike, Tensor
from convzoo.training.super_resolution.image_quality import (
    luma,
    psnr,
    shave,
    ssim,
)
from convzoo.training.super_resolution.photographs import Pair, read_pair
from convzoo.zoo.images.bicubic import resize_bicubic

# A loss of two batches of images, original and enlarged.
Judge: TypeAlias = Callable[[Tensor, Tensor], Tensor]


@dataclass(frozen=True)
class Quality:
    """Figures of one enlarged image, or their means over several.

    Attributes:
        psnr_y: in dB, on Y.
        ssim_y: on Y.
        psnr_rgb: in dB, on RGB; of a grey image, on grey.
        perceptual: the distance of a judge, lower is better; None without.
    """

    psnr_y: float
    ssim_y: float
    psnr_rgb: float
    perceptual: float | None = None

    def figures(self) -> dict[str, float]:
        """Names and values of what was measured."""
        return {k: v for k, v in asdict(self).items() if v is not None}


@dataclass(frozen=True)
class Comparison:
    """One photograph (or "average"): bicubic interpolation and the model."""

    name: str
    bicubic: Quality
    model: Quality


def measure(
    image: np.ndarray,
    reference: np.ndarray,
    border: int,
    judge: Judge | None = None,
) -> Quality:
    """The `Quality` of an enlarged uint8 image.

    Args:
        image: array `(height, width, 1)` or RGB `(height, width, 3)`.
        reference: the original, of the same shape.
        border: pixels to cut on each side.
        judge: None, or a loss of images `(batch, height, width, 3)` in [0, 1]
            such as `convzoo.losses.LPIPS`.
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
        np.broadcast_to(pixels, (1, *pixels.shape[:2], 3)).astype(np.float32)
        for pixels in (reference, image)
    ]
    return float(judge(*(batch / 255 for batch in batches)))


def check_measurable(
    pairs: Iterable[Pair], scale: int, judge: Judge | None = None
) -> None:
    """Raise a `ValueError` if `measure` would, of the smallest photograph.

    Args:
        pairs: of photographs, to be measured later.
        scale: factor between the two resolutions.
        judge: as in `measure`.
    """
    smallest = min(pairs, key=lambda pair: min(pair.high.shape[:2]))
    height, width = smallest.high.shape[:2]
    try:
        measure(smallest.high, smallest.high, scale, judge)
    except ValueError as error:
        raise ValueError(
            f"A photograph that validates, of {width}x{height} pixels, is too "
            f"small to be measured: {error}"
        ) from error


def evaluate_sr(
    upscale: Callable[[np.ndarray], np.ndarray],
    paths: Iterable[PathLike],
    scale: int,
    judge: Judge | None = None,
) -> Iterator[Comparison]:
    """Compare a network with bicubic interpolation on photographs.

    Args:
        upscale: maps a uint8 image to the one `scale` times larger.
        paths: the originals.
        scale: whole factor.
        judge: as in `measure`.

    Yields:
        A `Comparison` for each photograph.

    Raises:
        ValueError: a photograph cannot be read or is smaller than
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
    """The `Comparison` called "average" of several."""
    return Comparison(
        "average",
        mean([c.bicubic for c in comparisons]),
        mean([c.model for c in comparisons]),
    )


def mean(qualities: Iterable[Quality]) -> Quality:
    """The mean `Quality` of several, figure by figure."""
    rows = [quality.figures() for quality in qualities]
    return Quality(
        **{
            name: float(np.mean([row[name] for row in rows]))
            for name in rows[0]
        }
    )
