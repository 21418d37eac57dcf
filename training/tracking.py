"""Where players and ball were, frame by frame."""

import copy
import hashlib
from dataclasses import dataclass

import numpy as np

from convzoo.layers.checks import check_lengths

# Beyond the lines by so much a player may run, in metres.
_BESIDE = 15.0
# The largest share of positions that may be farther out.
_OUTLIERS = 0.01
# Metres over which players of a game are spread at least, and how many of them.
_SPREAD = 2.5
_FEW = 4
_ARRAYS = (
    "players",
    "team",
    "velocities",
    "ball",
    "test",
    "group",
    "time",
    "past",
)


@dataclass(frozen=True)
class Tracking:
    """Frames of a game, in metres from the centre spot.

    x runs along the length of the pitch, y along its width. What is not known
    is NaN.

    Attributes:
        players: `(frames, n, 2)`.
        team: `(frames, n)`, 0 or 1.
        velocities: `(frames, n, 2)` metres a second. Where all of a frame are
            exactly 0 they become NaN: nobody measured them.
        ball: `(frames, 2)`.
        test: booleans `(frames,)`, which frames are never learned from.
        group: integers `(frames,)`; frames of one group, of the same line-up
            or minute, are much alike, and stay together in `split`.
        time: `(frames,)` seconds, which go on by a gap from one period, or
            game, to the next.
        past: `(frames, before, n, 4)`, positions and velocities of the frames
            before each, the oldest first, for a model of several frames: see
            `with_past`. None of them, unless it was asked for.
        pitch: its length and width.

    Raises:
        ValueError: an array has another shape, there is no frame or no player,
            or positions are no metres from the centre spot.
    """

    players: np.ndarray
    team: np.ndarray
    velocities: np.ndarray | None = None
    ball: np.ndarray | None = None
    test: np.ndarray | None = None
    group: np.ndarray | None = None
    time: np.ndarray | None = None
    past: np.ndarray | None = None
    pitch: tuple[float, float] = (105.0, 68.0)

    def __post_init__(self):
        check_lengths("pitch", self.pitch)
        players = np.array(self.players, "float32")
        if players.ndim != 3 or players.shape[2] != 2 or 0 in players.shape:
            raise ValueError(
                "`players` must have the shape (frames, n, 2), with a frame "
                f"and a player. Received: players of shape {players.shape}"
            )
        frames, count, _ = players.shape
        players[np.isnan(players).any(2)] = np.nan
        check_metres(players, self.pitch)
        team = _checked("team", self.team, (frames, count), "int8", None)
        if not np.isin(team, (0, 1)).all():
            raise ValueError(
                "`team` must be 0 or 1. "
                f"Received: {sorted(set(np.unique(team)) - {0, 1})}"
            )
        velocities = _checked(
            "velocities", self.velocities, players.shape, "float32", np.nan
        )
        ball = _checked("ball", self.ball, (frames, 2), "float32", np.nan)
        ball[np.isnan(ball).any(1)] = np.nan
        test = _checked("test", self.test, (frames,), "bool", False)
        group = _checked("group", self.group, (frames,), "int64", 0)
        time = _checked("time", self.time, (frames,), "float64", np.nan)
        before = 0 if self.past is None else np.shape(self.past)[1]
        past = _checked(
            "past", self.past, (frames, before, count, 4), "float32", np.nan
        )
        for name, array in (
            ("players", players),
            ("team", team),
            ("velocities", _measured(velocities, players)),
            ("ball", ball),
            ("test", test),
            ("group", group),
            ("time", time),
            ("past", past),
        ):
            object.__setattr__(self, name, array)

    def __len__(self):
        return len(self.players)

    def __getitem__(self, frames):
        """Those frames alone, maybe none: a slice, indices or booleans."""
        return self.with_(**{n: getattr(self, n)[frames] for n in _ARRAYS})

    def with_(self, **arrays):
        """A copy with other arrays, which were checked before."""
        other = copy.copy(self)
        for name, array in arrays.items():
            object.__setattr__(other, name, array)
        return other

    @property
    def learned(self):
        """The frames to learn from: not those of the test, with a ball."""
        return self[~self.test & self.has_ball]

    @property
    def tested(self):
        """The frames of the test, with a ball."""
        return self[self.test & self.has_ball]

    def without_velocities(self):
        """The same frames, of which positions alone are known."""
        past = self.past.copy()
        past[:, :, :, 2:] = np.nan
        return self.with_(
            velocities=np.full_like(self.velocities, np.nan), past=past
        )

    def with_ball(self, ball):
        """The same frames, with the ball at `(frames, 2)`."""
        return self.with_(ball=ball.astype("float32"))

    @property
    def fingerprint(self):
        """What tells these frames from others."""
        digest = hashlib.sha256()
        for name in _ARRAYS:
            digest.update(np.ascontiguousarray(getattr(self, name)))
        return digest.hexdigest()[:16]

    def split(self, share):
        """Two parts: about a share of the frames is in the second.

        Whole groups, evenly spread, where there are several; else the last
        frames, since frames that follow each other are much alike.
        """
        groups = np.unique(self.group)
        if len(groups) > 1 and share > 0:
            chosen = groups[:: max(round(1 / share), 2)]
            held = np.isin(self.group, chosen)
        else:
            held = np.arange(len(self)) >= round((1 - share) * len(self))
        return self[~held], self[held]

    @property
    def has_ball(self):
        """Booleans `(frames,)`."""
        return ~np.isnan(self.ball[:, 0])

    def inputs(self, count=None):
        """What `BallPositionPredictor` gets.

        Args:
            count: of players in a frame, filled up with missing ones; None for
                those that there are.

        Raises:
            ValueError: there are more.
        """
        there = self.players.shape[1]
        if count is not None and count < there:
            raise ValueError(
                f"`count` must be at least that of the {there} players. "
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


def check_metres(players, pitch):
    """Raise a `ValueError` if positions have another unit or origin."""
    known = players[~np.isnan(players).any(-1)]
    if not len(known):
        raise ValueError(
            "`players` must have a position somewhere. Received: NaN alone"
        )
    half = np.array(pitch) / 2
    low, high = known.min(0), known.max(0)
    outside = np.mean((np.abs(known) > half + _BESIDE).any(1))
    spread = high - low
    if outside <= _OUTLIERS and (len(known) < _FEW or spread.max() > _SPREAD):
        return
    raise ValueError(
        "`players` must be metres from the centre spot, x along the length "
        f"of a pitch of {pitch[0]:g} x {pitch[1]:g} m. Received: x from "
        f"{low[0]:g} to {high[0]:g}, y from {low[1]:g} to {high[1]:g}"
        f"{_likely(low, high, pitch)}"
    )


def _likely(low, high, pitch):
    """The unit in which such positions may be."""
    if low.min() >= -0.2 and high.max() <= 1.2:
        return ", which look like shares of the pitch, from 0 to 1"
    if low.min() >= -1.2 and high.max() <= 1.2:
        return ", which look like shares of half the pitch, from -1 to 1"
    largest = max(abs(low.min()), abs(high.max()))
    if largest > 10 * max(pitch):
        return ", which look like centimetres"
    if low.min() >= -_BESIDE and largest <= 1.2 * max(pitch):
        return ", which look like metres from a corner"
    return ""


def _measured(velocities, players):
    """NaN where nobody measured them."""
    unknown = np.isnan(velocities).any(2) | np.isnan(players).any(2)
    velocities[unknown] = np.nan
    still = np.all(np.nan_to_num(velocities) == 0, axis=(1, 2))
    velocities[still] = np.nan
    return velocities


def _checked(name, value, shape, dtype, missing):
    """A copy of an array of that shape and type; None is `missing`."""
    if value is None and missing is not None:
        return np.full(shape, missing, dtype)
    array = np.array(value)
    if array.shape != shape:
        raise ValueError(
            f"`{name}` must have the shape {shape}, as `players` has it. "
            f"Received: {name} of shape {array.shape}"
        )
    return array.astype(dtype)
