"""Some consecutive batches of an epoch."""

from typing import Any

import keras

from convzoo.training.epoch_dataset import EpochDataset


class PartOfEpoch(EpochDataset):
    """The batches of an epoch from one index to another.

    Args:
        whole: The dataset.
        start: Index of the first batch.
        stop: Index after the last batch.
    """

    def __init__(self, whole: EpochDataset, start: int, stop: int) -> None:
        super().__init__()
        self.whole = whole
        self.start = start
        self.stop = stop
        self.shapes_vary = whole.shapes_vary

    def __len__(self) -> int:
        return self.stop - self.start

    def __getitem__(self, index: int) -> Any:
        return self.whole[self.start + index]

    def follow(self) -> keras.callbacks.Callback:
        return self.whole.follow()
