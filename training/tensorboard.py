"""Figures and pictures for TensorBoard, without TensorFlow."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import keras

from convzoo.common.types import PathLike

# tensorboardX is an extra, which is imported where it is asked for.
if TYPE_CHECKING:
    from tensorboardX import SummaryWriter

# At most so much later TensorBoard sees it, and a killed run loses it.
_FLUSH_SECONDS = 10


def event_writer(folder: PathLike) -> "SummaryWriter":
    """A `tensorboardX.SummaryWriter` for `folder/tensorboard`.

    Only its `close` writes all: its `flush` leaves out what still waits for its
    thread.

    Raises:
        ValueError: tensorboardX is missing.
    """
    try:
        from tensorboardX import SummaryWriter
    except ImportError as error:
        raise ValueError(
            "`tensorboard` needs the package tensorboardX; "
            "pip install convzoo[tensorboard]. Received: tensorboard=True"
        ) from error
    return SummaryWriter(
        str(Path(folder) / "tensorboard"), flush_secs=_FLUSH_SECONDS
    )


def write_figures(
    writer: "SummaryWriter", figures: Mapping[str, float], step: int
) -> None:
    """Add numbers by name."""
    for name, value in figures.items():
        writer.add_scalar(name, float(value), step)


class Curves(keras.callbacks.Callback):
    """Writes the figures of each epoch, by the optimizer's steps.

    Args:
        folder: of the run.

    Raises:
        ValueError: tensorboardX is missing.
    """

    def __init__(self, folder: PathLike) -> None:
        super().__init__()
        self._writer = event_writer(folder)

    def on_epoch_end(
        self, epoch: int, logs: dict[str, float] | None = None
    ) -> None:
        step = int(self.model.optimizer.iterations)
        write_figures(self._writer, logs or {}, step)

    def on_train_end(self, logs: dict[str, float] | None = None) -> None:
        self._writer.close()
