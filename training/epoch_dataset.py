"""Batches that depend on the epoch and their index alone."""

from typing import Any

import keras


class EpochDataset(keras.utils.PyDataset):
    """A dataset that knows its epoch, so that a run goes on where it was.

    Attributes:
        epoch: counted from 0; `fit` tells it by the callback of `follow`.
    """

    epoch = 0

    def follow(self) -> keras.callbacks.Callback:
        """The callback by which `fit` tells which epoch it is in."""
        return keras.callbacks.LambdaCallback(on_epoch_begin=self._begin)

    def source(self) -> Any:
        """What `fit` gets."""
        return self

    def _begin(self, epoch: int, logs: dict[str, Any] | None) -> None:
        self.epoch = epoch
