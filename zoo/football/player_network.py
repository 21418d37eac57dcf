"""Players on a pitch: who has the ball, and where it is if nobody has it."""

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

# Of what each player lays on the map, beside who, where and how fast he is.
_LAID = 24
_SIGMA = 2.0
# The ball is at most so far from the one who has it, in metres.
_FARTHEST = 5.0
# Below any logit.
_NEVER = -1e4
# Of cells at first: all 2,128 together weigh as much as two players.
_CELL_LOGIT = -7.0


class PlayerNetwork(keras.layers.Layer):
    """Logits of players and of the cells of a map.

    The players become tokens, which see each other; a raster of the tokens goes
    through a `SpatialNetwork`, which says where the ball is if nobody has it.

    Args:
        grid: rows and columns of the map, both even; the raster has half.
        extent: of the map along x and y, in metres.
        frames: how many frames each player comes with.
        spatial: of `SpatialNetwork`.
        width, depth, heads, dropout: of `PlayerEncoder`.
        map_width: channels of `SpatialNetwork`.

    Call arguments:
        players: `(batch, frames, n, 2)`, the newest last.
        velocities: of the same shape, or None.
        team: `(batch, n)`.

    Returns:
        Logits of the players `(batch, n)`, very low where one is missing; where
        each of them has the ball, if he has it, `(batch, n, 2)`; logits of the
        cells `(batch, rows, columns)`.
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
        # In float32: what they say is metres, and probabilities.
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
