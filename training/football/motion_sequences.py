"""Training batches for `BallMotion`."""

from collections.abc import Sequence

import numpy as np

from convzoo.common.checks import check_positive
from convzoo.training.epoch_dataset import EpochDataset
from convzoo.training.football.ball_frames import game_weights
from convzoo.training.football.hidden_balls import hidden_balls
from convzoo.training.football.motion_frames import (
    MotionInputs,
    with_known_balls,
)
from convzoo.training.football.motion_game import MotionGame

# Share of the sequences with gaps between frames.
_SPARSE = 0.1


class MotionSequences(EpochDataset):
    """Reproducible random batches of sequences from several games.

    Batch `index` of epoch `epoch` depends on `(seed, epoch, index)` alone. A
    sequence lies in one run of play; a shorter run is padded. Some of its balls
    are hidden, see `hidden_balls`; they are the targets. Half of the sequences
    are mirrored along each axis; a tenth has frames of a lower rate.

    Args:
        games: List of `MotionGame`.
        length: Number of frames per sequence.
        frame_rate: Frames per second of the games.
        causal: Whether later balls are unknown to a frame.
        batch_size: Number of sequences per batch.
        steps: Number of batches per epoch.
        noise: Standard deviation of the error of known balls, in metres.
        seed: Random seed.
        shares: As in `BallFrames`.

    Returns, by index: `(inputs, ball)`, see `BallMotion`.

    Raises:
        ValueError: If an argument is invalid, or no run has two frames.
    """

    def __init__(
        self,
        games: Sequence[MotionGame],
        length: int,
        frame_rate: float,
        causal: bool,
        batch_size: int = 32,
        steps: int = 250,
        noise: float = 0.1,
        seed: int = 0,
        shares: Sequence[float] | None = None,
    ) -> None:
        check_positive("length", length)
        check_positive("batch_size", batch_size)
        check_positive("steps", steps)
        super().__init__()
        self.games = list(games)
        self.stretches = [_usable(game) for game in self.games]
        counts = [
            sum(each.stop - each.start for each in stretches)
            for stretches in self.stretches
        ]
        if not sum(counts):
            raise ValueError(
                "`games` must have two successive frames with a ball. "
                f"Received: {len(self.games)} games without"
            )
        weights = game_weights(shares, counts)
        self.shares = weights / weights.sum()
        self.length = length
        self.frame_rate = frame_rate
        self.causal = causal
        self.batch_size = batch_size
        self.steps = steps
        self.noise = noise
        self.seed = seed

    def __len__(self) -> int:
        return self.steps

    def __getitem__(self, index: int) -> tuple[MotionInputs, np.ndarray]:
        random = np.random.default_rng((self.seed, self.epoch, index))
        sequences = [self._sequence(random) for _ in range(self.batch_size)]
        inputs = {
            name: np.stack([each[name] for each, _ in sequences])
            for name in sequences[0][0]
        }
        return inputs, np.stack([ball for _, ball in sequences])

    def _sequence(
        self, random: np.random.Generator
    ) -> tuple[MotionInputs, np.ndarray]:
        which = random.choice(len(self.games), p=self.shares)
        frames = _drawn(random, self.stretches[which], self.length)
        game = self.games[which]
        ball, times = game.ball[frames], game.grid.times[frames]
        hidden = hidden_balls(random, len(ball), self.frame_rate)
        shown = np.where(np.expand_dims(hidden, 1), np.nan, ball)
        shown = shown + random.normal(0, self.noise, shown.shape)
        inputs = {name: each[frames] for name, each in game.inputs.items()}
        if random.random() < _SPARSE:
            inputs = _with_gaps(random, inputs)
        inputs = with_known_balls(inputs, times, times, shown, self.causal)
        target = np.where(np.expand_dims(hidden, 1), ball, np.nan)
        signs = random.choice([-1, 1], size=2)
        inputs = mirrored(inputs, signs)
        return (
            padded(inputs, self.length),
            _padded(target * signs, self.length).astype("float32"),
        )


def mirrored(inputs: MotionInputs, signs: np.ndarray) -> MotionInputs:
    """Mirror inputs along x and y where a sign is -1."""
    factor = signs.astype("float32")
    return {
        name: array if name == "evidence" else array * factor
        for name, array in inputs.items()
    }


def padded(inputs: MotionInputs, length: int) -> MotionInputs:
    """Pad inputs to this number of frames; `inside` is 0 there."""
    padded = {name: _padded(array, length) for name, array in inputs.items()}
    padded["evidence"] = np.nan_to_num(padded["evidence"])
    return padded


def _padded(array: np.ndarray, length: int) -> np.ndarray:
    more = [(0, length - len(array))] + [(0, 0)] * (array.ndim - 1)
    return np.pad(array, more, constant_values=np.nan)


def _with_gaps(
    random: np.random.Generator, inputs: MotionInputs
) -> MotionInputs:
    """Keep every second to fifth frame only, as files of a lower rate have."""
    step = random.integers(2, 6)
    gaps = np.arange(len(inputs["places"])) % step != random.integers(step)
    inputs = {name: array.copy() for name, array in inputs.items()}
    inputs["places"][gaps] = inputs["velocities"][gaps] = np.nan
    inputs["evidence"][gaps, 1:] = 0
    return inputs


def _usable(game: MotionGame) -> list[slice]:
    """Runs with two frames and a ball."""
    return [
        each
        for each in game.grid.stretches
        if each.stop - each.start > 1
        and not np.isnan(game.ball[each]).any(axis=1).all()
    ]


def _drawn(
    random: np.random.Generator, stretches: list[slice], length: int
) -> slice:
    """Frames of a run; longer runs are drawn more often."""
    counts = np.array([each.stop - each.start for each in stretches])
    chosen = stretches[random.choice(len(counts), p=counts / counts.sum())]
    last = max(chosen.stop - length, chosen.start)
    start = int(random.integers(chosen.start, last + 1))
    return slice(start, min(start + length, chosen.stop))
