"""Simulated football, for tests and demonstrations only."""

import numpy as np

from convzoo.common.checks import check_above, check_positive, check_seed
from convzoo.training.football.tracking.tracking import Tracking

_PITCH = np.array([105.0, 68.0])
# Formation of a team attacking towards larger x, in units of half the pitch.
_FORMATION = np.array(
    [
        [-0.92, 0.0],
        *[[-0.55, y] for y in (-0.65, -0.22, 0.22, 0.65)],
        *[[-0.1, y] for y in (-0.7, -0.25, 0.25, 0.7)],
        *[[0.3, y] for y in (-0.25, 0.25)],
    ]
)
# Maximum speed of players, and speeds of dribbling and of a pass, in metres per
# second.
_RUN, _DRIBBLE, _PASS = 7.0, 4.0, 14.0
# Relaxation rate of velocities to their targets, per second.
_AGILITY = 3.0
# Shift of a team along x and y, relative to the position of the ball.
_SHIFT = np.array([0.55, 0.35])
# Passes per second of a carrier; distance in metres at which the ball is won.
_PASSES, _WON = 0.5, 1.0


def simulate_play(
    frames: int, frame_rate: float = 5.0, seed: int = 0
) -> Tracking:
    """Simulate passing play as a `Tracking`.

    Two teams of eleven move with the ball. The carrier dribbles or passes to a
    team-mate; two opponents run at the ball; whoever reaches it becomes the
    carrier. There are no goals, rules or tactics: results on simulated play do
    not transfer to real games.

    Args:
        frames: Number of frames.
        frame_rate: Frames per second.
        seed: Random seed.

    Raises:
        ValueError: If an argument is invalid.
    """
    check_positive("frames", frames)
    check_above("frame_rate", frame_rate, 0)
    check_seed(seed)
    play = _Play(np.random.default_rng(seed), 1 / frame_rate)
    states = [play.step() for _ in range(frames)]
    players, velocities, ball = map(np.stack, zip(*states, strict=True))
    team = np.tile(play.team, (frames, 1))
    time = np.arange(frames) / frame_rate
    return Tracking(players, team, velocities, ball, time=time)


class _Play:
    def __init__(self, random: np.random.Generator, seconds: float) -> None:
        self.random = random
        self.seconds = seconds
        self.team = np.repeat([0, 1], 11)
        homes = np.concatenate([_FORMATION, -_FORMATION]) * _PITCH / 2
        self.homes = homes
        self.players = homes + random.normal(0, 2, homes.shape)
        self.velocities = np.zeros_like(homes)
        self.carrier = int(random.integers(22))
        self.ball = self.players[self.carrier].copy()
        self.receiver: int | None = None

    def step(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Advance by a frame; return positions, velocities and ball."""
        self._move_players()
        if self.receiver is None:
            self._dribble()
        else:
            self._fly()
        return self.players.copy(), self.velocities.copy(), self.ball.copy()

    def _move_players(self) -> None:
        wanted = (self.homes + _SHIFT * self.ball - self.players) / 2
        wanted += self.random.normal(0, 1, wanted.shape)
        for index in self._chasers():
            wanted[index] = (self.ball - self.players[index]) * 2
        if self.receiver is None:
            goal = np.array(
                [52.5 if self.team[self.carrier] == 0 else -52.5, 0]
            )
            wanted[self.carrier] = _of_length(
                goal - self.players[self.carrier], _DRIBBLE
            )
        share = min(_AGILITY * self.seconds, 1.0)
        wanted = _shortened(wanted, _RUN)
        self.velocities += share * (wanted - self.velocities)
        self.players += self.seconds * self.velocities
        self.players = np.clip(self.players, -_PITCH / 2, _PITCH / 2)

    def _chasers(self) -> list[int]:
        """Players who run at the ball: two opponents, and a receiver."""
        opponents = np.flatnonzero(self.team != self.team[self.carrier])
        near = np.argsort(self._distances()[opponents])[:2]
        receiver = [] if self.receiver is None else [self.receiver]
        return [*opponents[near], *receiver]

    def _dribble(self) -> None:
        self.ball = self.players[self.carrier] + self.random.normal(0, 0.3, 2)
        rival = self._nearest(self.team != self.team[self.carrier])
        if self._distances()[rival] < _WON and self.random.random() < 0.3:
            self.carrier = rival
        elif self.random.random() < _PASSES * self.seconds:
            own = self.team == self.team[self.carrier]
            own[self.carrier] = False
            distances = np.where(own, self._distances(), np.inf)
            likely = np.exp(-distances / 12)
            likely /= likely.sum()
            self.receiver = int(self.random.choice(22, p=likely))

    def _fly(self) -> None:
        way = self.players[self.receiver] - self.ball
        self.ball = self.ball + _shortened(way, _PASS * self.seconds)
        others = np.arange(22) != self.carrier
        first = self._nearest(others)
        if self._distances()[first] < _WON:
            self.carrier, self.receiver = first, None

    def _distances(self) -> np.ndarray:
        return np.linalg.norm(self.players - self.ball, axis=1)

    def _nearest(self, among: np.ndarray) -> int:
        return int(np.where(among, self._distances(), np.inf).argmin())


def _of_length(vectors: np.ndarray, length: float) -> np.ndarray:
    """Vectors scaled to a length."""
    norm = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return vectors / np.maximum(norm, 1e-9) * length


def _shortened(vectors: np.ndarray, length: float) -> np.ndarray:
    """Vectors shortened to a maximum length."""
    norm = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return vectors * np.minimum(1, length / np.maximum(norm, 1e-9))
