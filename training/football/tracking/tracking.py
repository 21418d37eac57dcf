"""Tracking data of a game: positions of players and ball."""

import copy
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike

from convzoo.common.checks import check_lengths, is_integer
from convzoo.training.football.tracking.checked_arrays import (
    checked,
    checked_index,
    checked_team,
    checked_whole,
    measured,
)
from convzoo.training.football.tracking.placeholders import (
    far_away,
    forget_placeholders,
)
from convzoo.training.football.tracking.player_names import (
    checked_names,
    checked_team_names,
)

# What a model learns from, and all arrays of frames.
_LEARNED = (
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
_ARRAYS = (*_LEARNED, "who", "period", "carrier")
# Seconds between the beginnings of two periods in `time`, more than a period
# has.
SECONDS_OF_PERIOD = 60_000
_LAST_PERIOD = 99
# Maximum number of players of a file, on the pitch or not. Pairs of players
# fill the memory.
MOST_PLAYERS = 200


# Not a generated `__init__`: arguments may be None, attributes never are.
@dataclass(frozen=True, init=False)
class Tracking:
    """Frames of a game, in metres from the centre spot.

    x runs along the length of the pitch, y along its width, up or down: a
    mirrored pitch is a pitch. Unknown values are NaN. Positions far outside of
    the pitch, and placeholders of missing ones, become NaN with a warning, see
    `forget_placeholders`.

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
            between games. Where the argument `period` is known, the argument
            `time` may start again in each period: 60,000 seconds are added per
            period, and `clock` is without them.
        number: Integers `(frames,)`, the frame numbers of the file, which may
            repeat. Defaults to the indices.
        past: Positions and velocities `(frames, before, n, 4)` of past frames,
            the oldest first, see `with_past`. Defaults to no past frames.
        past_rate: Frames per second of `past`.
        pitch: Length and width of the pitch.
        names: Names of the players, such as shirt numbers. Empty if unknown.
        team_names: Names of team 0 and team 1. Defaults to "team 0" and
            "team 1".
        who: Indices `(frames, n)` in `names`, -1 where unknown. Defaults to one
            player per column.
        period: Integers `(frames,)` from 0 to 99, -1 where unknown. Frame
            numbers may start again in each period.
        carrier: Indices `(frames,)` of the players who have the ball, -1 where
            unknown.

    Raises:
        ValueError: If an array has another shape, there is no frame or no
            player, there are more than 200 players, or positions are not metres
            from the centre spot.
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
    names: tuple[str, ...]
    team_names: tuple[str, str]
    who: np.ndarray
    period: np.ndarray
    carrier: np.ndarray

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
        names: Sequence[str] | None = None,
        team_names: Sequence[str] | None = None,
        who: ArrayLike | None = None,
        period: ArrayLike | None = None,
        carrier: ArrayLike | None = None,
    ) -> None:
        check_lengths("pitch", pitch)
        players = np.array(players)
        if players.ndim != 3 or players.shape[2] != 2 or 0 in players.shape:
            raise ValueError(
                "`players` must have the shape (frames, n, 2), with a frame "
                f"and a player. Received: players of shape {players.shape}"
            )
        if players.shape[1] > MOST_PLAYERS:
            raise ValueError(
                f"`players` must have at most {MOST_PLAYERS} players. "
                f"Received: {players.shape[1]}"
            )
        frames, count, _ = shape = players.shape
        players = checked("players", players, shape, "float32")
        players[np.isnan(players).any(2)] = np.nan
        team = checked_team(team, (frames, count))
        velocities = checked("velocities", velocities, shape, "float32", np.nan)
        ball = checked("ball", ball, (frames, 2), "float32", np.nan)
        ball[np.isnan(ball).any(1)] = np.nan
        period = checked_index("period", period, (frames,), _LAST_PERIOD)
        time = checked("time", time, (frames,), "float64", np.nan)
        time += SECONDS_OF_PERIOD * period.clip(0)
        forget_placeholders(players, velocities, ball, time, pitch)
        test = checked("test", test, (frames,), "bool", False)
        group = checked_whole("group", group, (frames,), 0)
        number = checked_whole("number", number, (frames,), np.arange(frames))
        before = (0,) if past is None else np.shape(past)[1:2] or (0,)
        past = checked(
            "past", past, (frames, *before, count, 4), "float32", np.nan
        )
        past[far_away(past[..., :2], pitch)] = np.nan
        names, who = checked_names(names, who, (frames, count))
        carrier = checked_index("carrier", carrier, (frames,), count - 1)
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
            ("names", names),
            ("team_names", checked_team_names(team_names)),
            ("who", who),
            ("period", period),
            ("carrier", carrier),
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

    @property
    def clock(self) -> np.ndarray:
        """Times `(frames,)` in seconds, as in the file."""
        return self.time - SECONDS_OF_PERIOD * self.period.clip(0)

    def index_of(self, number: int, period: int | None = None) -> int:
        """Index of the frame with this number in the file.

        Args:
            number: Number of the frame.
            period: Period of the frame. None for any; needed if frames of
                several periods have the number.

        Raises:
            ValueError: If no frame has that number, or the period is needed.
        """
        there = np.ones(len(self), bool)
        if period is not None:
            there = self.period == period
            if not there.any():
                raise ValueError(
                    f"there is no period {period}; {self._listed(self.period)}"
                )
        numbers = self.number[there]
        found = np.flatnonzero(there)[numbers == number]
        if not len(found):
            within = "" if period is None else f" in period {period}"
            raise ValueError(
                f"there is no frame {number}{within}; there are "
                f"{len(numbers)}, from {numbers.min()} to {numbers.max()}"
            )
        if np.ptp(self.period[found]):
            raise ValueError(
                f"there is a frame {number} in more than one period; `period` "
                f"chooses one; {self._listed(self.period[found])}"
            )
        return int(found[0])

    def frame_of(self, frame: int) -> str:
        """The number of a frame, such as "12", or "12 of period 2".

        The period is named if another one has a frame of that number.
        """
        number, period = self.number[frame], self.period[frame]
        others = self.period[self.number == number]
        alone = (others == period).all() or period < 0
        return f"{number}" if alone else f"{number} of period {period}"

    @staticmethod
    def _listed(periods: np.ndarray) -> str:
        known = [str(period) for period in np.unique(periods) if period >= 0]
        if not known:
            return "periods are unknown"
        return f"there are {' and '.join(known)}"

    def name_of(self, frame: int, column: int) -> str:
        """Name of the player in a column of a frame; else the column's index.

        Args:
            frame: Index of the frame.
            column: Index of the player, as in `players`.
        """
        who = self.who[frame, column]
        return str(column) if who < 0 else self.names[who] or str(column)

    def team_of(self, frame: int, column: int) -> str:
        """Name of the team of the player in a column of a frame."""
        return self.team_names[self.team[frame, column]]

    def title_of(self, frame: int, column: int) -> str:
        """Name and team, such as "player 7 of Red" or "Ann of Red"."""
        name = self.name_of(frame, column)
        title = f"player {name}" if name.isdecimal() else name
        return f"{title} of {self.team_of(frame, column)}"

    def without_velocities(self) -> Self:
        """Copy with unknown velocities."""
        past = self.past.copy()
        past[:, :, :, 2:] = np.nan
        return self.with_(
            velocities=np.full_like(self.velocities, np.nan), past=past
        )

    def scaled_to(self, pitch: tuple[float, float]) -> Self:
        """Copy scaled to a pitch of another length and width.

        Raises:
            ValueError: If `pitch` is invalid.
        """
        check_lengths("pitch", pitch)
        if tuple(pitch) == self.pitch:
            return self
        scale = (np.array(pitch) / self.pitch).astype("float32")
        return self.with_(
            players=self.players * scale,
            velocities=self.velocities * scale,
            ball=self.ball * scale,
            past=self.past * np.tile(scale, 2),
            pitch=(pitch[0], pitch[1]),
        )

    def with_ball(self, ball: ArrayLike) -> Self:
        """Copy with ball positions `(frames, 2)`."""
        shape = len(self), 2
        return self.with_(ball=checked("ball", ball, shape, "float32"))

    @property
    def fingerprint(self) -> str:
        """Hash of the frames."""
        digest = hashlib.sha256()
        for name in _LEARNED:
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
