"""Batches that depend on their epoch and index only."""

from typing import Any

import keras

from convzoo.training.tf_source import tf_source


class EpochDataset(keras.utils.PyDataset):
    """A dataset that knows its epoch, so that an interrupted run can resume.

    Attributes:
        epoch: Current epoch, from 0. The callback of `follow` sets it.
        shapes_vary: Whether batches differ in height and width.
    """

    epoch = 0
    shapes_vary = False

    def follow(self) -> keras.callbacks.Callback:
        """Return the callback that sets `epoch` during `fit`."""
        return keras.callbacks.LambdaCallback(on_epoch_begin=self._begin)

    # `Any`: TensorFlow is imported when it is needed.
    def source(self) -> Any:
        """Return the dataset for `fit`."""
        if self.shapes_vary and keras.config.backend() == "tensorflow":
            return tf_source(self)
        return self

    def _begin(self, epoch: int, logs: dict[str, Any] | None) -> None:
        self.epoch = epoch
