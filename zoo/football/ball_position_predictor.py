"""Where the ball is in a game of football, from the players alone.

Kim et al. 2023, Ball Trajectory Inference from Multi-Agent Sports Contexts,
https://arxiv.org/abs/2306.08206.

What differs from the paper: single frames, or a few of the past, instead of ten
seconds of both sides; a distribution instead of a point; pairs of players and a
map beside attention; and pictures as another input.
"""

from collections.abc import Callable
from typing import Any, get_args

import keras
import numpy as np

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
from convzoo.zoo.presets import presets_of
from convzoo.zoo.pretrained import Pretrained

# Views of a pitch that are as good: x and y, as they are or mirrored.
_VIEWS = ((1, 1), (-1, 1), (1, -1), (-1, -1))


@keras.saving.register_keras_serializable(package="convzoo")
class BallPositionPredictor(Pretrained, keras.Model):
    """A distribution of the ball over the pitch, and what it says.

    Args:
        sees: `"players"`, positions on the pitch; or `"image"`, pictures of
            it from above, without the ball, such as `render_pitch` draws.
        spatial: how far the network over the map sees: `"plain"`, `"dilated"`,
            `"deformable"`, `"non_local"` or `"all"`, with the same parameters.
        map_width: channels of the network over the map.
        read_out: what `position` is: `"geometric_median"`, of the least mean
            distance; `"mean"`; or `"mode"`, the middle of the likeliest cell
            and its neighbours.
        flips: whether to take the mean of four views, mirrored along x and y,
            outside of training: better, and four times the work. To change it
            later, do so before the first `predict`, which compiles the model.
        pitch: length and width, in metres.
        channels: of pictures, and so for the next.
        pixels_per_metre: what they were trained for.
        temperature: what logits are divided by; above 1 the model is less sure
            of itself, and its radii are larger. `ball_temperature` finds it.
        cell: side of a cell of the map, in metres; of players, and so for all
            that follow.
        frames: how many frames there are, the newest last; 1 for single ones.
        frame_rate: of them, in frames a second; what the model was trained
            for, and needed above one frame.
        width: channels of a player's token.
        depth: how often players see each other.
        heads: in how many ways at once.
        dropout: share of what is added to a token that is dropped in training.
        **kwargs: `name` and `dtype` of `keras.Model`.

    Input, for `"players"`: a dictionary.
        players: `(batch, n, 2)`, metres from the centre spot, x along the
            length of the pitch; NaN where a player is missing. Any n.
        team: `(batch, n)`, 0 or 1.
        velocities: `(batch, n, 2)`, metres a second; NaN where not known. May
            be left out.
        With `frames` above 1, players and velocities are `(batch, frames, n,
        2)`.

    Input, for `"image"`: `(batch, height, width, channels)`, any height and
        width, values from 0 to 1.

    Output: a dictionary. What it says of a picture is in pixels, from its top
        left corner, x to the right and y down; cells are 4 pixels wide, and
        cover the picture filled up to multiples of 8; and there are no
        `carrier` and `team`.
        position: `(batch, 2)`, metres.
        heatmap: `(batch, rows, columns)`, sums to 1; row 0 has the smallest y.
        radius_50, radius_90: `(batch,)`, metres around `position` in which the
            ball is with that probability.
        carrier: `(batch, n)`, who has the ball, if one has; sums to 1.
        team: `(batch,)`, the probability that it is one of team 1.

    Raises:
        ValueError: an argument is not as described, or the inputs have other
            keys or shapes.

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

    presets = presets_of("BallPositionPredictor")

    _argument_names = (
        "sees",
        "spatial",
        "map_width",
        "read_out",
        "flips",
        "pitch",
        "channels",
        "pixels_per_metre",
        "temperature",
        "cell",
        "frames",
        "frame_rate",
        "width",
        "depth",
        "heads",
        "dropout",
    )

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
                "`frames` must be 1 for a model of pictures. "
                f"Received: frames={frames}"
            )
        if frames > 1 and frame_rate is None:
            raise ValueError(
                "`frame_rate` must be given where there is more than a frame. "
                f"Received: frames={frames}, frame_rate=None"
            )
        if frame_rate is not None:
            check_above("frame_rate", frame_rate, 0)
        # Keras would round metres to halves.
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
        # Keras remembers what `call` gets.
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

    def call(self, inputs: Any, training: bool = False) -> dict[str, Tensor]:
        seen = self.branch.checked(inputs)
        if training or not self.flips:
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
        """Of what is said of four mirrored pitches, each mirrored back."""
        views = [
            self.branch.mirrored_back(
                self.branch(self.branch.mirrored(seen, signs)), signs
            )
            for signs in _VIEWS
        ]
        return [sum(parts) / len(_VIEWS) for parts in zip(*views, strict=True)]

    def compile(
        self,
        optimizer: str | keras.optimizers.Optimizer = "adam",
        loss: BallPosition | None = None,
        **kwargs: Any,
    ) -> None:
        """Prepare for `fit`, whose targets are positions `(batch, 2)`.

        Args:
            optimizer: as in `keras.Model.compile`.
            loss: a `BallPosition`; None for the default one, of this cell.
            **kwargs: of `keras.Model.compile`.
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
        """What exported files compute; NaN for velocities that none knows."""
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
    def serving_inputs(self) -> dict[str, tuple[int | str, ...]]:
        """Names and shapes of what `serve` takes; open sizes have names."""
        return self.branch.serving_inputs

    @property
    def serving_scales(self) -> dict[str, float]:
        """Positions and radii are measured by the length of the pitch."""
        names = ("position", "radius_50", "radius_90")
        return dict.fromkeys(names, self.branch.length)

    def serving_examples(
        self, shapes: dict[str, tuple[int, ...]], random: np.random.Generator
    ) -> dict[str, np.ndarray]:
        """Inputs of those shapes, as they may come."""
        return self.branch.serving_examples(shapes, random)

    def get_config(self):
        return {**super().get_config(), **self.arguments}
