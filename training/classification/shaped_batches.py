"""Batches whose shapes are known before they are read."""

from abc import abstractmethod

from convzoo.training.epoch_dataset import EpochDataset


class ShapedBatches(EpochDataset):
    """Batches of several shapes."""

    shapes_vary = True

    @abstractmethod
    def shape_of(self, index: int) -> tuple[int, ...]:
        """Return the rows and columns of a batch of this epoch, unread."""

    @abstractmethod
    def size_of(self, index: int) -> int:
        """Return the number of images of a batch of this epoch, unread."""
