"""Batches that depend on their epoch and index only."""

from typing import Any

import keras


class EpochDataset(keras.utils.PyDataset):
    """A dataset that knows its epoch, so that an interrupted run can resume.

    Attributes:
        epoch: Current epoch, from 0. The callback of `follow` sets it.
    """

    epoch = 0

    def follow(self) -> keras.callbacks.Callback:
        """Return the callback that sets `epoch` during `fit`."""
        return keras.callbacks.LambdaCallback(on_epoch_begin=self._begin)

    # `Any`: a subclass may return a `tf.data.Dataset`.
    def source(self) -> Any:
        """Return the dataset for `fit`."""
        return self

    def _begin(self, epoch: int, logs: dict[str, Any] | None) -> None:
        self.epoch = epoch
