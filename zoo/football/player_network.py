"""The network over the players of `BallPositionPredictor`."""

from typing import Any

import keras
from keras import layers, ops

from convzoo.common.choices import Spatial
from convzoo.common.types import Tensor
from convzoo.layers import Rasterize
from convzoo.zoo.football.player_encoder import PlayerEncoder
from convzoo.zoo.football.player_features import (
    PAIR_FEATURES,
    SPEED,
    cleaned,
    num_player_features,
    pair_features,
    player_features,
)
from convzoo.zoo.football.spatial_network import SpatialNetwork

# Number of learned channels that each player adds to the map.
_LAID = 24
_SIGMA = 2.0
# Maximum distance along x and y between the ball and its carrier, in metres.
_FARTHEST = 5.0
# Logit of missing players, below any other.
_NEVER = -1e4
# Initial logit of a cell: all 2,128 together weigh as much as two players.
_CELL_LOGIT = -7.0


class PlayerNetwork(keras.layers.Layer):
    """Predicts logits of the players, and of the cells of a map.

    A `PlayerEncoder` turns players into tokens, from which their logits are
    computed. The tokens are rasterized; a `SpatialNetwork` over the raster
    predicts the cell of a ball that nobody has.

    Args:
        grid: Numbers of rows and columns of the map, both even; the raster has
            half of each.
        extent: Lengths of the map along x and y, in metres.
        frames: Number of frames per input.
        spatial: Kind of the `SpatialNetwork`.
        width, depth, heads, dropout: Arguments of `PlayerEncoder`.
        map_width: Number of channels of the `SpatialNetwork`.
        **kwargs: Arguments of `keras.layers.Layer`.

    Call arguments:
        players: Positions `(batch, frames, n, 2)`, the newest last.
        velocities: Velocities of the same shape, or None.
        team: Teams `(batch, n)`.

    Returns:
        Logits `(batch, n)` of the players, very low for missing ones; the
        position of the ball for each carrier, `(batch, n, 2)`; and logits of
        the cells, `(batch, rows, columns)`.
    """

    def __init__(
        self,
        grid: tuple[int, int],
        extent: tuple[float, float],
        frames: int,
        spatial: Spatial,
        width: int,
        depth: int,
        heads: int,
        map_width: int,
        dropout: float,
        **kwargs: Any,
    ) -> None:
        super().__init__(autocast=False, **kwargs)
        policy = {"dtype": self.dtype_policy}
        self.frames = frames
        self.width = width
        self.encoder = PlayerEncoder(width, depth, heads, dropout, **policy)
        # In float32: the outputs are metres and logits.
        self.score = layers.Dense(1, dtype="float32")
        self.reach = layers.Dense(
            2, kernel_initializer="zeros", dtype="float32"
        )
        self.lay = layers.Dense(_LAID, **policy)
        rows, columns = grid
        self.raster = Rasterize(
            (rows // 2, columns // 2), extent, _SIGMA, **policy
        )
        self.network = SpatialNetwork(_LAID + 4, map_width, spatial, **policy)
        self.cells = layers.Dense(
            4,
            bias_initializer=keras.initializers.Constant(_CELL_LOGIT),
            dtype="float32",
        )

    def build(self, *_: Any) -> None:
        self.encoder.build(
            (None, None, num_player_features(self.frames)),
            (None, None, None, PAIR_FEATURES),
        )
        tokens = (None, None, self.width)
        for part in (self.score, self.reach, self.lay):
            part.build(tokens)
        laid = (None, None, 2 + _LAID + 4)
        self.raster.build(laid)
        maps = self.raster.compute_output_shape(laid)
        self.network.build(maps)
        self.cells.build(self.network.compute_output_shape(maps))

    def call(
        self,
        players: Tensor,
        velocities: Tensor | None,
        team: Tensor,
        training: bool = False,
    ) -> tuple[Tensor, Tensor, Tensor]:
        known = cleaned(players, velocities, team)
        newest = known.newest
        pairs, counted = pair_features(newest)
        tokens = self.encoder(
            player_features(known),
            pairs,
            counted,
            newest.seen,
            training=training,
        )
        seen = newest.seen[:, :, 0] > 0
        scores = self.score(tokens)[:, :, 0]
        scores = ops.where(seen, scores, ops.full_like(scores, _NEVER))
        reach = _FARTHEST * ops.tanh(self.reach(tokens) / _FARTHEST)
        laid = [
            newest.places,
            ops.cast(self.lay(tokens), "float32") * newest.seen,
            newest.seen,
            newest.sign,
            newest.velocities / SPEED,
        ]
        raster = self.raster(ops.concatenate(laid, axis=2))
        maps = self.network(raster, training=training)
        cells = ops.depth_to_space(self.cells(maps), 2)
        return scores, newest.places + reach, cells[:, :, :, 0]
