"""Tracking data of a game: positions of players and ball."""

import copy
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from convzoo.common.checks import check_lengths, is_integer
from convzoo.zoo.football.ball_position_predictor import BallPositionPredictor

_ARRAYS = (
    "players",
    "team",
    "velocities",
    "ball",
    "test",
    "group",
    "time",
    "number",
    "past",
)
# Distance beyond the lines at which a position is an outlier, in metres.
_BESIDE = 15.0
# Maximum fraction of outliers among players, and among balls.
_OUTLIERS, _BALLS_OUT = 0.01, 0.1
# Minimum spread of the players in metres, and minimum number of players to
# check it.
_SPREAD = 2.5
_FEW = 4
# Number of positions above which some must have a negative x or y.
_MANY = 200


# Not a generated `__init__`: arguments may be None, attributes never are.
@dataclass(frozen=True, init=False)
class Tracking:
    """Frames of a game, in metres from the centre spot.

    x runs along the length of the pitch, y along its width. Unknown values are
    NaN.

    Attributes:
        players: Positions `(frames, n, 2)`.
        team: Teams `(frames, n)`, 0 or 1.
        velocities: Velocities `(frames, n, 2)` in metres per second. If all
            velocities of a frame are exactly 0, they become NaN: they were not
            measured.
        ball: Positions `(frames, 2)`.
        test: Mask `(frames,)` of the test set, which is excluded from training.
        group: Integers `(frames,)`. Frames of a group, such as a line-up or a
            minute, are correlated; `split` keeps them together.
        time: Times `(frames,)` in seconds, with a gap between periods and
            between games.
        number: Integers `(frames,)`, the frame numbers of the file. Defaults to
            the indices.
        past: Positions and velocities `(frames, before, n, 4)` of past frames,
            the oldest first, see `with_past`. Defaults to no past frames.
        past_rate: Frames per second of `past`.
        pitch: Length and width of the pitch.

    Raises:
        ValueError: If an array has another shape, there is no frame or no
            player, or positions are not metres from the centre spot.
    """

    players: np.ndarray
    team: np.ndarray
    velocities: np.ndarray
    ball: np.ndarray
    test: np.ndarray
    group: np.ndarray
    time: np.ndarray
    number: np.ndarray
    past: np.ndarray
    past_rate: float | None
    pitch: tuple[float, float]

    def __init__(
        self,
        players: ArrayLike,
        team: ArrayLike,
        velocities: ArrayLike | None = None,
        ball: ArrayLike | None = None,
        test: ArrayLike | None = None,
        group: ArrayLike | None = None,
        time: ArrayLike | None = None,
        number: ArrayLike | None = None,
        past: ArrayLike | None = None,
        past_rate: float | None = None,
        pitch: tuple[float, float] = (105.0, 68.0),
    ) -> None:
        check_lengths("pitch", pitch)
        players = np.array(players)
        if players.ndim != 3 or players.shape[2] != 2 or 0 in players.shape:
            raise ValueError(
                "`players` must have the shape (frames, n, 2), with a frame "
                f"and a player. Received: players of shape {players.shape}"
            )
        frames, count, _ = shape = players.shape
        players = checked("players", players, shape, "float32")
        players[np.isnan(players).any(2)] = np.nan
        check_metres(players, pitch)
        team = checked_team(team, (frames, count))
        velocities = checked("velocities", velocities, shape, "float32", np.nan)
        ball = checked("ball", ball, (frames, 2), "float32", np.nan)
        ball[np.isnan(ball).any(1)] = np.nan
        check_ball(ball, pitch)
        test = checked("test", test, (frames,), "bool", False)
        group = checked("group", group, (frames,), "int64", 0)
        time = checked("time", time, (frames,), "float64", np.nan)
        number = checked(
            "number", number, (frames,), "int64", np.arange(frames)
        )
        before = (0,) if past is None else np.shape(past)[1:2] or (0,)
        past = checked(
            "past", past, (frames, *before, count, 4), "float32", np.nan
        )
        for name, array in (
            ("players", players),
            ("team", team),
            ("velocities", measured(velocities, players)),
            ("ball", ball),
            ("test", test),
            ("group", group),
            ("time", time),
            ("number", number),
            ("past", past),
            ("past_rate", past_rate),
            ("pitch", (pitch[0], pitch[1])),
        ):
            object.__setattr__(self, name, array)

    def __len__(self) -> int:
        return len(self.players)

    def __getitem__(
        self, frames: int | slice | Sequence[int] | np.ndarray
    ) -> Self:
        """Select frames by an index, a slice, indices or a mask."""
        chosen = [frames] if is_integer(frames) else frames
        return self.with_(**{n: getattr(self, n)[chosen] for n in _ARRAYS})

    def with_(self, **arrays: Any) -> Self:
        """Copy with other attributes, without checks."""
        other = copy.copy(self)
        for name, array in arrays.items():
            object.__setattr__(other, name, array)
        return other

    @property
    def learned(self) -> Self:
        """Frames outside the test set with a ball and players."""
        return self[~self.test & self.has_ball & self.has_players]

    @property
    def tested(self) -> Self:
        """Frames of the test set with a ball and players."""
        return self[self.test & self.has_ball & self.has_players]

    def index_of(self, number: int) -> int:
        """Index of the frame with this number in the file.

        Raises:
            ValueError: If no frame has that number.
        """
        found = np.flatnonzero(self.number == number)
        if not len(found):
            raise ValueError(
                f"there is no frame {number}; there are {len(self)}, from "
                f"{self.number.min()} to {self.number.max()}"
            )
        return int(found[0])

    def without_velocities(self) -> Self:
        """Copy with unknown velocities."""
        past = self.past.copy()
        past[:, :, :, 2:] = np.nan
        return self.with_(
            velocities=np.full_like(self.velocities, np.nan), past=past
        )

    def with_ball(self, ball: ArrayLike) -> Self:
        """Copy with ball positions `(frames, 2)`."""
        shape = len(self), 2
        return self.with_(ball=checked("ball", ball, shape, "float32"))

    @property
    def fingerprint(self) -> str:
        """Hash of the frames."""
        digest = hashlib.sha256()
        for name in _ARRAYS:
            digest.update(np.ascontiguousarray(getattr(self, name)).data)
        return digest.hexdigest()[:16]

    def split(self, share: float) -> tuple[Self, Self]:
        """Split into two parts, with about this share of frames in the second.

        The second part has whole groups, evenly spaced; with a single group,
        the last frames, since consecutive frames are correlated.
        """
        groups = np.unique(self.group)
        if len(groups) > 1 and share > 0:
            chosen = groups[:: max(round(1 / share), 2)]
            held = np.isin(self.group, chosen)
        else:
            held = np.arange(len(self)) >= round((1 - share) * len(self))
        return self[~held], self[held]

    @property
    def has_ball(self) -> np.ndarray:
        """Mask `(frames,)` of the frames with a ball."""
        return ~np.isnan(self.ball[:, 0])

    @property
    def has_players(self) -> np.ndarray:
        """Mask `(frames,)` of the frames with a visible player."""
        return ~np.isnan(self.players[:, :, 0]).all(1)

    def inputs(self, count: int | None = None) -> dict[str, np.ndarray]:
        """Inputs of `BallPositionPredictor`.

        Args:
            count: Number of players to pad to with missing players. None for no
                padding.

        Raises:
            ValueError: If there are more players.
        """
        there = self.players.shape[1]
        if count is not None and count < there:
            raise ValueError(
                f"`count` must be at least {there}, for {there} players. "
                f"Received: count={count}"
            )
        state = np.concatenate([self.players, self.velocities], axis=2)
        if self.past.shape[1]:
            newest = np.expand_dims(state, 1)
            state = np.concatenate([self.past, newest], axis=1)
        more = [(0, 0)] * (state.ndim - 2) + [(0, (count or there) - there)]
        state = np.pad(state, [*more, (0, 0)], constant_values=np.nan)
        return {
            "players": state[..., :2],
            "velocities": state[..., 2:],
            "team": np.pad(self.team.astype("float32"), [(0, 0), more[-1]]),
        }


def check_frames(tracking: Tracking) -> None:
    """Raise a `ValueError` if `tracking` is empty."""
    if not len(tracking):
        raise ValueError("`tracking` must have a frame. Received: none")


def check_pitch(tracking: Tracking, model: BallPositionPredictor) -> None:
    """Raise a `ValueError` unless the pitch is that of the model."""
    if tuple(tracking.pitch) != tuple(model.pitch):
        raise ValueError(
            f"`tracking` must have the pitch of the model, {model.pitch}. "
            f"Received: {tracking.pitch}"
        )


def check_metres(players: np.ndarray, pitch: tuple[float, float]) -> None:
    """Raise a `ValueError` unless positions are metres from the centre spot."""
    known = players[~np.isnan(players).any(-1)]
    if not len(known):
        raise ValueError(
            "`players` must have a known position. Received: only NaN"
        )
    low, high = known.min(0), known.max(0)
    spread = high - low
    if (
        _outside(known, pitch) <= _OUTLIERS
        and (len(known) < _FEW or spread.max() > _SPREAD)
        and (len(known) < _MANY or low.min() < 0)
    ):
        return
    raise ValueError(
        "`players` must be metres from the centre spot, x along the length "
        f"of a pitch of {pitch[0]:g} x {pitch[1]:g} m. Received: x from "
        f"{low[0]:g} to {high[0]:g}, y from {low[1]:g} to {high[1]:g}"
        f"{_likely(low, high, pitch)}"
    )


def check_ball(ball: np.ndarray, pitch: tuple[float, float]) -> None:
    """Raise a `ValueError` unless ball positions are in metres."""
    known = ball[~np.isnan(ball).any(1)]
    if len(known) and _outside(known, pitch) > _BALLS_OUT:
        low, high = known.min(0), known.max(0)
        raise ValueError(
            "`ball` must be metres from the centre spot, like `players`, on "
            f"a pitch of {pitch[0]:g} x {pitch[1]:g} m. Received: x from "
            f"{low[0]:g} to {high[0]:g}, y from {low[1]:g} to {high[1]:g}"
        )


def _outside(known: np.ndarray, pitch: tuple[float, float]) -> float:
    """Fraction of positions far beyond the lines."""
    return float(
        np.mean((np.abs(known) > np.array(pitch) / 2 + _BESIDE).any(1))
    )


def _likely(
    low: np.ndarray, high: np.ndarray, pitch: tuple[float, float]
) -> str:
    """A guess of the unit, for the error message."""
    if low.min() >= -0.2 and high.max() <= 1.2:
        return ", which look like fractions of the pitch, from 0 to 1"
    if low.min() >= -1.2 and high.max() <= 1.2:
        return ", which look like fractions of half the pitch, from -1 to 1"
    largest = max(abs(low.min()), abs(high.max()))
    if largest > 10 * max(pitch):
        return ", which look like centimetres"
    if low.min() >= -_BESIDE and largest <= 1.2 * max(pitch):
        return ", which look like they count from a corner"
    return ""


def measured(velocities: np.ndarray, players: np.ndarray) -> np.ndarray:
    """Replace velocities that were not measured by NaN."""
    unknown = np.isnan(velocities).any(2) | np.isnan(players).any(2)
    velocities[unknown] = np.nan
    still = np.all(np.nan_to_num(velocities) == 0, axis=(1, 2))
    velocities[still] = np.nan
    return velocities


def checked_team(value: ArrayLike, shape: tuple[int, ...]) -> np.ndarray:
    """Copy teams, after a check of values and shape."""
    array = np.array(value)
    known = np.isin(array, (0, 1))
    if not known.all():
        others = np.unique(array[~known]).tolist()[:3]
        raise ValueError(f"`team` must be 0 or 1. Received: {others}")
    return checked("team", array, shape, "int8")


def checked(
    name: str,
    value: ArrayLike | None,
    shape: tuple[int, ...],
    dtype: DTypeLike,
    missing: ArrayLike | None = None,
) -> np.ndarray:
    """Copy an array, after a check of shape and values; None is `missing`."""
    if value is None and missing is not None:
        return np.full(shape, missing, dtype)
    array = np.array(value)
    if array.shape != shape:
        raise ValueError(
            f"`{name}` must have the shape {shape}, as `players` has it. "
            f"Received: {name} of shape {array.shape}"
        )
    if array.dtype.kind not in "biuf":
        raise ValueError(
            f"`{name}` must be numbers. Received: {name} of {array.dtype}"
        )
    if np.isinf(array).any():
        raise ValueError(
            f"`{name}` must be finite, or NaN where unknown. "
            f"Received: {name} with an infinite value"
        )
    return array.astype(dtype)
