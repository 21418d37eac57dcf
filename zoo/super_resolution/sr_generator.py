"""Generator for super-resolution.

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
  and differ between training and inference, which causes blotches in flat
  regions, and such networks fit better without it (Lim et al. 2017,
  https://arxiv.org/abs/1707.02921). `normalization="batch"` gives the paper's
  SRResNet with 1.55 M parameters. Without it, the convolutions of the blocks
  start at a tenth of the scale of He et al. 2015, as in ESRGAN.
- Input and output are both in [0, 1]; the paper's output is in [-1, 1].
- The plain network has one convolution fewer in image space, and does not clip.
"""

from collections.abc import Callable, Iterator
from typing import Any, Self, get_args

import keras
import numpy as np
from keras import ops

from convzoo.common.checks import check_choice, check_fraction, check_positive
from convzoo.common.choices import SRScale
from convzoo.common.types import PathLike, Tensor
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
from convzoo.zoo.super_resolution.upscale import upscale
from convzoo.zoo.super_resolution.upscale_memory import (
    check_result,
    check_strips,
    check_whole,
)
from convzoo.zoo.super_resolution.upscale_scaled import upscale_scaled
from convzoo.zoo.super_resolution.upscale_strips import (
    Progress,
    Rows,
    upscale_strips,
)

_NETWORKS: dict[Block, Callable[..., Tensor]] = {
    "residual": residual,
    "rrdb": rrdb,
    "plain": plain,
}


@keras.saving.register_keras_serializable(package="convzoo")
class SRGenerator(Pretrained, keras.Model):
    """Enlarges images of any height and width by an integer factor.

    `block="residual"` is SRResNet: a convolution, `num_blocks` residual blocks
    with a global skip connection, sub-pixel convolutions that upsample in steps
    of 2 (or one step of 3), and a last convolution at the output size.
    `block="rrdb"` is ESRGAN's generator: each block has three dense blocks of
    five convolutions, and upsampling is nearest-neighbour interpolation,
    followed by a convolution. `block="plain"` is a chain of `num_blocks`
    convolutions between a first and a last one.

    `upsampling="direct"` runs every convolution at the input size, with one
    sub-pixel step at the end. A stepwise network spends most of its time in its
    few convolutions at larger sizes.

    The output is not clipped, so that the loss penalises values outside [0, 1];
    `upscale` and exported files clip it. The output is float32 for any dtype
    policy, and so is the sum of the anchor and the network's residual.

    Args:
        scale: Upscaling factor: 2, 3, 4 or 8.
        filters: Number of channels of the hidden layers.
        num_blocks: Number of blocks, or of hidden convolutions in a plain
            network.
        block: `"residual"`, `"rrdb"` or `"plain"`.
        activation: `"prelu"` (one slope per channel), `"relu"` or
            `"leaky_relu"` (slope 0.2, as in ESRGAN).
        normalization: None, or `"batch"` for batch normalisation in residual
            blocks. Must be None for other blocks.
        attention: None, or `"pixel"` for pixel attention in residual blocks: a
            1x1 convolution with a sigmoid weighs each value of the residual
            branch. Must be None for other blocks.
        upsampling: `"stepwise"` or `"direct"`. None follows the papers:
            `"direct"` for plain networks, which support nothing else, and
            `"stepwise"` for others.
        anchor: None, `"nearest"` or `"bilinear"`: interpolation of the input
            that is added to the output, so that the network learns only the
            detail.
        head_kernel_size: Side of the first kernel in pixels, odd. In a stepwise
            network, also the side of the last kernel.
        dtype: Dtype policy of the layers.
        **kwargs: Keyword arguments of `keras.Model`.

    Input shape: `(batch, height, width, 3)`, RGB in [0, 1].
    Output shape: `(batch, scale * height, scale * width, 3)`, RGB, about
        [0, 1].

    Raises:
        ValueError: If an argument has any other value.

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
        # A functional model does not keep the dtype policy of its layers.
        self._policy = policy
        for name, value in config.items():
            setattr(self, name, value)
        # On a CPU, XLA compiles anew for each size of an image, and takes
        # longer for these convolutions (docs/results.md).
        self.jit_compile = False

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "dtype": keras.dtype_policies.serialize(self._policy),
            **self.arguments,
        }

    @classmethod
    def blend(cls, first: PathLike, second: PathLike, alpha: float) -> Self:
        """Interpolate between the weights of two models.

        Wang et al. 2019, Deep Network Interpolation for Continuous Imagery
        Effect Transition, https://arxiv.org/abs/1811.10515. The second model
        must be the first, trained further, for example with an adversarial
        loss: `alpha` then trades fidelity for perceived sharpness.

        Args:
            first: As in `from_preset`.
            second: As in `from_preset`, with the same arguments.
            alpha: Weight of the second, in [0, 1].

        Raises:
            ValueError: `alpha` is not in [0, 1], the models have different
                arguments, or as `from_preset`.
        """
        check_fraction("alpha", alpha)
        model, other = cls.from_preset(first), cls.from_preset(second)
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
    def preprocessing(self) -> str:
        return "RGB in [0, 1], channels last, any height and width"

    @property
    def receptive_radius(self) -> int:
        """Radius of the receptive field, in input pixels.

        The `scale` x `scale` output pixels of an input pixel depend on input
        pixels at most this many rows and columns away.
        """
        head = self.head_kernel_size // 2
        depth = {"residual": 2, "rrdb": 15, "plain": 1}[self.block]
        # A plain network has no convolution between its chain and its tail.
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
            # RRDB convolves after upsampling, SRResNet before.
            after = self.block == "rrdb"
            reach = (reach + after + factor - 1) // factor + (not after)
        return reach

    @property
    def bytes_per_pixel(self) -> int:
        """Memory for upscaling, in bytes per input pixel.

        An upper estimate: five times the widest layer plus three times the
        result, and twice as much on PyTorch (docs/results.md).
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
        *,
        scale: float | None = None,
    ) -> np.ndarray:
        """Enlarge one image of any size.

        Args:
            image: Array `(height, width)` or `(height, width, channels)` of
                uint8, uint16 or floats in [0, 1]. One channel is grey, 2 are
                grey and alpha, 3 RGB, 4 RGB and alpha. Alpha is enlarged by
                bicubic interpolation. The colours of transparent pixels have
                no effect.
            tile: Side of square tiles, in input pixels, which bounds the
                memory. Each tile is computed with a margin of
                `receptive_radius` pixels, so the result is the same. None
                processes the whole image at once.
            progress: Function that is called after each tile with the number
                of finished tiles and the total number of tiles.
            ensemble: Whether to average over all rotations by 90 degrees and
                reflections: slightly more accurate, in eight times the time.
            scale: Any factor from 1 to 8: sides of the result have
                `round(scale * side)` pixels. The network runs as often as it is
                needed, and the last output is reduced by bicubic interpolation
                with antialiasing. With 1, the result is the image. Where the
                memory is short, it works in tiles, with a warning. None for
                the scale of the network.

        Returns:
            Array of the same dtype and rank, `scale` times as large.

        Raises:
            ValueError: If `image` is empty or its rank, dtype, range or number
                of channels is unsupported, `tile` is not a positive integer,
                `ensemble` is not True or False, `scale` is not from 1 to 8, or
                the memory does not suffice for the whole image at once.
        """
        if scale is not None:
            return upscale_scaled(self, image, scale, tile, progress, ensemble)
        if np.ndim(image) in (2, 3):
            height, width = np.shape(image)[:2]
            if tile is None:
                check_whole(self.bytes_per_pixel, height, width)
            else:
                size = np.asarray(image).nbytes
                check_result(self.scale, size, height, width)
        return upscale(
            self.predict_on_batch,
            image,
            self.scale,
            self.receptive_radius,
            tile,
            progress,
            ensemble,
        )

    def upscale_strips(
        self,
        rows: Rows,
        shape: tuple[int, int, int],
        tile: int,
        progress: Progress | None = None,
        ensemble: bool = False,
    ) -> Iterator[np.ndarray]:
        """Enlarge one image in strips, so that the result need not be held.

        Args:
            rows: Function that returns the rows `[first, last)` of the image
                as an array `(last - first, width, channels)`, as `upscale`
                takes it. From call to call, `first` and `last` never decrease.
            shape: Height, width and channels of the image.
            tile: As in `upscale`. A strip has the height of an enlarged tile.
            progress: As in `upscale`.
            ensemble: As in `upscale`.

        Returns:
            Iterator over the strips of the result, from the top.

        Raises:
            ValueError: If `tile` is not a positive integer, `ensemble` is not
                True or False, or the memory does not suffice for a strip.
        """
        check_positive("tile", tile)
        check_strips(
            self.bytes_per_pixel,
            self.scale,
            self.receptive_radius,
            shape,
            tile,
        )
        return upscale_strips(
            self.predict_on_batch,
            rows,
            shape,
            self.scale,
            self.receptive_radius,
            tile,
            progress,
            ensemble,
        )

    def serve(self, image: Tensor) -> dict[str, Tensor]:
        """Forward pass of exported files: the output, clipped to [0, 1]."""
        enlarged = ops.clip(self(image, training=False), 0.0, 1.0)
        return {f"image_x{self.scale}": enlarged}

    @property
    def serving_inputs(self) -> dict[str, tuple[str | int, ...]]:
        """Names and shapes of the inputs of `serve`; open sizes are named."""
        return {"image": ("batch", "height", "width", 3)}
