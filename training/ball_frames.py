"""Batches of frames of football for `BallPositionPredictor`."""

import numpy as np

from convzoo.layers.checks import check_number, check_positive
from convzoo.training.epoch_dataset import EpochDataset
from convzoo.training.render_pitch import render_pitch


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
        temperature: 1 draws each frame as often as any other; above, games of
            few frames come more often than their share, up to all games alike:
            a game of n frames in proportion to `n ** (1 / temperature)`.

    Returns, by index: `(inputs, ball)`, see `BallPositionPredictor`.

    Raises:
        ValueError: an argument is not as described, or there is no such frame.
    """

    def __init__(
        self,
        games,
        batch_size=64,
        steps=400,
        augmentation=None,
        seed=0,
        view=None,
        temperature=1.0,
    ):
        check_positive("batch_size", batch_size)
        check_positive("steps", steps)
        check_number("temperature", temperature, 1)
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
        lengths = np.array([len(game) for game in learned if len(game)])
        # Of each frame; those of a game share what the game has.
        shares = np.repeat(lengths ** (1 / temperature - 1), lengths)
        self.shares = shares / shares.sum()
        self.batch_size = batch_size
        self.steps = steps
        self.augmentation = augmentation
        self.seed = seed
        self.view = view

    def __len__(self):
        return self.steps

    def __getitem__(self, index):
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
