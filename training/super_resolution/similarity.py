"""How similar two images are, by several metrics."""

from dataclasses import dataclass

from convzoo.training.super_resolution.evaluate_sr import Quality


@dataclass(frozen=True, kw_only=True)
class Similarity(Quality):
    """Metrics of a pair of images, or their means over several.

    PSNR is infinite for equal images, and the other indices are 1.

    Attributes:
        psnr_y: PSNR on Y, in dB.
        ssim_y: SSIM on Y.
        psnr_rgb: PSNR on RGB, in dB; on grey for grey images.
        ssim_rgb: SSIM of the channels, averaged.
        ms_ssim: Multi-scale SSIM of the channels, averaged, as in
            `convzoo.losses.MultiScaleSSIM`.
        fsim: FSIMc of RGB images and FSIM of grey ones, as in
            `convzoo.losses.FSIM`.
        perceptual: Perceptual distance, lower is better. None without a judge.
    """

    ssim_rgb: float
    ms_ssim: float
    fsim: float
