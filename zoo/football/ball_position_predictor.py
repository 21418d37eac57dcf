"""Ball position prediction in football, from the positions of the players.

Kim et al. 2023, Ball Trajectory Inference from Multi-Agent Sports Contexts,
https://arxiv.org/abs/2306.08206.

What differs from the paper: the input is a single frame, or a few past frames,
instead of ten seconds before and after; the output is a distribution instead of
a point; pairwise features and a map complement attention; images are an
alternative input.
"""

from collections.abc import Callable
from typing import Any, get_args

import keras
import numpy as np
from keras import ops

from convzoo.common.checks import (
    check_above,
    check_choice,
    check_flag,
    check_lengths,
    check_number,
    check_positive,
)
from convzoo.common.choices import Sees, Spatial
from convzoo.common.types import Tensor
from convzoo.losses import BallPosition
from convzoo.zoo.football.distribution import ReadOut
from convzoo.zoo.football.image_branch import ImageBranch
from convzoo.zoo.football.player_branch import PlayerBranch
from convzoo.zoo.pretrained import Pretrained

# Signs of x and y in the equivalent views of a pitch.
_VIEWS = ((1, 1), (-1, 1), (1, -1), (-1, -1))


@keras.saving.register_keras_serializable(package="convzoo")
class BallPositionPredictor(Pretrained, keras.Model):
    """Predicts a probability distribution of the ball over the pitch.

    `channels` and `pixels_per_metre` apply to `sees="image"` only; `cell`,
    `frames`, `frame_rate`, `width`, `depth`, `heads` and `dropout` apply to
    `sees="players"` only.

    Args:
        sees: Input of the model: `"players"` for positions on the pitch, or
            `"image"` for images of the pitch from above, without the ball, such
            as `render_pitch` draws.
        spatial: Receptive field of the network over the map: `"plain"`,
            `"dilated"`, `"deformable"`, `"non_local"` or `"all"`, with about
            the same number of parameters.
        map_width: Number of channels of the network over the map.
        read_out: Point estimate in `position`: `"geometric_median"`, which
            minimizes the mean distance; `"mean"`; or `"mode"`, the mean over
            the most likely cell and its neighbours.
        flips: Whether to average the predictions for four views, mirrored along
            x and y, at inference. More accurate, at four times the cost. A call
            and `predict_ball` may choose otherwise.
        pitch: Length and width of the pitch, in metres.
        channels: Number of image channels.
        pixels_per_metre: Resolution of the training images.
        temperature: Divisor of the logits. Above 1, the distribution is flatter
            and the radii are larger. `ball_temperature` calibrates it.
        cell: Side of a map cell, in metres.
        frames: Number of frames per input, the newest last.
        frame_rate: Frames per second of the input. Required if `frames` is
            above 1.
        width: Number of channels of a player's token.
        depth: Number of encoder blocks.
        heads: Number of attention heads per block.
        dropout: Dropout rate of the residual branches.
        **kwargs: `name` and `dtype` of `keras.Model`.

    Call arguments:
        inputs: As below.
        training: Whether the call is for training.
        flips: As above. None for the value of the constructor.

    Input, for `"players"`: a dictionary.
        players: Positions `(batch, n, 2)` in metres from the centre spot, x
            along the length of the pitch; NaN for missing players. Any n.
        team: Teams `(batch, n)`, 0 or 1.
        velocities: Optional velocities `(batch, n, 2)` in metres per second;
            NaN where unknown.
        If `frames` is above 1, `players` and `velocities` have the shape
        `(batch, frames, n, 2)`.

    Input, for `"image"`: Images `(batch, height, width, channels)` of any
        height and width, with values in [0, 1].

    Output: a dictionary. With `training=True` it has no `position`,
        `radius_50` and `radius_90`.
        position: Point estimates `(batch, 2)`, in metres.
        heatmap: Probabilities `(batch, rows, columns)`, which sum to 1; row 0
            has the smallest y.
        radius_50, radius_90: Radii `(batch,)` in metres of the circles around
            `position` that contain the ball with this probability.
        carrier: Probabilities `(batch, n)` of each player having the ball,
            given that a player has it; they sum to 1.
        team: Probabilities `(batch,)` that the carrier is in team 1.
        For images, there is no `carrier` and `team`, and lengths are in pixels:
        positions are relative to the top left corner, x to the right and y
        down; cells are 4 pixels wide and cover the image padded to multiples of
        8 pixels.

    Raises:
        ValueError: If an argument is invalid, or if the inputs have other keys
            or shapes.

    Example:

    >>> import numpy as np
    >>> from convzoo.zoo import BallPositionPredictor
    >>> model = BallPositionPredictor(width=16, depth=1, map_width=8)
    >>> players = np.random.default_rng(0).uniform(-30, 30, (1, 22, 2))
    >>> team = np.repeat([[0.0, 1.0]], 11, axis=1)
    >>> found = model({"players": players, "team": team})
    >>> sorted(found)
    ['carrier', 'heatmap', 'position', 'radius_50', 'radius_90', 'team']
    >>> found["heatmap"].shape
    TensorShape([1, 38, 56])
    """

    def __init__(
        self,
        sees: Sees = "players",
        spatial: Spatial = "dilated",
        map_width: int = 32,
        read_out: ReadOut = "geometric_median",
        flips: bool = False,
        pitch: tuple[float, float] = (105.0, 68.0),
        channels: int = 3,
        pixels_per_metre: float = 4.0,
        temperature: float = 1.0,
        cell: float = 2.0,
        frames: int = 1,
        frame_rate: float | None = None,
        width: int = 96,
        depth: int = 4,
        heads: int = 3,
        dropout: float = 0.1,
        **kwargs: Any,
    ) -> None:
        check_choice("sees", sees, get_args(Sees))
        check_choice("spatial", spatial, get_args(Spatial))
        check_choice("read_out", read_out, get_args(ReadOut))
        check_flag("flips", flips)
        check_lengths("pitch", pitch)
        check_above("pixels_per_metre", pixels_per_metre, 0)
        check_above("temperature", temperature, 0)
        check_above("cell", cell, 0)
        for name, value in (
            ("map_width", map_width),
            ("channels", channels),
            ("frames", frames),
            ("width", width),
            ("depth", depth),
            ("heads", heads),
        ):
            check_positive(name, value)
        check_number("dropout", dropout, 0, 1)
        if sees == "image" and frames > 1:
            raise ValueError(
                "`frames` must be 1 for a model with image inputs. "
                f"Received: frames={frames}"
            )
        if frames > 1 and frame_rate is None:
            raise ValueError(
                "`frame_rate` must be given if `frames` is above 1. "
                f"Received: frames={frames}, frame_rate=None"
            )
        if frame_rate is not None:
            check_above("frame_rate", frame_rate, 0)
        # Autocasting would round metres to half precision.
        super().__init__(autocast=False, **kwargs)
        self.sees = sees
        self.spatial = spatial
        self.map_width = map_width
        self.read_out = read_out
        self.flips = flips
        self.pitch = (pitch[0], pitch[1])
        self.channels = channels
        self.pixels_per_metre = pixels_per_metre
        self.temperature = temperature
        self.cell = cell
        self.frames = frames
        self.frame_rate = frame_rate
        self.width = width
        self.depth = depth
        self.heads = heads
        self.dropout = dropout
        self.branch = self._branch()
        shapes = {
            name: tuple(None if isinstance(n, str) else n for n in shape)
            for name, shape in self.serving_inputs.items()
        }
        # Keras saves these shapes: they must match the inputs of `call`.
        self.build(shapes if sees == "players" else shapes["image"])

    def _branch(self) -> ImageBranch | PlayerBranch:
        shared: dict[str, Any] = {
            "spatial": self.spatial,
            "map_width": self.map_width,
        }
        if self.sees == "image":
            return ImageBranch(
                self.channels,
                self.pixels_per_metre,
                self.pitch[0],
                **shared,
                dtype=self.dtype_policy,
            )
        return PlayerBranch(
            self.pitch,
            self.cell,
            self.frames,
            width=self.width,
            depth=self.depth,
            heads=self.heads,
            dropout=self.dropout,
            **shared,
            dtype=self.dtype_policy,
        )

    def build(self, input_shape: Any) -> None:
        self.branch.build()
        self.built = True

    def call(
        self, inputs: Any, training: bool = False, flips: bool | None = None
    ) -> dict[str, Tensor]:
        seen = self.branch.checked(inputs)
        flips = self.flips if flips is None else flips
        if training or not flips:
            parts = self.branch(seen, training=training)
        else:
            parts = self._mean_of_views(seen)
        distribution, outputs = self.branch.distribution(
            parts, seen, self.temperature
        )
        outputs["heatmap"] = distribution.heatmap
        if training:
            return outputs
        return {**outputs, **distribution.read(self.read_out)}

    def _mean_of_views(self, seen: Any) -> list[Tensor]:
        """Mean of the outputs for the mirrored inputs, each mirrored back."""
        # One batch of all views has a quarter of the operations.
        views = [self.branch.mirrored(seen, signs) for signs in _VIEWS]
        parts = self.branch(
            keras.tree.map_structure(lambda *v: ops.concatenate(v), *views)
        )
        by_view = zip(
            *(ops.split(part, len(_VIEWS)) for part in parts), strict=True
        )
        found = [
            self.branch.mirrored_back(view, signs)
            for view, signs in zip(by_view, _VIEWS, strict=True)
        ]
        return [sum(parts) / len(_VIEWS) for parts in zip(*found, strict=True)]

    def compile(
        self,
        optimizer: str | keras.optimizers.Optimizer = "adam",
        loss: BallPosition | None = None,
        **kwargs: Any,
    ) -> None:
        """Configure the model for training.

        The targets of `fit` are ball positions `(batch, 2)`.

        Args:
            optimizer: Optimizer, as in `keras.Model.compile`.
            loss: A `BallPosition`. None for one with the cell of this model.
            **kwargs: Other arguments of `keras.Model.compile`.
        """
        loss = self.branch.loss if loss is None else loss
        if not isinstance(loss, BallPosition):
            raise ValueError(
                f"`loss` must be a BallPosition. Received: loss={loss!r}"
            )
        super().compile(optimizer=optimizer, loss=loss, **kwargs)

    def compute_loss(
        self,
        x: Any = None,
        y: Tensor = None,
        y_pred: Any = None,
        sample_weight: Tensor = None,
        training: bool = True,
    ) -> Tensor:
        seen = self.branch.seen_by_loss(self.branch.checked(x))
        return self.loss(y, {**y_pred, **seen}, sample_weight) + sum(
            self.losses
        )

    @property
    def serve(self) -> Callable[..., dict[str, Tensor]]:
        """The function to export. Unknown velocities are NaN."""
        if self.sees == "image":
            return self._serve_image
        return self._serve_players

    def _serve_image(self, image: Tensor) -> dict[str, Tensor]:
        return self(image, training=False)

    def _serve_players(
        self, players: Tensor, velocities: Tensor, team: Tensor
    ) -> dict[str, Tensor]:
        inputs = {"players": players, "velocities": velocities, "team": team}
        return self(inputs, training=False)

    @property
    def preprocessing(self) -> str:
        if self.sees == "image":
            return (
                "RGB in [0, 1], as `render_pitch` draws it with "
                f"{self.pixels_per_metre:g} pixels per metre"
            )
        length, width = self.pitch
        return f"Metres from the centre spot, pitch {length:g} x {width:g} m"

    @property
    def serving_inputs(self) -> dict[str, tuple[int | str, ...]]:
        """Names and shapes of the inputs of `serve`; open sizes are names."""
        return self.branch.serving_inputs

    @property
    def serving_scales(self) -> dict[str, float]:
        """Scales of the outputs that are lengths: the length of the pitch."""
        names = ("position", "radius_50", "radius_90")
        return dict.fromkeys(names, self.branch.length)

    def serving_examples(
        self, shapes: dict[str, tuple[int, ...]], random: np.random.Generator
    ) -> dict[str, np.ndarray]:
        """Random inputs of these shapes."""
        return self.branch.serving_examples(shapes, random)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), **self.arguments}
