"""What models with trained weights have in common."""

import inspect
import json
import warnings
from pathlib import Path

from convzoo.common.checks import check_choice
from convzoo.zoo.presets import get_preset

_SUFFIX = ".weights.h5"


class Pretrained:
    """Finds trained weights: of presets, and of runs.

    A class that a `keras.Model` has beside it. That one names its arguments,
    which are attributes too, in `_argument_names`.
    """

    _argument_names: tuple[str, ...] = ()

    @property
    def arguments(self):
        """The arguments of the class, without what every Keras model has."""
        return {name: getattr(self, name) for name in self._argument_names}

    @classmethod
    def from_preset(cls, name, load_weights=True):
        """The model called `name` in `presets`.

        Args:
            name: a key of the `presets` of this class.
            load_weights: False for the architecture with fresh weights.

        Raises:
            ValueError: the name is unknown, or the file of the weights is
                missing, truncated or altered.
        """
        preset = get_preset(name, cls.__name__)
        model = cls(**preset.config, name=name)
        if load_weights:
            model.load_weights(preset.verified_weights())
        return model

    @classmethod
    def from_run(cls, folder, weights="best"):
        """The model that a recipe left in the folder of its run.

        Args:
            folder: of the run.
            weights: `"best"` or `"last"`.

        Raises:
            ValueError: the folder holds no such run, or no weights yet.
        """
        check_choice("weights", weights, ("best", "last"))
        folder = Path(folder)
        name = folder.resolve().name
        try:
            model = cls(**_arguments_of(folder), name=name)
            with warnings.catch_warnings():
                # Keras only warns of layers that a file does not have.
                warnings.simplefilter("error", UserWarning)
                model.load_weights(folder / f"{weights}{_SUFFIX}")
        except (
            OSError,
            LookupError,
            TypeError,
            ValueError,
            UserWarning,
        ) as error:
            raise ValueError(
                f"{folder}: holds no {cls.__name__} run with weights ({error})"
            ) from error
        return model

    @classmethod
    def is_run(cls, folder):
        """Whether `folder` is that of a run of this class."""
        try:
            arguments = set(_arguments_of(Path(folder)))
        except (OSError, LookupError, TypeError, ValueError):
            return False
        return arguments <= set(inspect.signature(cls.__init__).parameters)

    @classmethod
    def load(cls, name):
        """The model of a preset, or of a run.

        Args:
            name: a key of the `presets` of this class; the folder of a run,
                for its best weights; or the file of weights in such a folder.

        Raises:
            ValueError: as `from_preset` and `from_run`.
        """
        run = run_named(name)
        return cls.from_preset(name) if run is None else cls.from_run(*run)


def run_named(name):
    """The folder of a run and which of its weights; None for a preset."""
    path = Path(name)
    if path.is_dir():
        return path, "best"
    if path.name.endswith(_SUFFIX):
        return path.parent, path.name[: -len(_SUFFIX)]
    return None


def _arguments_of(folder):
    """What the model of a run was made with."""
    return json.loads((folder / "run.json").read_text())["model"]
