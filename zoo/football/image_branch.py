"""The branch of `BallPositionPredictor` for images of the pitch."""

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
from keras import layers, ops

from convzoo.common.choices import Spatial
from convzoo.common.types import Shape, Tensor
from convzoo.layers.input_checks import check_rank
from convzoo.losses import BallPosition
from convzoo.zoo.football.ball_read_outs import Cloud
from convzoo.zoo.football.distribution import Distribution
from convzoo.zoo.football.heatmap_grid import mirrored_maps
from convzoo.zoo.football.spatial_network import SpatialNetwork
from convzoo.zoo.images.standardized import standardized

# Downsampling factor of three strided convolutions. Each position of the map
# has the logits of 2 x 2 cells.
_STRIDE = 8
_CELL = _STRIDE // 2
# Arguments of the loss in metres, equal to the defaults for players.
_SIGMA, _DELTA = 2.5, 2.0


class ImageBranch(keras.layers.Layer):
    """A convolutional network over images, and the distribution it predicts.

    Images are standardized, which puts grass of any colour near 0, and padded
    with zeros below and to the right to multiples of 8 pixels. Padding precedes
    mirroring, so that all views have the same cells.

    Args:
        channels: Number of image channels.
        pixels_per_metre: Resolution of the training images.
        length: Length of the pitch, in metres.
        spatial: Kind of the `SpatialNetwork`.
        map_width: Number of channels of the `SpatialNetwork` and of the strided
            convolutions; the first convolution has half.
        **kwargs: Arguments of `keras.layers.Layer`.
    """

    def __init__(
        self,
        channels: int,
        pixels_per_metre: float,
        length: float,
        spatial: Spatial,
        map_width: int,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        policy = {"dtype": self.dtype_policy}
        self.channels = channels
        self.pixels_per_metre = pixels_per_metre
        self.length = length * pixels_per_metre
        self.map_width = map_width
        # Kernels of 4 with a padding of 1 are centred on their 2 x 2 pixels.
        self.pad = layers.ZeroPadding2D(1, **policy)
        self.halve = [
            layers.Conv2D(filters, 4, 2, activation="gelu", **policy)
            for filters in ((map_width + 1) // 2, map_width, map_width)
        ]
        self.network = SpatialNetwork(map_width, map_width, spatial, **policy)
        # In float32, for the softmax.
        self.score = layers.Dense(4, dtype="float32")

    def build(self, *_: Any) -> None:
        shape: Shape = (None, None, None, self.channels)
        for conv in self.halve:
            conv.build(shape)
            shape = (None, None, None, conv.filters)
        self.network.build(shape)
        self.score.build(self.network.compute_output_shape(shape))
        self.built = True

    def checked(self, inputs: Tensor) -> Tensor:
        """Check, standardize and pad images to multiples of 8 pixels.

        Raises:
            ValueError: If the rank or the number of channels is wrong.
        """
        if isinstance(inputs, dict):
            raise ValueError(
                "The input must be images. "
                f"Received: a dictionary of {sorted(inputs)}"
            )
        image = ops.convert_to_tensor(inputs, "float32")
        check_rank("BallPositionPredictor", image.shape, (4,))
        if image.shape[-1] != self.channels:
            raise ValueError(
                f"The input must have {self.channels} channels. "
                f"Received: shape {tuple(image.shape)}"
            )
        sides = ops.shape(image)[1:3]
        whole = self.whole(sides)
        missing = [[0, full - n] for full, n in zip(whole, sides, strict=True)]
        # By channel: grass of any colour becomes 0, and players stand out.
        image = standardized(image, by_channel=True)
        image = ops.pad(image, [[0, 0], *missing, [0, 0]])
        # TensorFlow loses the static number of channels.
        return ops.reshape(image, (-1, *whole, self.channels))

    def whole(self, sides: Sequence[Any]) -> list[Any]:
        """Height and width of the padded image."""
        return [(n + _STRIDE - 1) // _STRIDE * _STRIDE for n in sides]

    def mirrored(self, inputs: Tensor, signs: tuple[int, int]) -> Tensor:
        """Mirror images along x and y where a sign is -1."""
        return mirrored_maps(inputs, signs)

    def mirrored_back(
        self, parts: Sequence[Tensor], signs: tuple[int, int]
    ) -> list[Tensor]:
        """Undo `mirrored` in the outputs of `call`."""
        return [mirrored_maps(cells, signs) for cells in parts]

    def call(self, inputs: Tensor, training: bool = False) -> list[Tensor]:
        """Logits of the cells, `(batch, rows, columns)`, in a list."""
        maps = inputs
        for conv in self.halve:
            maps = conv(self.pad(maps))
        maps = self.network(maps, training=training)
        return [ops.depth_to_space(self.score(maps), 2)[:, :, :, 0]]

    def distribution(
        self, parts: Sequence[Tensor], inputs: Tensor, temperature: float
    ) -> tuple[Distribution, dict[str, Tensor]]:
        """The `Distribution` of the outputs of `call`, and no other outputs."""
        cells = parts[0] / temperature
        rows, columns = ops.shape(cells)[1:]
        shares = ops.softmax(ops.reshape(cells, (-1, rows * columns)))
        x, y = (
            (ops.cast(ops.arange(count), "float32") + 0.5) * _CELL
            for count in (columns, rows)
        )
        middles = ops.stack(ops.meshgrid(x, y), axis=2)
        middles = ops.reshape(middles, (1, rows * columns, 2))
        heatmap = ops.reshape(shares, (-1, rows, columns))
        clouds = [Cloud(middles, shares)]
        return Distribution(clouds, heatmap, x, y, _CELL), {}

    @property
    def loss(self) -> BallPosition:
        """The default loss."""
        return BallPosition(
            cell=_CELL,
            origin="corner",
            sigma=_SIGMA * self.pixels_per_metre,
            delta=_DELTA * self.pixels_per_metre,
        )

    def seen_by_loss(self, inputs: Tensor) -> dict[str, Tensor]:
        """Inputs that the loss needs besides the outputs: none."""
        return {}

    @property
    def serving_inputs(self) -> dict[str, tuple[int | str, ...]]:
        return {"image": ("batch", "height", "width", self.channels)}

    def serving_examples(
        self, shapes: dict[str, tuple[int, ...]], random: np.random.Generator
    ) -> dict[str, np.ndarray]:
        image = random.random(shapes["image"])
        return {"image": image.astype("float32")}
