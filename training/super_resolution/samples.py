"""Sample images and TensorBoard logs of a training run."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import keras
import numpy as np

from convzoo.common.folder_lock import remove_temporary
from convzoo.common.types import PathLike
from convzoo.training.super_resolution.photographs import Pair
from convzoo.training.tensorboard import (
    check_tensorboard,
    event_writer,
    write_figures,
)
from convzoo.zoo.images.bicubic import resize_bicubic
from convzoo.zoo.images.image_file import ImageFile
from convzoo.zoo.images.writing.write_image import write_image

if TYPE_CHECKING:
    from tensorboardX import SummaryWriter

_PHOTOGRAPHS = 3
_SAMPLES = "samples"
# Side of the excerpt of each photograph, in pixels.
_SIDE = 192


class Samples(keras.callbacks.Callback):
    """Writes enlarged photographs after each epoch.

    `FOLDER/samples/step_00001000.png` has a row for each photograph: bicubic
    interpolation, the network, the original. With `tensorboard`, the images and
    all metrics are also written to `FOLDER/tensorboard`.

    Args:
        folder: Folder of the run.
        pairs: Pairs of photographs; the first few are shown.
        tensorboard: Whether to write TensorBoard logs, with the package
            tensorboardX.

    Raises:
        ValueError: If tensorboardX is missing.
    """

    def __init__(
        self, folder: PathLike, pairs: Sequence[Pair], tensorboard: bool = False
    ) -> None:
        super().__init__()
        self.folder = Path(folder)
        self.pairs = pairs[:_PHOTOGRAPHS]
        self.enlarged: Sequence[np.ndarray] = []
        self.tensorboard = tensorboard
        self._writer: SummaryWriter | None = None
        if tensorboard:
            check_tensorboard()

    def on_train_begin(self, logs: dict[str, float] | None = None) -> None:
        # The run holds the lock of its folder.
        remove_temporary(self.folder / _SAMPLES)
        if self.tensorboard:
            self._writer = event_writer(self.folder)

    def show(self, enlarged: Sequence[np.ndarray]) -> None:
        """Set the outputs of the network for all photographs, in order."""
        self.enlarged = enlarged[:_PHOTOGRAPHS]

    def on_epoch_end(
        self, epoch: int, logs: dict[str, float] | None = None
    ) -> None:
        if not self.enlarged:
            return
        step = int(self.model.optimizer.iterations)
        picture = np.concatenate(
            [
                _row(pair, image)
                for pair, image in zip(self.pairs, self.enlarged, strict=True)
            ]
        )
        path = self.folder / _SAMPLES / f"step_{step:08}.png"
        path.parent.mkdir(exist_ok=True)
        # An epoch that is repeated after a kill gives the same image.
        write_image(path, ImageFile(picture), overwrite=True)
        if self._writer is not None:
            write_figures(self._writer, logs or {}, step)
            self._writer.add_image("samples", picture, step, dataformats="HWC")
        self.enlarged = []

    def on_train_end(self, logs: dict[str, float] | None = None) -> None:
        if self._writer is not None:
            self._writer.close()


def _row(pair: Pair, enlarged: np.ndarray) -> np.ndarray:
    """Centre of a photograph: interpolated, enlarged and original."""
    height, width = pair.high.shape[:2]
    images = resize_bicubic(pair.low, height, width), enlarged, pair.high
    return np.concatenate([_middle(image) for image in images], axis=1)


def _middle(image: np.ndarray) -> np.ndarray:
    """Central square in RGB, padded with black."""
    height, width = image.shape[:2]
    top, left = (max(n - _SIDE, 0) // 2 for n in (height, width))
    cut = image[top : top + _SIDE, left : left + _SIDE]
    square = np.zeros((_SIDE, _SIDE, 3), np.uint8)
    square[: cut.shape[0], : cut.shape[1]] = cut
    return square
