"""Where the ball is in a game of football, from the players alone.

Kim et al. 2023, Ball Trajectory Inference from Multi-Agent Sports Contexts,
https://arxiv.org/abs/2306.08206.

What differs from the paper: single frames, or a few of the past, instead of ten
seconds of both sides; a distribution instead of a point; pairs of players and a
map beside attention; and pictures as another input.
"""

import keras
import numpy as np
from keras import ops

import convzoo.zoo.ball_read_outs as read_outs
from convzoo.layers import Rasterize
from convzoo.layers.checks import (
    check_above,
    check_choice,
    check_flag,
    check_lengths,
    check_number,
    check_positive,
)
from convzoo.losses import BallPosition
from convzoo.zoo.pitch import map_of
from convzoo.zoo.player_network import PlayerNetwork
from convzoo.zoo.presets import presets_of
from convzoo.zoo.pretrained import Pretrained
from convzoo.zoo.spatial_network import SPATIAL

_READ_OUTS = ("geometric_median", "mean", "mode")
_NEEDED = {"players", "team"}
_KNOWN = _NEEDED | {"velocities"}
# Views of a pitch that are as good: x and y, as they are or mirrored.
_VIEWS = ((1, 1), (-1, 1), (1, -1), (-1, -1))


@keras.saving.register_keras_serializable(package="convzoo")
class BallPositionPredictor(Pretrained, keras.Model):
    """A distribution of the ball over the pitch, and what it says.

    Each player has a probability to have the ball, near him, and each cell of a
    map one that it is there while nobody has it: on its way, or out of play.

    Args:
        spatial: how far the network over the map sees: `"plain"`, `"dilated"`,
            `"deformable"`, `"non_local"` or `"all"`, with the same parameters.
        read_out: what `position` is: `"geometric_median"`, of the least mean
            distance; `"mean"`; or `"mode"`, the middle of the likeliest cell
            and its neighbours.
        flips: whether to take the mean of four views, mirrored along x and y,
            outside of training: better, and four times the work. To change it
            later, do so before the first `predict`, which compiles the model.
        pitch: length and width, in metres.
        cell: side of a cell of the map, in metres.
        frames: how many frames there are, the newest last; 1 for single ones.
        frame_rate: of them, in frames a second; what the model was trained
            for, and needed above one frame.
        width: channels of a player's token.
        depth: how often players see each other.
        heads: in how many ways at once.
        map_width: channels of the network over the map.
        dropout: share of what is added to a token that is dropped in training.
        **kwargs: `name` and `dtype` of `keras.Model`.

    Input: a dictionary.
        players: `(batch, n, 2)`, metres from the centre spot, x along the
            length of the pitch; NaN where a player is missing. Any n.
        team: `(batch, n)`, 0 or 1.
        velocities: `(batch, n, 2)`, metres a second; NaN where not known. May
            be left out.
        With `frames` above 1, players and velocities are `(batch, frames, n,
        2)`.

    Output: a dictionary.
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
        "spatial",
        "read_out",
        "flips",
        "pitch",
        "cell",
        "frames",
        "frame_rate",
        "width",
        "depth",
        "heads",
        "map_width",
        "dropout",
    )

    def __init__(
        self,
        spatial="dilated",
        read_out="geometric_median",
        flips=False,
        pitch=(105.0, 68.0),
        cell=2.0,
        frames=1,
        frame_rate=None,
        width=96,
        depth=4,
        heads=3,
        map_width=32,
        dropout=0.1,
        **kwargs,
    ):
        check_choice("spatial", spatial, SPATIAL)
        check_choice("read_out", read_out, _READ_OUTS)
        check_flag("flips", flips)
        check_lengths("pitch", pitch)
        check_above("cell", cell, 0)
        for name, value in (
            ("frames", frames),
            ("width", width),
            ("depth", depth),
            ("heads", heads),
            ("map_width", map_width),
        ):
            check_positive(name, value)
        check_number("dropout", dropout, 0, 1)
        if frame_rate is not None or frames > 1:
            check_above("frame_rate", frame_rate, 0)
        # Keras would round metres to halves.
        super().__init__(autocast=False, **kwargs)
        self.spatial = spatial
        self.read_out = read_out
        self.flips = flips
        self.pitch = tuple(pitch)
        self.cell = cell
        self.frames = frames
        self.frame_rate = frame_rate
        self.width = width
        self.depth = depth
        self.heads = heads
        self.map_width = map_width
        self.dropout = dropout
        grid, extent = map_of(pitch, cell)
        self.network = PlayerNetwork(
            grid,
            extent,
            frames,
            spatial,
            width,
            depth,
            heads,
            map_width,
            dropout,
            dtype=self.dtype_policy,
        )
        self.raster = Rasterize(grid, extent, dtype="float32")
        self.build(self.serving_inputs)

    def build(self, input_shape):
        self.network.build()
        self.built = True

    def call(self, inputs, training=False):
        players, velocities, team = self._unpacked(inputs)
        if training or not self.flips:
            parts = self.network(players, velocities, team, training=training)
        else:
            parts = self._mean_of_views(players, velocities, team)
        newest = players[:, -1]
        return self._outputs(*parts, newest, team, training)

    def _mean_of_views(self, players, velocities, team):
        """Of the logits and positions of four mirrored pitches."""
        views = []
        for signs in _VIEWS:
            factor = ops.convert_to_tensor(signs, "float32")
            mirrored = None if velocities is None else velocities * factor
            scores, places, cells = self.network(
                players * factor, mirrored, team
            )
            # x runs along the columns, y along the rows.
            axes = [2 - i for i, sign in enumerate(signs) if sign < 0]
            cells = ops.flip(cells, axes) if axes else cells
            views.append((scores, places * factor, cells))
        return [sum(parts) / len(_VIEWS) for parts in zip(*views, strict=True)]

    def _outputs(self, scores, places, cells, players, team, training):
        count = ops.shape(scores)[1]
        rows, columns = cells.shape[1:]
        in_line = ops.reshape(cells, (-1, rows * columns))
        shares = ops.softmax(ops.concatenate([scores, in_line], axis=1))
        held, free = shares[:, :count], shares[:, count:]
        at_players = [places, ops.expand_dims(held, 2)]
        heatmap = self.raster(ops.concatenate(at_players, axis=2))[:, :, :, 0]
        heatmap = heatmap + ops.reshape(free, (-1, rows, columns))
        carrier = self._carrier(scores, players)
        outputs = {
            "heatmap": heatmap,
            "carrier": carrier,
            "team": ops.sum(carrier * ops.cast(team, carrier.dtype), axis=1),
        }
        if training:
            return outputs
        points = ops.concatenate([places, self._cells_like(places)], axis=1)
        return {**outputs, **self._read(points, shares, heatmap)}

    def _carrier(self, scores, players):
        """0 for all where nobody is there."""
        seen = ops.logical_not(ops.any(ops.isnan(players), axis=2))
        odds = ops.exp(scores - ops.max(scores, axis=1, keepdims=True))
        odds = ops.where(seen, odds, ops.zeros_like(odds))
        total = ops.sum(odds, axis=1, keepdims=True)
        return odds / ops.maximum(total, 1e-30)

    def _cells_like(self, places):
        """The middles of all cells, for each frame: `(batch, cells, 2)`."""
        x, y = self.raster.centres
        middles = np.stack(np.meshgrid(x, y), axis=-1).reshape(1, -1, 2)
        zeros = ops.zeros_like(ops.sum(places, axis=1, keepdims=True))
        return zeros + ops.convert_to_tensor(middles, "float32")

    def _read(self, points, shares, heatmap):
        if self.read_out == "mode":
            position = read_outs.mode(heatmap, *self.raster.centres)
        else:
            position = getattr(read_outs, self.read_out)(points, shares)
        return {
            "position": position,
            **{
                f"radius_{percent}": read_outs.radius(
                    points, shares, position, percent / 100, self.cell
                )
                for percent in (50, 90)
            },
        }

    def _unpacked(self, inputs):
        """Players and velocities with an axis of frames; teams."""
        if not isinstance(inputs, dict) or not _NEEDED <= set(inputs) <= _KNOWN:
            keys = sorted(inputs) if isinstance(inputs, dict) else type(inputs)
            raise ValueError(
                "The input must be a dictionary with 'players', 'team' and, "
                f"where they are known, 'velocities'. Received: {keys}"
            )
        arrays = [
            ops.convert_to_tensor(inputs[name], "float32")
            for name in ("players", "velocities")
            if name in inputs
        ]
        rank = 3 if self.frames == 1 else 4
        for array in arrays:
            frames = 1 if rank == 3 else array.shape[1]
            if len(array.shape) != rank or (frames, array.shape[-1]) != (
                self.frames,
                2,
            ):
                shape = "n, 2" if rank == 3 else f"{self.frames}, n, 2"
                raise ValueError(
                    f"`players` and `velocities` must have the shape (batch, "
                    f"{shape}). Received: {tuple(array.shape)}"
                )
        if rank == 3:
            arrays = [ops.expand_dims(array, 1) for array in arrays]
        players, velocities = (*arrays, None)[:2]
        return players, velocities, inputs["team"]

    def compile(self, optimizer="adam", loss=None, **kwargs):
        """Prepare for `fit`, whose targets are positions `(batch, 2)`.

        Args:
            optimizer: as in `keras.Model.compile`.
            loss: a `BallPosition`; None for the default one of this `cell`.
            **kwargs: of `keras.Model.compile`.
        """
        loss = BallPosition(cell=self.cell) if loss is None else loss
        if not isinstance(loss, BallPosition):
            raise ValueError(
                f"`loss` must be a BallPosition. Received: loss={loss!r}"
            )
        super().compile(optimizer=optimizer, loss=loss, **kwargs)

    def compute_loss(
        self, x=None, y=None, y_pred=None, sample_weight=None, training=True
    ):
        players, _, team = self._unpacked(x)
        seen = {**y_pred, "players": players[:, -1], "team": team}
        return self.loss(y, seen, sample_weight) + sum(self.losses)

    def serve(self, players, velocities, team):
        """What exported files compute; NaN for velocities that none knows."""
        inputs = {"players": players, "velocities": velocities, "team": team}
        return self(inputs, training=False)

    @property
    def serving_inputs(self):
        """Names and shapes of what `serve` takes; None is any size."""
        frames = () if self.frames == 1 else (self.frames,)
        vectors = (None, *frames, None, 2)
        return {"players": vectors, "velocities": vectors, "team": (None, None)}

    @property
    def serving_scales(self):
        """Metres are measured by the length of the pitch."""
        names = ("position", "radius_50", "radius_90")
        return dict.fromkeys(names, self.pitch[0])

    def serving_examples(self, shapes, random):
        """Players on the pitch, of whom some are missing or unmeasured."""
        half = np.array(self.pitch) / 2
        players = random.uniform(-half, half, shapes["players"])
        velocities = random.normal(0, 3, shapes["velocities"])
        players[random.random(players.shape[:-1]) < 0.1] = np.nan
        velocities[random.random(players.shape[:-1]) < 0.1] = np.nan
        return {
            "players": players.astype("float32"),
            "velocities": velocities.astype("float32"),
            "team": random.integers(2, size=shapes["team"]).astype("float32"),
        }

    def get_config(self):
        return {**super().get_config(), **self.arguments}
