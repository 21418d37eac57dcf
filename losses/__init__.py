"""Losses for what a pixel-wise distance does not see."""

from convzoo.losses.ssim import SSIM, ssim

__all__ = ["SSIM", "ssim"]
