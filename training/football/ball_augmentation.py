"""Frames of a game, changed so that they could be of another."""

from dataclasses import dataclass, fields

import numpy as np

from convzoo.common.checks import check_fraction, check_number

# A camera sees so many metres of the length of the pitch.
_SEEN = (35.0, 70.0)
# It keeps at least so many players.
_LEAST = 4


@dataclass(frozen=True)
class BallAugmentation:
    """Changes a batch of frames: each frame by draws of its own.

    Mirrors along x and y, and swaps the teams, each in half of the frames.

    Attributes:
        jitter: largest standard deviation of noise on positions, in metres, and
            on velocities, in metres a second; each frame has its own, evenly
            between 0 and this.
        stretch: by at most this share a pitch is made longer, or shorter, and
            by another wider, or narrower.
        drop_velocities: share of the frames whose velocities are all unknown.
        drop_players: share of the players that are missing, in a third of the
            frames.
        crop: share of the frames of which a camera sees a part, 35 to 70 metres
            long, with the ball anywhere in it; players beyond are missing.

    Call arguments:
        inputs: as `Tracking.inputs`, of single frames or of several.
        ball: `(batch, 2)`.
        random: a `numpy.random.Generator`.

    Returns, when called: inputs and ball, changed copies.

    Raises:
        ValueError: an argument is not as described.
    """

    jitter: float = 0.2
    stretch: float = 0.05
    drop_velocities: float = 0.3
    drop_players: float = 0.1
    crop: float = 0.15

    def __post_init__(self) -> None:
        check_number("jitter", self.jitter, 0)
        check_number("stretch", self.stretch, 0, 1)
        for field in fields(self)[2:]:
            check_fraction(field.name, getattr(self, field.name))

    def __call__(
        self,
        inputs: dict[str, np.ndarray],
        ball: np.ndarray,
        random: np.random.Generator,
    ) -> tuple[dict[str, np.ndarray], np.ndarray]:
        players = inputs["players"].copy()
        velocities = inputs["velocities"].copy()
        team = inputs["team"].copy()
        ball = ball.copy()
        batch = len(ball)
        factors = random.choice(np.array([-1, 1], "float32"), (batch, 2))
        factors *= random.uniform(
            1 - self.stretch, 1 + self.stretch, (batch, 2)
        )
        for array in (players, velocities, ball):
            array *= factors.reshape(batch, *[1] * (array.ndim - 2), 2)
        swapped = random.random(batch) < 0.5
        team[swapped] = 1 - team[swapped]
        for array in (players, velocities):
            scale = self.jitter * random.random(batch)
            scale = scale.reshape(batch, *[1] * (array.ndim - 1))
            array += scale * random.normal(size=array.shape)
        # Of several frames, the newest counts.
        newest = players if players.ndim == 3 else players[:, -1]
        missing = self._beyond_the_camera(newest, ball, random)
        missing |= self._dropped(team, random)
        missing = missing.reshape(batch, *[1] * (players.ndim - 3), -1, 1)
        for array in (players, velocities):
            np.copyto(array, np.nan, where=missing)
        velocities[random.random(batch) < self.drop_velocities] = np.nan
        changed = {"players": players, "velocities": velocities, "team": team}
        return changed, ball

    def _beyond_the_camera(
        self, players: np.ndarray, ball: np.ndarray, random: np.random.Generator
    ) -> np.ndarray:
        """Who is missing: booleans `(batch, n)`."""
        batch = len(ball)
        length = random.uniform(*_SEEN, batch)
        middle = ball[:, 0] + length * (random.random(batch) - 0.5)
        distance = np.abs(players[:, :, 0] - np.expand_dims(middle, 1))
        beyond = distance > np.expand_dims(length / 2, 1)
        left = ~beyond & ~np.isnan(players[:, :, 0])
        cropped = random.random(batch) < self.crop
        cropped &= left.sum(axis=1) >= _LEAST
        return beyond & np.expand_dims(cropped, 1)

    def _dropped(
        self, team: np.ndarray, random: np.random.Generator
    ) -> np.ndarray:
        third = random.random((len(team), 1)) < 1 / 3
        return third & (random.random(team.shape) < self.drop_players)
