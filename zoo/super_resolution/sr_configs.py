"""Architectures of `SRGenerator` by name."""

from typing import Any

from convzoo.common.choices import SRConfig

SR_CONFIGS: dict[SRConfig, dict[str, Any]] = {
    "srresnet": {"normalization": "batch"},
    "large": {"anchor": "bilinear"},
    "tiny": {
        "scale": 4,
        "filters": 28,
        "num_blocks": 5,
        "block": "plain",
        "activation": "relu",
        "anchor": "nearest",
        "head_kernel_size": 3,
    },
    "base": {
        "scale": 4,
        "filters": 32,
        "num_blocks": 19,
        "activation": "relu",
        "attention": "pixel",
        "upsampling": "direct",
        "anchor": "nearest",
        "head_kernel_size": 3,
    },
    "rrdb": {
        "num_blocks": 23,
        "block": "rrdb",
        "activation": "leaky_relu",
        "head_kernel_size": 3,
    },
}
