"""Layers for problems that plain convolutions handle badly."""

import convzoo.common.quiet_keras  # noqa: F401
from convzoo.layers.deform_conv2d import deform_conv2d
from convzoo.layers.deformable_conv2d import DeformableConv2D
from convzoo.layers.mlp_conv import MLPConv
from convzoo.layers.non_local import NonLocal
from convzoo.layers.rasterize import Rasterize
from convzoo.layers.spectral_conv2d import SpectralConv2D
from convzoo.layers.spp import SPP

__all__ = [
    "DeformableConv2D",
    "MLPConv",
    "NonLocal",
    "Rasterize",
    "SPP",
    "SpectralConv2D",
    "deform_conv2d",
]
