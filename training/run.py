"""A training run that lives in a folder and survives being killed."""

import json
from pathlib import Path
from typing import get_args
from zipfile import BadZipFile

import keras
import numpy as np

from convzoo.common.option import identity
from convzoo.common.output_file import renamed, write_whole
from convzoo.presets.find_preset import RUN, RunWeights
from convzoo.zoo.save_preset import default_card, recover_preset, save_preset

_STATE = "state.npz"


class Run(keras.callbacks.Callback):
    """Keeps everything that `fit` needs to go on, after each epoch.

    After each epoch the moving average of the weights is validated and, where
    it is the best so far, kept; then weights, optimizer (with the average),
    epoch and records are written to one file, which replaces the last one in a
    single step. A run that is killed at any moment repeats at most one epoch,
    on the same data, and ends with the weights it would have had: to the last
    bit where the backend repeats itself, as TensorFlow does on one thread
    (`TF_NUM_INTRAOP_THREADS=1`), and up to rounding where it does not.

    The folder holds `run.json` (the settings, with the class of the model),
    `state.npz`, `log.jsonl` (one line per epoch), and two preset folders with
    the moving averages of the weights, `best` and `last`.

    An epoch whose loss is not a number ends the run, and leaves the folder as
    it was before.

    Args:
        folder: of the run; made where it is missing.
        settings: what the run depends on, as JSON values. A folder that holds
            a run with other settings is refused.
        validate: maps a model to a dict of figures.
        score: the name of the figure by which the best weights are chosen;
            higher is better, unless its name has a minus in front.
        subject: maps the model that learns to the one that is kept as a preset;
            None for the same.
        patience: epochs without a better score after which the run ends; None
            for no such end.

    Raises:
        ValueError: the folder holds another run, something else, or cannot be
            written.
    """

    def __init__(
        self, folder, settings, validate, score, subject=None, patience=None
    ):
        super().__init__()
        self.folder = Path(folder)
        self.validate = validate
        self.score = score
        self.subject = subject or (lambda model: model)
        self.patience = patience
        self.log = []
        self.lost_epoch = None
        self._open(settings)

    @property
    def best(self):
        """The log entry with the best score, the last of several; or None."""
        return max(reversed(self.log), key=self._quality, default=None)

    @property
    def epochs_done(self):
        return len(self.log)

    @property
    def is_over(self):
        """Whether the best score was first reached `patience` epochs ago."""
        if self.patience is None or not self.log:
            return False
        first = max(self.log, key=self._quality)
        return self.epochs_done - 1 - first["epoch"] >= self.patience

    def _quality(self, entry):
        """The score, so that higher is better."""
        sign = -1 if self.score.startswith("-") else 1
        return sign * entry[self.score.removeprefix("-")]

    def restore(self, model):
        """Put a built, compiled model where the run stands."""
        path = self.folder / _STATE
        if not path.exists():
            return
        try:
            # What is cut short, NumPy would leave open.
            with open(path, "rb") as file, np.load(file) as stored:
                arrays = {name: stored[name] for name in stored.files}
            log = json.loads(str(arrays["log"]))
            state = [(v, arrays[name]) for name, v in _variables(model)]
        except (EOFError, KeyError, OSError, ValueError, BadZipFile) as error:
            raise ValueError(
                f"{path}: is cut short or altered ({error}). The weights in "
                "the folder are whole; remove this file to train from the "
                "start, or name another folder"
            ) from error
        for variable, array in state:
            variable.assign(array)
        self.log = log

    def train(self, model, data, epochs, verbose="auto", callbacks=()):
        """`fit` a built, compiled model from where the run stands.

        Args:
            model: the same whenever the run goes on.
            data: an `EpochDataset`, such as `Patches`.
            epochs: at which the run ends.
            verbose: as in `keras.Model.fit`.
            callbacks: called after the run has kept its files.

        Raises:
            ValueError: the files cannot be used, or the loss became no number.
        """
        # What cannot be saved fails now, and not after an epoch.
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
                f"{self.folder}: the loss was not a number in epoch "
                f"{self.lost_epoch + 1}; the weights before it are kept. Train "
                "in another folder, with a smaller learning rate"
            )

    def on_epoch_end(self, epoch, logs=None):
        if not np.isfinite(logs["loss"]):
            self.lost_epoch = epoch
            self.model.stop_training = True
            return
        entry = {"epoch": epoch, **{k: float(v) for k, v in logs.items()}}
        state = {
            name: keras.ops.convert_to_numpy(variable)
            for name, variable in _variables(self.model)
        }
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

    def _open(self, settings):
        path = self.folder / RUN
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            if not path.exists():
                write_whole(path, json.dumps(settings, indent=2) + "\n")
        except OSError as error:
            raise ValueError(
                f"{self.folder}: cannot be written ({error.strerror})"
            ) from error
        for which in get_args(RunWeights):
            recover_preset(self.folder / which)
        try:
            found = json.loads(path.read_text())
        except (OSError, ValueError) as error:
            raise ValueError(
                f"{path}: holds no settings of a run ({error}); name another "
                "folder"
            ) from error
        # As they are read again: a tuple comes back as a list.
        settings = json.loads(json.dumps(settings))
        for name in sorted({*found, *settings}):
            if found.get(name) != settings.get(name):
                raise ValueError(
                    f"{self.folder}: holds a run with {name}="
                    f"{found.get(name)!r}; name another folder. "
                    f"Received: {name}={settings.get(name)!r}"
                )

    def _save_preset(self, which):
        model = self.subject(self.model)
        settings = (self.folder / RUN).read_text()
        card = (
            default_card(model, self.folder.resolve().name)
            + f"\n## Training\n\nEpoch {self.epochs_done}; weights: {which}.\n"
            f"Settings:\n\n```json\n{settings}```\n"
        )
        save_preset(model, self.folder / which, card=card, overwrite=True)

    def _save_state(self, state):
        with renamed(self.folder / _STATE) as temporary:
            np.savez(temporary, log=np.array(json.dumps(self.log)), **state)
        lines = "".join(json.dumps(entry) + "\n" for entry in self.log)
        write_whole(self.folder / "log.jsonl", lines)


def _variables(model):
    """Name and variable of all that changes while a model learns."""
    variables = [*model.variables, *model.optimizer.variables]
    return [(f"{i:04}", variable) for i, variable in enumerate(variables)]


def run_settings(options, model, **fingerprints):
    """The settings that identify a run.

    Args:
        options: The options of the recipe.
        model: The model that the run keeps.
        **fingerprints: What stands for options that name data.
    """
    return {
        **identity(options),
        **fingerprints,
        "class": type(model).__name__,
        "model": model.arguments,
    }
