"""Data augmentation for frames of a game."""

from dataclasses import dataclass, fields

import numpy as np

from convzoo.common.checks import check_fraction, check_number

# Range of the length of the pitch in the view of a camera, in metres.
_SEEN = (35.0, 70.0)
# Minimum number of players in the view of a camera.
_LEAST = 4


@dataclass(frozen=True)
class BallAugmentation:
    """Augments a batch of frames at random, each frame independently.

    Mirrors along x, mirrors along y and swaps the teams, each with a
    probability of 0.5.

    Attributes:
        jitter: Maximum standard deviation of Gaussian noise on positions, in
            metres, and on velocities, in metres per second. The standard
            deviation of a frame is uniform in [0, `jitter`].
        stretch: Maximum relative change of the length and of the width of the
            pitch.
        drop_velocities: Probability of a frame without velocities.
        drop_players: Probability of dropping a player, in a third of the
            frames.
        crop: Probability of cropping a frame to a camera view, 35 to 70 metres
            long, that contains the ball. Players outside become missing.

    Call arguments:
        inputs: Single or multiple frames, as from `Tracking.inputs`.
        ball: Ball positions `(batch, 2)`.
        random: A `numpy.random.Generator`.

    Returns, when called: Augmented copies of inputs and ball.

    Raises:
        ValueError: If an argument is invalid.
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
        # The newest frame decides who is missing in all of them.
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
        """Mask `(batch, n)` of the players outside the view of a camera."""
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
        """Mask `(batch, n)` of the players to drop."""
        third = random.random((len(team), 1)) < 1 / 3
        return third & (random.random(team.shape) < self.drop_players)
