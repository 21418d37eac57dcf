"""A training run in a folder, which resumes after it was killed."""

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, get_args

import keras
import numpy as np

from convzoo.common.choices import Verbose
from convzoo.common.folder_lock import locked, remove_temporary
from convzoo.common.types import PathLike
from convzoo.presets.find_preset import RUN, RunWeights
from convzoo.training.delayed_signals import DelayedSignals
from convzoo.training.epoch_dataset import EpochDataset
from convzoo.training.model_state import (
    assign_values,
    state_variables,
    values_of,
)
from convzoo.training.part_of_epoch import PartOfEpoch
from convzoo.training.run_log import best_entry, is_stale, write_log
from convzoo.training.run_presets import recover_presets, save_run_preset
from convzoo.training.run_settings import (
    STATE,
    check_folder,
    check_settings,
    write_settings,
)
from convzoo.training.run_state import RunState, read_state, write_state
from convzoo.training.told_interruption import told_interruption


class Run(keras.callbacks.Callback):
    """Saves the complete state of `fit` within and after each epoch.

    After each epoch, the moving average of the weights is validated and saved,
    as the best if it is the best so far. Then the weights, the optimizer with
    the average, the epoch and the log are written to one file, which replaces
    the last one in a single step. Within an epoch, the same file is written
    every `save_minutes`, with the step and the metrics. A run that is killed at
    any moment repeats what followed the last save, on the same data, and ends
    with the same weights: to the last bit if the backend is deterministic, as
    TensorFlow is on one thread (`TF_NUM_INTRAOP_THREADS=1`), and up to rounding
    otherwise. Ctrl-C and SIGTERM wait for the end of the step, and save; the
    second one stops at once.

    The folder holds `run.json` (the settings, with the class of the model),
    `state.npz`, `log.jsonl` (one line per epoch), and two preset folders with
    the moving averages of the weights, `best` and `last`. Nothing is written
    before there is something to save. A lock keeps other processes out while
    the run trains.

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
        extend: Whether `steps`, `epochs` and `patience` of the settings may be
            larger than those of the run that is there.
        save_minutes: Minutes between two saves within an epoch.

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
        *,
        extend: bool = False,
        save_minutes: float = 2.0,
    ) -> None:
        super().__init__()
        self.folder = Path(folder)
        self.settings = settings
        self.validate = validate
        self.score = score
        self.subject = subject or (lambda model: model)
        self.patience = patience
        self.extend = extend
        self.save_minutes = save_minutes
        self.log: list[dict[str, Any]] = []
        self.lost_epoch: int | None = None
        # Number of steps that are saved.
        self.steps_done = 0
        # Steps of the current epoch that are done, and from which to which one
        # `fit` runs; the number of epochs at which it ends.
        self._step = self._start = self._stop = self._last = 0
        # Values of the metrics after `_start`.
        self._metrics: list[np.ndarray] = []
        self._fitted = False
        self._saved_at = 0.0
        self._signals = DelayedSignals()
        check_folder(self.folder)
        check_settings(self.folder, settings, extend)

    @property
    def best(self) -> dict[str, Any] | None:
        """The log entry with the best score, the last one of equals."""
        return best_entry(self.log, self.score)

    @property
    def epochs_done(self) -> int:
        return len(self.log)

    @property
    def is_over(self) -> bool:
        """Whether the best score was first reached `patience` epochs ago."""
        return is_stale(self.log, self.score, self.patience)

    def restore(self, model: keras.Model) -> None:
        """Load the state of the run into a built, compiled model."""
        path = self.folder / STATE
        if not path.exists():
            return
        variables = state_variables(model)
        state = read_state(path, values_of(variables))
        assign_values(variables, state.variables)
        self.log = state.log
        self._step = state.step
        self._metrics = state.metrics
        self.steps_done = int(model.optimizer.iterations)

    @contextmanager
    def opened(self) -> Iterator[None]:
        """Hold the lock of the folder, and write the settings.

        For work of a recipe outside of `train`, which holds the lock itself.
        """
        told = told_interruption(
            self.folder,
            lambda: self.steps_done,
            "the same command goes on from here",
        )
        with locked(self.folder), told:
            self._prepare()
            write_settings(self.folder, self.settings)
            yield

    def add_settings(self, settings: dict[str, Any]) -> None:
        """Add settings that are decided while the run is going on.

        Args:
            settings: JSON values, such as the number of `steps`.
        """
        self.settings |= settings
        with locked(self.folder):
            write_settings(self.folder, self.settings)

    def record(self, model: keras.Model, figures: dict[str, float]) -> None:
        """Save a model that was fitted outside of `train`, as an epoch.

        Args:
            model: The model.
            figures: Its validation figures.
        """
        entry = {"epoch": self.epochs_done, **figures}
        self.log.append(entry)
        for which in get_args(RunWeights):
            if which == "last" or self.best is entry:
                self._save_preset(which, model)
        write_log(self.folder, self.log)

    def replace_best(self, model: keras.Model) -> None:
        """Save a model in place of the best one, such as a calibrated copy."""
        self._save_preset("best", model)

    def train(
        self,
        model: keras.Model,
        data: EpochDataset,
        steps: int,
        verbose: Verbose = "auto",
        callbacks: Iterable[keras.callbacks.Callback] = (),
    ) -> None:
        """`fit` a built, compiled model from where the run stands.

        Args:
            model: The same model whenever the run is resumed.
            data: An `EpochDataset`, such as `Patches`.
            steps: Step at which the run ends. The last epoch is shorter if
                `steps` is no multiple of the length of `data`.
            verbose: As in `keras.Model.fit`.
            callbacks: Callbacks to call after the run has saved its files.

        Raises:
            ValueError: The files cannot be used, another process trains in the
                folder, or the loss became NaN or infinite.
        """
        # A model that cannot be saved fails now, not after an epoch.
        keras.saving.serialize_keras_object(self.subject(model))
        told = told_interruption(self.folder, lambda: self.steps_done)
        with locked(self.folder), told:
            self._prepare()
            self.restore(model)
            write_log(self.folder, self.log)
            with self._signals:
                while (
                    left := steps - self.steps_done
                ) > 0 and not self.is_over:
                    self._fit(model, data, left, verbose, callbacks)

    def _fit(
        self,
        model: keras.Model,
        data: EpochDataset,
        left: int,
        verbose: Verbose,
        callbacks: Iterable[keras.callbacks.Callback],
    ) -> None:
        """`fit` the rest of an epoch, whole epochs, or a short last one."""
        if len(model.metrics_variables) < len(self._metrics):
            # TensorFlow makes those of `compile` in the first step.
            model.test_on_batch(*data[0])
            self._fitted = True
        if self._fitted:
            # `fit` ends with the moving average of the weights.
            self.restore(model)
        length = len(data)
        self._start = self._step
        self._stop = min(length, self._start + left)
        is_whole = self._stop - self._start == length
        self._last = self.epochs_done + (left // length if is_whole else 1)
        part = data if is_whole else PartOfEpoch(data, self._start, self._stop)
        if self._stop < length and verbose:
            print(f"the last epoch has {self._stop} of {length} steps")
        self._saved_at = time.monotonic()
        self._fitted = True
        model.fit(
            part.source(),
            initial_epoch=self.epochs_done,
            # For the progress bar; `on_epoch_end` ends an incomplete epoch.
            epochs=self.epochs_done
            + (self._start + left + length - 1) // length,
            callbacks=[
                part.follow(),
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

    def on_epoch_begin(
        self, epoch: int, logs: dict[str, Any] | None = None
    ) -> None:
        """Go on with the metrics of an epoch that was interrupted."""
        if not self._metrics:
            return
        variables = self.model.metrics_variables
        expected = [each.shape for each in values_of(variables)]
        if [each.shape for each in self._metrics] != expected:
            raise ValueError(
                f"{self.folder / STATE}: holds other metrics; name another "
                "folder"
            )
        assign_values(variables, self._metrics)
        self._metrics = []

    def on_train_batch_end(
        self, batch: int, logs: dict[str, Any] | None = None
    ) -> None:
        self._step = self._start + batch + 1
        if self._step == self._stop or not self._is_due:
            return
        state = RunState(
            self.log,
            values_of(state_variables(self.model)),
            self._step,
            values_of(self.model.metrics_variables),
        )
        # A loss of NaN ends the epoch, which is then lost.
        if state.is_finite and np.isfinite(float((logs or {})["loss"])):
            self._save_state(state)
        self._signals.handle()

    @property
    def _is_due(self) -> bool:
        minutes = (time.monotonic() - self._saved_at) / 60
        return self._signals.waiting is not None or minutes >= self.save_minutes

    def on_epoch_end(
        self, epoch: int, logs: dict[str, Any] | None = None
    ) -> None:
        logs = {} if logs is None else logs
        variables = state_variables(self.model)
        state = RunState(self.log, values_of(variables))
        # The loss is that of the weights before the last update.
        if not np.isfinite(logs["loss"]) or not state.is_finite:
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
        subject = self.subject(self.model)
        self._save_preset("last", subject)
        if self.best is entry:
            self._save_preset("best", subject)
        assign_values(variables, state.variables)
        self._save_state(state)
        write_log(self.folder, self.log)
        if self.is_over or self.epochs_done == self._last:
            self.model.stop_training = True
        self._signals.handle()

    def _prepare(self) -> None:
        """Check the folder under its lock, and tidy what a kill left there."""
        check_settings(self.folder, self.settings, self.extend)
        recover_presets(self.folder)
        if (self.folder / RUN).exists():
            remove_temporary(self.folder)

    def _save_preset(self, which: RunWeights, model: keras.Model) -> None:
        save_run_preset(
            model, self.folder, which, self.settings, self.epochs_done
        )

    def _save_state(self, state: RunState) -> None:
        write_settings(self.folder, self.settings)
        write_state(self.folder / STATE, state)
        self.steps_done = int(self.model.optimizer.iterations)
        self._saved_at = time.monotonic()
