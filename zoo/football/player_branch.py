"""The branch of `BallPositionPredictor` for positions of players."""

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
from keras import ops

from convzoo.common.types import Tensor
from convzoo.layers import Rasterize
from convzoo.losses import BallPosition
from convzoo.zoo.football.ball_read_outs import Cloud
from convzoo.zoo.football.distribution import Distribution
from convzoo.zoo.football.heatmap_grid import heatmap_grid, mirrored_maps
from convzoo.zoo.football.player_network import PlayerNetwork

_NEEDED = {"players", "team"}
_KNOWN = _NEEDED | {"velocities"}


class PlayerBranch(keras.layers.Layer):
    """A `PlayerNetwork`, and the distribution it predicts.

    Each player carries probability mass nearby, for having the ball; each cell
    of the map has some for a ball that nobody has. The total is 1.

    Args:
        pitch, cell, frames: As in `BallPositionPredictor`.
        dtype: Dtype policy of the network.
        **network: Other arguments of `PlayerNetwork`.
    """

    def __init__(
        self,
        pitch: tuple[float, float],
        cell: float,
        frames: int,
        dtype: Any,
        **network: Any,
    ) -> None:
        super().__init__(autocast=False, dtype=dtype)
        self.pitch = pitch
        self.length = pitch[0]
        self.cell = cell
        self.frames = frames
        grid, extent = heatmap_grid(pitch, cell)
        self.network = PlayerNetwork(
            grid, extent, frames, dtype=dtype, **network
        )
        self.raster = Rasterize(grid, extent, dtype="float32")

    def build(self, *_: Any) -> None:
        self.network.build()
        self.built = True

    def checked(self, inputs: dict[str, Tensor]) -> dict[str, Tensor]:
        """Check the inputs, and add an axis of frames to single frames.

        Raises:
            ValueError: If keys or shapes are wrong.
        """
        if not isinstance(inputs, dict) or not _NEEDED <= set(inputs) <= _KNOWN:
            keys = sorted(inputs) if isinstance(inputs, dict) else type(inputs)
            raise ValueError(
                "The input must be a dictionary with 'players', 'team' and, "
                f"optionally, 'velocities'. Received: {keys}"
            )
        vectors = {
            name: self._with_frames(ops.convert_to_tensor(array, "float32"))
            for name, array in inputs.items()
            if name != "team"
        }
        team = ops.convert_to_tensor(inputs["team"])
        _check_alike(vectors, team)
        return {**vectors, "team": team}

    def _with_frames(self, vectors: Tensor) -> Tensor:
        single = self.frames == 1
        frames = () if single else (self.frames,)
        shape = vectors.shape
        if len(shape) != 3 + len(frames) or (*shape[1:-2], shape[-1]) != (
            *frames,
            2,
        ):
            wanted = "n, 2" if single else f"{self.frames}, n, 2"
            raise ValueError(
                "`players` and `velocities` must have the shape (batch, "
                f"{wanted}). Received: {tuple(shape)}"
            )
        return ops.expand_dims(vectors, 1) if single else vectors

    def mirrored(
        self, inputs: dict[str, Tensor], signs: tuple[int, int]
    ) -> dict[str, Tensor]:
        """Mirror inputs along x and y where a sign is -1."""
        factor = ops.convert_to_tensor(signs, "float32")
        return {
            name: array if name == "team" else array * factor
            for name, array in inputs.items()
        }

    def mirrored_back(
        self, parts: Sequence[Tensor], signs: tuple[int, int]
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Undo `mirrored` in the outputs of `call`."""
        scores, places, cells = parts
        places = places * ops.convert_to_tensor(signs, "float32")
        return scores, places, mirrored_maps(cells, signs)

    def call(
        self, inputs: dict[str, Tensor], training: bool = False
    ) -> tuple[Tensor, Tensor, Tensor]:
        return self.network(
            inputs["players"],
            inputs.get("velocities"),
            inputs["team"],
            training=training,
        )

    def distribution(
        self,
        parts: Sequence[Tensor],
        inputs: dict[str, Tensor],
        temperature: float,
    ) -> tuple[Distribution, dict[str, Tensor]]:
        """The `Distribution` of the outputs of `call`, and other outputs."""
        scores, places, cells = parts
        scores, cells = scores / temperature, cells / temperature
        count = ops.shape(scores)[1]
        rows, columns = cells.shape[1:]
        in_line = ops.reshape(cells, (-1, rows * columns))
        shares = ops.softmax(ops.concatenate([scores, in_line], axis=1))
        held, free = shares[:, :count], shares[:, count:]
        at_players = [places, ops.expand_dims(held, 2)]
        heatmap = self.raster(ops.concatenate(at_players, axis=2))[:, :, :, 0]
        heatmap = heatmap + ops.reshape(free, (-1, rows, columns))
        carrier = _carrier(scores, inputs["players"][:, -1])
        team = ops.cast(inputs["team"], carrier.dtype)
        x, y = self.raster.centres
        clouds = [Cloud(places, held), Cloud(self._cells(), free)]
        return Distribution(clouds, heatmap, x, y, self.cell), {
            "carrier": carrier,
            "team": ops.sum(carrier * team, axis=1),
        }

    def _cells(self) -> Tensor:
        """Centres of all cells, `(1, cells, 2)`."""
        x, y = self.raster.centres
        middles = np.stack(np.meshgrid(x, y), axis=-1).reshape(1, -1, 2)
        return ops.convert_to_tensor(middles, "float32")

    @property
    def serving_inputs(self) -> dict[str, tuple[int | str, ...]]:
        frames = () if self.frames == 1 else (self.frames,)
        vectors = ("batch", *frames, "players", 2)
        team = ("batch", "players")
        return {"players": vectors, "velocities": vectors, "team": team}

    @property
    def loss(self) -> BallPosition:
        """The default loss."""
        return BallPosition(cell=self.cell)

    def seen_by_loss(self, inputs: dict[str, Tensor]) -> dict[str, Tensor]:
        """Inputs that the loss needs besides the outputs."""
        return {"players": inputs["players"][:, -1], "team": inputs["team"]}

    def serving_examples(
        self, shapes: dict[str, tuple[int, ...]], random: np.random.Generator
    ) -> dict[str, np.ndarray]:
        """Random players; some are missing, some velocities unknown."""
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


def _check_alike(vectors: dict[str, Tensor], team: Tensor) -> None:
    """Raise a `ValueError` unless batch sizes and numbers of players agree."""
    given = {
        name: (*v.shape[:1], *v.shape[2:-1]) for name, v in vectors.items()
    }
    given["team"] = tuple(team.shape)
    wanted = given["players"]
    for name, shape in given.items():
        if len(shape) != 2 or any(
            None not in pair and pair[0] != pair[1]
            for pair in zip(shape, wanted, strict=True)
        ):
            raise ValueError(
                f"`{name}` must have the (batch, n) of `players`, {wanted}. "
                f"Received: {shape}"
            )


def _carrier(scores: Tensor, players: Tensor) -> Tensor:
    """Probabilities of the carriers; all 0 in a frame without players."""
    seen = ops.logical_not(ops.any(ops.isnan(players), axis=2))
    odds = ops.exp(scores - ops.max(scores, axis=1, keepdims=True))
    odds = ops.where(seen, odds, ops.zeros_like(odds))
    total = ops.sum(odds, axis=1, keepdims=True)
    return odds / ops.maximum(total, 1e-30)
