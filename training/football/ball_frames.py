"""Batches of frames of football for `BallPositionPredictor`."""

from collections.abc import Sequence

import numpy as np

from convzoo.common.checks import check_above, check_positive
from convzoo.training.epoch_dataset import EpochDataset
from convzoo.training.football.ball_augmentation import BallAugmentation
from convzoo.training.football.drawing.pitch_view import PitchView
from convzoo.training.football.drawing.render_pitch import render_pitch
from convzoo.training.football.tracking.tracking import Tracking


class BallFrames(EpochDataset):
    """Frames of several games, in batches that are the same whenever asked for.

    Batch `index` of epoch `epoch` depends on `(seed, epoch, index)` alone.
    Games with fewer players are filled up with missing ones.

    Args:
        games: `Tracking`s; their frames with a ball, outside of the test, are
            learned from.
        batch_size: frames in a batch.
        steps: batches in an epoch.
        augmentation: None, or a `BallAugmentation`.
        seed: of the random draws.
        view: None, or a `PitchView` for pictures that `render_pitch` draws.
        shares: of each game in a batch, in the order of `games`; they need not
            sum to 1. None for shares in proportion to the square roots of their
            numbers of frames. One whose frames follow each other closely may
            get less: they are much alike.

    Returns, by index: `(inputs, ball)`, see `BallPositionPredictor`.

    Raises:
        ValueError: an argument is not as described, or there is no such frame.
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
                "`games` must have frames with a ball, outside of the test. "
                f"Received: {len(learned)} games without"
            )
        count = max(game.players.shape[1] for game in learned)
        inputs = [game.inputs(count) for game in learned]
        self.inputs = {
            name: np.concatenate([each[name] for each in inputs])
            for name in inputs[0]
        }
        self.ball = np.concatenate([game.ball for game in learned])
        self.shares = _of_frames(shares, [len(game) for game in learned])
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


def _of_frames(
    shares: Sequence[float] | None, lengths: Sequence[int]
) -> np.ndarray:
    """The probability of each frame; those of a game share what it has."""
    if shares is None:
        weights = np.sqrt(lengths)
    else:
        _check_shares(shares, len(lengths))
        weights = np.array(shares)
    each = np.repeat(np.divide(weights, np.maximum(lengths, 1)), lengths)
    return each / each.sum()


def _check_shares(shares: Sequence[float], count: int) -> None:
    if not isinstance(shares, (tuple, list)) or len(shares) != count:
        raise ValueError(
            f"`shares` must be {count} numbers, one a game. "
            f"Received: shares={shares!r}"
        )
    for index, share in enumerate(shares):
        check_above(f"shares[{index}]", share, 0)
