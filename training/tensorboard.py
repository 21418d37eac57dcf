"""TensorBoard logs without TensorFlow."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import keras

from convzoo.common.types import PathLike

# tensorboardX is an optional dependency, imported when a writer is created.
if TYPE_CHECKING:
    from tensorboardX import SummaryWriter

# Maximum delay of the log, and what a killed run can lose of it.
_FLUSH_SECONDS = 10


def check_tensorboard() -> None:
    """Raise a `ValueError` if tensorboardX is missing."""
    try:
        import tensorboardX  # noqa: F401
    except ImportError as error:
        raise ValueError(
            "`tensorboard` needs the package tensorboardX; "
            "pip install convzoo[tensorboard]. Received: tensorboard=True"
        ) from error


def event_writer(folder: PathLike) -> "SummaryWriter":
    """Return a `tensorboardX.SummaryWriter` for `folder/tensorboard`.

    Only `close` writes everything: `flush` skips what is still queued for the
    writer's thread.
    """
    from tensorboardX import SummaryWriter

    return SummaryWriter(
        str(Path(folder) / "tensorboard"), flush_secs=_FLUSH_SECONDS
    )


def write_figures(
    writer: "SummaryWriter", figures: Mapping[str, float], step: int
) -> None:
    """Write scalars by name."""
    for name, value in figures.items():
        writer.add_scalar(name, float(value), step)


class Curves(keras.callbacks.Callback):
    """Writes the metrics of each epoch, by optimizer step.

    Args:
        folder: Folder of the run.

    Raises:
        ValueError: If tensorboardX is missing.
    """

    def __init__(self, folder: PathLike) -> None:
        super().__init__()
        check_tensorboard()
        self.folder = folder

    def on_train_begin(self, logs: dict[str, float] | None = None) -> None:
        self._writer = event_writer(self.folder)

    def on_epoch_end(
        self, epoch: int, logs: dict[str, float] | None = None
    ) -> None:
        step = int(self.model.optimizer.iterations)
        write_figures(self._writer, logs or {}, step)

    def on_train_end(self, logs: dict[str, float] | None = None) -> None:
        self._writer.close()
