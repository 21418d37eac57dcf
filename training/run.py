"""A training run in a folder, which resumes after it was killed."""

import json
import math
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, get_args
from zipfile import BadZipFile

import keras
import numpy as np

from convzoo.common.choices import Verbose
from convzoo.common.option import identity
from convzoo.common.output_file import renamed, write_whole
from convzoo.common.types import PathLike, Tensor
from convzoo.presets.find_preset import RUN, RunWeights
from convzoo.training.epoch_dataset import EpochDataset
from convzoo.zoo.pretrained import Pretrained
from convzoo.zoo.save_preset import default_card, recover_preset, save_preset

_STATE, _LOG = "state.npz", "log.jsonl"


class Run(keras.callbacks.Callback):
    """Saves the complete state of `fit` after each epoch.

    After each epoch, the moving average of the weights is validated and saved,
    as the best if it is the best so far. Then the weights, the optimizer with
    the average, the epoch and the log are written to one file, which replaces
    the last one in a single step. A run that is killed at any moment repeats at
    most one epoch, on the same data, and ends with the same weights: to the
    last bit if the backend is deterministic, as TensorFlow is on one thread
    (`TF_NUM_INTRAOP_THREADS=1`), and up to rounding otherwise.

    The folder holds `run.json` (the settings, with the class of the model),
    `state.npz`, `log.jsonl` (one line per epoch), and two preset folders with
    the moving averages of the weights, `best` and `last`.

    An epoch that ends with a loss or weights that are NaN or infinite ends the
    run and changes no file.

    Args:
        folder: Folder of the run. Created if it is missing.
        settings: JSON values that identify the run. A folder with a run of
            other settings is refused.
        validate: Function of the model that returns validation figures.
        score: Name of the figure that chooses the best weights. Higher is
            better, or lower if the name starts with a minus.
        subject: Function that returns the model to save, given the model that
            is trained. Default: that model itself.
        patience: Number of epochs without a better score after which the run
            ends, or None.

    Raises:
        ValueError: The folder holds another run, something else, or cannot be
            written.
    """

    def __init__(
        self,
        folder: PathLike,
        settings: dict[str, Any],
        validate: Callable[[Any], dict[str, float]],
        score: str,
        subject: Callable[[Any], keras.Model] | None = None,
        patience: int | None = None,
    ) -> None:
        super().__init__()
        self.folder = Path(folder)
        self.validate = validate
        self.score = score
        self.subject = subject or (lambda model: model)
        self.patience = patience
        self.log: list[dict[str, Any]] = []
        self.lost_epoch: int | None = None
        self._open(settings)

    @property
    def best(self) -> dict[str, Any] | None:
        """The log entry with the best score, the last one of equals."""
        return max(reversed(self.log), key=self._quality, default=None)

    @property
    def epochs_done(self) -> int:
        return len(self.log)

    @property
    def is_over(self) -> bool:
        """Whether the best score was first reached `patience` epochs ago."""
        if self.patience is None or not self.log:
            return False
        first = max(self.log, key=self._quality)
        return self.epochs_done - 1 - first["epoch"] >= self.patience

    def _quality(self, entry: dict[str, Any]) -> float:
        """The score with the sign that makes higher better."""
        sign = -1 if self.score.startswith("-") else 1
        quality = sign * entry[self.score.removeprefix("-")]
        return -math.inf if math.isnan(quality) else quality

    def restore(self, model: keras.Model) -> None:
        """Load the state of the run into a built, compiled model."""
        path = self.folder / _STATE
        if not path.exists():
            return
        try:
            # NumPy would leave a truncated file open.
            with open(path, "rb") as file, np.load(file) as stored:
                arrays = {name: stored[name] for name in stored.files}
            log = json.loads(str(arrays["log"]))
            state = [(v, arrays[name]) for name, v in _variables(model)]
        except (EOFError, KeyError, OSError, ValueError, BadZipFile) as error:
            raise ValueError(
                f"{path}: is truncated or altered ({error}). The presets in "
                "the folder are intact; remove this file to train from the "
                "start, or name another folder"
            ) from error
        for variable, array in state:
            variable.assign(array)
        self.log = log

    def train(
        self,
        model: keras.Model,
        data: EpochDataset,
        epochs: int,
        verbose: Verbose = "auto",
        callbacks: Iterable[keras.callbacks.Callback] = (),
    ) -> None:
        """`fit` a built, compiled model from where the run stands.

        Args:
            model: The same model whenever the run is resumed.
            data: An `EpochDataset`, such as `Patches`.
            epochs: Epoch at which the run ends.
            verbose: As in `keras.Model.fit`.
            callbacks: Callbacks to call after the run has saved its files.

        Raises:
            ValueError: The files cannot be used, or the loss became NaN or
                infinite.
        """
        # A model that cannot be saved fails now, not after an epoch.
        keras.saving.serialize_keras_object(self.subject(model))
        self.restore(model)
        if self.is_over:
            return
        model.fit(
            data.source(),
            initial_epoch=self.epochs_done,
            epochs=epochs,
            callbacks=[
                data.follow(),
                keras.callbacks.TerminateOnNaN(),
                self,
                *callbacks,
            ],
            verbose=verbose,
            shuffle=False,
        )
        if self.lost_epoch is not None:
            raise ValueError(
                f"{self.folder}: the loss or the weights became NaN or "
                f"infinite in epoch {self.lost_epoch + 1}; the weights before "
                "it are saved. "
                "Train in another folder, with a smaller learning rate"
            )

    def on_epoch_end(
        self, epoch: int, logs: dict[str, Any] | None = None
    ) -> None:
        logs = {} if logs is None else logs
        state = {
            name: keras.ops.convert_to_numpy(variable)
            for name, variable in _variables(self.model)
        }
        # The loss is that of the weights before the last update.
        if not np.isfinite(logs["loss"]) or not _all_finite(state):
            self.lost_epoch = epoch
            self.model.stop_training = True
            return
        entry = {"epoch": epoch, **{k: float(v) for k, v in logs.items()}}
        self.model.optimizer.finalize_variable_values(
            self.model.trainable_variables
        )
        figures = self.validate(self.model)
        logs.update(figures)
        entry.update(figures)
        self.log.append(entry)
        self._save_preset("last")
        if self.best is entry:
            self._save_preset("best")
        for name, variable in _variables(self.model):
            variable.assign(state[name])
        self._save_state(state)
        if self.is_over:
            self.model.stop_training = True

    def _open(self, settings: dict[str, Any]) -> None:
        path = self.folder / RUN
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ValueError(
                f"{self.folder}: cannot be written ({error.strerror})"
            ) from error
        if not path.exists():
            self._check_unused()
            write_whole(path, json.dumps(settings, indent=2) + "\n")
        for which in get_args(RunWeights):
            recover_preset(self.folder / which)
        try:
            found = dict(json.loads(path.read_text()))
        except (OSError, TypeError, ValueError) as error:
            raise ValueError(
                f"{path}: holds no settings of a run ({error}); name another "
                "folder"
            ) from error
        if found.get("class") != settings.get("class"):
            raise ValueError(
                f"{self.folder}: holds a run of a "
                f"{found.get('class', 'model')}; name another folder for a "
                f"{settings.get('class', 'model')}"
            )
        # As they are read back: tuples become lists.
        settings = json.loads(json.dumps(settings))
        for name in sorted({*found, *settings}):
            if found.get(name) != settings.get(name):
                raise ValueError(
                    f"{self.folder}: holds a run with {name}="
                    f"{found.get(name)!r}; name another folder. "
                    f"Received: {name}={settings.get(name)!r}"
                )
        # Only now it is known to be this run's folder.
        for killed in self.folder.glob(".writing-*"):
            shutil.rmtree(killed, ignore_errors=True)

    def _check_unused(self) -> None:
        """Refuse a folder with files that the run would replace."""
        for name in (*get_args(RunWeights), _STATE, _LOG):
            if (self.folder / name).exists():
                raise ValueError(
                    f"{self.folder}: holds {name} but no {RUN} of a run; name "
                    "another folder"
                )

    def _save_preset(self, which: RunWeights) -> None:
        model = self.subject(self.model)
        settings = (self.folder / RUN).read_text()
        card = (
            default_card(model, self.folder.resolve().name)
            + f"\n## Training\n\nThe {which} weights after "
            f"{self.epochs_done} epochs, with the settings\n\n"
            f"```json\n{settings}```\n"
        )
        save_preset(model, self.folder / which, card=card, overwrite=True)

    def _save_state(self, state: dict[str, np.ndarray]) -> None:
        arrays: dict[str, Any] = {
            "log": np.array(json.dumps(self.log)),
            **state,
        }
        with renamed(self.folder / _STATE) as temporary:
            np.savez(temporary, **arrays)
        lines = "".join(json.dumps(entry) + "\n" for entry in self.log)
        write_whole(self.folder / _LOG, lines)


def _variables(model: keras.Model) -> list[tuple[str, Tensor]]:
    """Name and variable of everything that changes in training."""
    variables = [*model.variables, *model.optimizer.variables]
    return [(f"{i:04}", variable) for i, variable in enumerate(variables)]


def _all_finite(arrays: dict[str, np.ndarray]) -> bool:
    return all(
        np.isfinite(array).all()
        for array in arrays.values()
        if np.issubdtype(array.dtype, np.floating)
    )


def run_settings(
    options: Any, model: Pretrained, **fingerprints: Any
) -> dict[str, Any]:
    """The settings that identify a run.

    Args:
        options: Options of the recipe.
        model: The model that the run saves.
        **fingerprints: Fingerprints of the data, in place of their paths.
    """
    return {
        **identity(options),
        **fingerprints,
        "class": type(model).__name__,
        "model": model.arguments,
    }
