"""A network that enlarges photographs.

Ledig et al. 2017, Photo-Realistic Single Image Super-Resolution Using a
Generative Adversarial Network, https://arxiv.org/abs/1609.04802, section 2.1.1
(`block="residual"`).

Wang et al. 2018, ESRGAN: Enhanced Super-Resolution Generative Adversarial
Networks, https://arxiv.org/abs/1809.00219, section 3.1 (`block="rrdb"`).

Zhao et al. 2020, Efficient Image Super-Resolution Using Pixel Attention,
https://arxiv.org/abs/2010.01073, section 3.2 (`attention="pixel"`).

Du et al. 2021, Anchor-based Plain Net for Mobile Image Super-Resolution,
https://arxiv.org/abs/2105.09750 (`block="plain"` with `anchor="nearest"`).

What differs from the papers:
- No batch normalisation by default. Its statistics mix the images of a batch
  and differ between training and use, which shows as blotches in flat regions,
  and networks of this kind fit better without it (Lim et al. 2017,
  https://arxiv.org/abs/1707.02921). `normalization="batch"` is the paper's
  SRResNet, 1.55 M parameters. Without it the convolutions of the blocks start
  from a tenth of He et al. 2015, as in ESRGAN.
- Input and output are both in [0, 1]; the paper's output is in [-1, 1].
- The plain network has one convolution less in image space, and does not clip.
"""

from collections.abc import Callable
from typing import Any, Self, get_args

import keras
import numpy as np
from keras import ops

from convzoo.common.checks import check_choice, check_fraction, check_positive
from convzoo.common.choices import SRScale
from convzoo.common.types import PathLike, Tensor
from convzoo.zoo.images.memory import check_memory
from convzoo.zoo.presets import presets_of
from convzoo.zoo.pretrained import Pretrained
from convzoo.zoo.super_resolution.sr_networks import (
    Activation,
    Anchor,
    Attention,
    Block,
    Normalization,
    Upsampling,
    plain,
    residual,
    rrdb,
    upsampling_factors,
)
from convzoo.zoo.super_resolution.upscale import Progress, upscale

_NETWORKS: dict[Block, Callable[..., Tensor]] = {
    "residual": residual,
    "rrdb": rrdb,
    "plain": plain,
}


@keras.saving.register_keras_serializable(package="convzoo")
class SRGenerator(Pretrained, keras.Model):
    """Enlarges photographs of any height and width by a whole factor.

    `block="residual"` is SRResNet: a convolution, `num_blocks` residual blocks
    with a skip connection around all of them, sub-pixel convolutions that
    enlarge in steps of 2 (or one of 3), a last convolution on the enlarged
    image. `block="rrdb"` is ESRGAN's network, whose blocks are three dense
    blocks of five convolutions each, and which enlarges by repeating pixels
    before it convolves them. `block="plain"` is a chain of `num_blocks`
    convolutions between a first and a last one.

    `upsampling="direct"` has every convolution at the size of the input, and
    one sub-pixel step at the end: most of a stepwise network's time goes into
    the few convolutions of its enlarged images.

    The output is not clipped, so that a loss sees what lies outside [0, 1];
    `upscale` and exported files clip. It is in float32 whatever the dtype
    policy, and so is the sum of the anchor and what the network adds.

    Args:
        scale: factor by which height and width grow: 2, 3, 4 or 8.
        filters: channels of the hidden layers.
        num_blocks: blocks, or hidden convolutions of a plain network.
        block: `"residual"`, `"rrdb"` or `"plain"`.
        activation: `"prelu"` (one slope for each channel), `"relu"`, or
            `"leaky_relu"` (a slope of 0.2, as ESRGAN has).
        normalization: None, or `"batch"` for batch normalisation in the
            blocks of `block="residual"`; the others take None.
        attention: None, or `"pixel"` for residual blocks that weigh each value
            of what they add by one in (0, 1), which a 1x1 convolution computes;
            the other blocks take None.
        upsampling: `"stepwise"` or `"direct"`; None is what the papers have,
            `"direct"` for a plain network, which takes nothing else, and
            `"stepwise"` for the others.
        anchor: None, `"nearest"` or `"bilinear"`: an enlargement of the input
            to which the network adds its own, which then holds only detail.
        head_kernel_size: side of the first kernel, and in a stepwise network
            also of the last, in pixels; odd.

    Input shape: `(batch, height, width, 3)`, RGB in [0, 1].
    Output shape: `(batch, scale * height, scale * width, 3)`, RGB, about
        [0, 1].

    Raises:
        ValueError: an argument has a value other than those above.

    Example:

    >>> import numpy as np
    >>> from convzoo.zoo import SRGenerator
    >>> model = SRGenerator.from_preset("sr_x4_tiny")
    >>> model.upscale(np.zeros((30, 41, 3), "uint8")).shape
    (120, 164, 3)

    Reference: [Ledig et al. 2017](https://arxiv.org/abs/1609.04802),
    [Wang et al. 2018](https://arxiv.org/abs/1809.00219),
    [Zhao et al. 2020](https://arxiv.org/abs/2010.01073),
    [Du et al. 2021](https://arxiv.org/abs/2105.09750).
    """

    presets = presets_of("SRGenerator")

    def __init__(
        self,
        scale: SRScale = 4,
        filters: int = 64,
        num_blocks: int = 16,
        block: Block = "residual",
        activation: Activation = "prelu",
        normalization: Normalization | None = None,
        attention: Attention | None = None,
        upsampling: Upsampling | None = None,
        anchor: Anchor | None = None,
        head_kernel_size: int = 9,
        dtype: str | keras.DTypePolicy | None = None,
        **kwargs: Any,
    ) -> None:
        check_choice("scale", scale, get_args(SRScale))
        check_choice("block", block, get_args(Block))
        check_choice("activation", activation, get_args(Activation))
        check_choice(
            "normalization",
            normalization,
            (None, *get_args(Normalization))
            if block == "residual"
            else (None,),
        )
        check_choice(
            "attention",
            attention,
            (None, *get_args(Attention)) if block == "residual" else (None,),
        )
        check_choice(
            "upsampling",
            upsampling,
            (None, "direct")
            if block == "plain"
            else (None, *get_args(Upsampling)),
        )
        check_choice("anchor", anchor, (None, *get_args(Anchor)))
        check_positive("filters", filters)
        check_positive("num_blocks", num_blocks)
        check_positive("head_kernel_size", head_kernel_size)
        if head_kernel_size % 2 == 0:
            raise ValueError(
                "`head_kernel_size` must be odd. "
                f"Received: head_kernel_size={head_kernel_size}"
            )

        # === Config ===
        config = {
            "scale": scale,
            "filters": filters,
            "num_blocks": num_blocks,
            "block": block,
            "activation": activation,
            "normalization": normalization,
            "attention": attention,
            "upsampling": upsampling,
            "anchor": anchor,
            "head_kernel_size": head_kernel_size,
        }

        # === Functional model ===
        policy = keras.dtype_policies.get(dtype)
        image = keras.Input((None, None, 3), name="image")
        enlarged = _NETWORKS[block](
            image,
            **{k: v for k, v in config.items() if k != "block"},
            dtype=policy,
        )
        super().__init__(image, enlarged, **kwargs)
        # A functional model would forget the policy of its layers.
        self._policy = policy
        for name, value in config.items():
            setattr(self, name, value)
        self._argument_names = tuple(config)
        # On a CPU, XLA compiles anew for each size of an image, and takes
        # longer for these convolutions (docs/results.md).
        self.jit_compile = False

    def get_config(self):
        return {
            **super().get_config(),
            "dtype": keras.dtype_policies.serialize(self._policy),
            **self.arguments,
        }

    @classmethod
    def blend(cls, first: PathLike, second: PathLike, alpha: float) -> Self:
        """A model between two, whose weights are the means of theirs.

        Wang et al. 2019, Deep Network Interpolation for Continuous Imagery
        Effect Transition, https://arxiv.org/abs/1811.10515. The second has to
        be the first, trained further, such as by an adversarial loss: the dial
        then goes from fidelity to what looks sharp.

        Args:
            first: as in `load`.
            second: as in `load`, of the same arguments.
            alpha: share of the second, from 0 to 1.

        Raises:
            ValueError: `alpha` is not in [0, 1], the models have different
                arguments, or as `load`.
        """
        check_fraction("alpha", alpha)
        model, other = cls.load(first), cls.load(second)
        if model.arguments != other.arguments:
            raise ValueError(
                "`first` and `second` must have the same arguments. Received: "
                f"first={str(first)!r} with {model.arguments}, "
                f"second={str(second)!r} with {other.arguments}"
            )
        weights = zip(model.get_weights(), other.get_weights(), strict=True)
        model.set_weights([(1 - alpha) * a + alpha * b for a, b in weights])
        return model

    @property
    def receptive_radius(self) -> int:
        """How far, in input pixels, the input reaches into the output.

        The `scale` x `scale` output pixels of one input pixel depend on input
        pixels at most so many rows and columns away.
        """
        head = self.head_kernel_size // 2
        depth = {"residual": 2, "rrdb": 15, "plain": 1}[self.block]
        # The last of a plain network's convolutions is its tail.
        body = depth * self.num_blocks + (self.block != "plain")
        return head + body + self._tail_radius

    @property
    def _is_direct(self) -> bool:
        return self.upsampling == "direct" or self.block == "plain"

    @property
    def _tail_radius(self) -> int:
        if self._is_direct:
            return 1
        reach = self.head_kernel_size // 2 + (self.block == "rrdb")
        for factor in reversed(upsampling_factors(self.scale)):
            # RRDB convolves after it enlarges, SRResNet before.
            after = self.block == "rrdb"
            reach = (reach + after + factor - 1) // factor + (not after)
        return reach

    @property
    def bytes_per_pixel(self) -> int:
        """Memory that one input pixel takes while its image is enlarged.

        An estimate from above: the widest layer five times, the result three
        times, and PyTorch's twice as much (docs/results.md).
        """
        area = self.scale**2
        widest = max(self.filters, 3 * area)
        if not self._is_direct:
            widest = self.filters * area
        copies = 2 if keras.config.backend() == "torch" else 1
        return copies * 4 * (5 * widest + 3 * 3 * area)

    def upscale(
        self,
        image: np.ndarray,
        tile: int | None = None,
        progress: Progress | None = None,
        ensemble: bool = False,
    ) -> np.ndarray:
        """Enlarge one photograph of any size.

        Args:
            image: array `(height, width)` or `(height, width, channels)` of
                uint8, uint16 or floats in [0, 1]; 1 channel is grey, 2 are
                grey and alpha, 3 RGB, 4 RGB and alpha. Alpha is enlarged by
                bicubic interpolation.
            tile: enlarge in squares of so many input pixels, each with the
                margin that `receptive_radius` asks for. Bounds the memory; the
                result is the same.
            progress: called after each tile with the number of tiles done and
                the number of all.
            ensemble: True takes the mean over all turns by quarters and mirror
                images: a little closer to the original, in eight times the
                time.

        Returns:
            An array of the same dtype and rank, `scale` times larger.

        Raises:
            ValueError: `image` is empty, of another rank, dtype, range or
                number of channels, `tile` is not a positive integer,
                `ensemble` is not True or False, or the memory does not suffice
                for the image at once.
        """
        if tile is None and np.ndim(image) in (2, 3):
            height, width = np.shape(image)[:2]
            check_memory(
                self.bytes_per_pixel * height * width,
                f"An image of {width}x{height} pixels at once",
                "pass `tile` to work in pieces",
            )
        return upscale(
            self.predict_on_batch,
            image,
            self.scale,
            self.receptive_radius,
            tile,
            progress,
            ensemble,
        )

    def serve(self, image: Tensor) -> dict[str, Tensor]:
        """What exported files compute: the output, clipped to [0, 1]."""
        enlarged = ops.clip(self(image, training=False), 0.0, 1.0)
        return {f"image_x{self.scale}": enlarged}

    @property
    def serving_inputs(self) -> dict[str, tuple[str | int, ...]]:
        """Names and shapes of what `serve` takes; open sizes have names."""
        return {"image": ("batch", "height", "width", 3)}
