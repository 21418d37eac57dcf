"""Training batches for `BallPositionPredictor`."""

from collections.abc import Sequence

import numpy as np

from convzoo.common.checks import check_positive
from convzoo.training.epoch_dataset import EpochDataset
from convzoo.training.football.ball_augmentation import BallAugmentation
from convzoo.training.football.drawing.pitch_view import PitchView
from convzoo.training.football.drawing.render_pitch import render_pitch
from convzoo.training.football.game_options import check_shares
from convzoo.training.football.tracking.tracking import Tracking


class BallFrames(EpochDataset):
    """Reproducible random batches of frames from several games.

    Batch `index` of epoch `epoch` depends on `(seed, epoch, index)` alone.
    Games with fewer players are padded with missing players.

    Args:
        games: List of `Tracking`. Only frames with a ball and outside the test
            set are used.
        batch_size: Number of frames per batch.
        steps: Number of batches per epoch.
        augmentation: A `BallAugmentation`, or None.
        seed: Random seed.
        view: A `PitchView` for images drawn by `render_pitch`. None for
            positions.
        shares: Sampling weights of the games, in the order of `games`; they
            need not sum to 1. None for the square roots of their numbers of
            frames. Consecutive frames at a high frame rate are redundant and
            deserve less weight.

    Returns, by index: `(inputs, ball)`, see `BallPositionPredictor`.

    Raises:
        ValueError: If an argument is invalid, or no frame can be used.
    """

    def __init__(
        self,
        games: Sequence[Tracking],
        batch_size: int = 64,
        steps: int = 400,
        augmentation: BallAugmentation | None = None,
        seed: int = 0,
        view: PitchView | None = None,
        shares: Sequence[float] | None = None,
    ) -> None:
        check_positive("batch_size", batch_size)
        check_positive("steps", steps)
        super().__init__()
        learned = [game.learned for game in games]
        if not sum(map(len, learned)):
            raise ValueError(
                "`games` must have frames with a ball, outside the test set. "
                f"Received: {len(learned)} games without"
            )
        count = max(game.players.shape[1] for game in learned)
        inputs = [game.inputs(count) for game in learned]
        self.inputs = {
            name: np.concatenate([each[name] for each in inputs])
            for name in inputs[0]
        }
        self.ball = np.concatenate([game.ball for game in learned])
        self.shares = _probabilities(shares, [len(game) for game in learned])
        self.batch_size = batch_size
        self.steps = steps
        self.augmentation = augmentation
        self.seed = seed
        self.view = view

    def __len__(self) -> int:
        return self.steps

    def __getitem__(
        self, index: int
    ) -> tuple[dict[str, np.ndarray] | np.ndarray, np.ndarray]:
        random = np.random.default_rng((self.seed, self.epoch, index))
        chosen = random.choice(
            len(self.ball), size=self.batch_size, p=self.shares
        )
        inputs = {name: array[chosen] for name, array in self.inputs.items()}
        ball = self.ball[chosen]
        if self.augmentation is not None:
            inputs, ball = self.augmentation(inputs, ball, random)
        if self.view is None:
            return inputs, ball
        return render_pitch(**inputs, view=self.view), self.view.pixels(ball)


def game_weights(
    shares: Sequence[float] | None, lengths: Sequence[int]
) -> np.ndarray:
    """Relative frequencies of the games in a batch, 0 for empty ones."""
    if shares is None:
        return np.sqrt(lengths)
    check_shares(shares, len(lengths))
    return np.where(np.greater(lengths, 0), shares, 0)


def _probabilities(
    shares: Sequence[float] | None, lengths: Sequence[int]
) -> np.ndarray:
    """Sampling probability of each frame, uniform within a game."""
    weights = game_weights(shares, lengths)
    each = np.repeat(np.divide(weights, np.maximum(lengths, 1)), lengths)
    return each / each.sum()
