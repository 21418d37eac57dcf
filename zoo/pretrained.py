"""Loading and saving of models with trained weights."""

import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar, Self

import keras

from convzoo.common.checks import check_flag
from convzoo.common.types import PathLike
from convzoo.presets import Preset, built_in, find_preset
from convzoo.presets.find_preset import RunWeights
from convzoo.zoo.fixed_arguments import (
    OF_KERAS,
    FixedArguments,
    arguments_of_class,
)
from convzoo.zoo.save_preset import save_preset

# Warnings of Keras about layers that are missing in a file of weights.
_MISSING = "A total of .* could not be loaded|Skipping nested container"


class Pretrained(FixedArguments):
    """Adds `from_preset` and `save_to_preset` to a `keras.Model`.

    Each argument of the model's constructor is an attribute of the same name.
    """

    presets: ClassVar[Mapping[str, Preset]] = {}

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls.presets = built_in(cls.__name__) or cls.presets

    @property
    def arguments(self) -> dict[str, Any]:
        """The constructor's arguments, without those of every Keras model."""
        return {
            name: getattr(self, name)
            for name in arguments_of_class(type(self))
            # A subclass may have arguments without an attribute.
            if name not in OF_KERAS and hasattr(self, name)
        }

    @property
    def preprocessing(self) -> str:
        """Description of the input, for `metadata.json` and the model card."""
        return ""

    @classmethod
    def from_preset(
        cls,
        name_or_path: PathLike,
        load_weights: bool = True,
        *,
        weights: RunWeights = "best",
        **overrides: Any,
    ) -> Self:
        """Load a trained model.

        Args:
            name_or_path: In this order: the name of a built-in preset (a key
                of `presets`; a folder of that name is `./NAME`), a preset
                folder, the folder of a training run, or a `.keras` file.
            load_weights: Whether to load the weights. False returns the
                architecture with newly initialized weights.
            weights: Which weights of a training run: `"best"`, by validation,
                or `"last"`.
            **overrides: Arguments of the class in place of those of the
                preset, such as `dtype="mixed_bfloat16"`.

        Returns:
            A model of this class; of the preset's, where that is a subclass.

        Raises:
            ValueError: There is no such preset, it is of another class, or its
                weights are missing, altered or do not fit the overrides.
        """
        check_flag("load_weights", load_weights)
        preset = find_preset(name_or_path, weights)
        stored = class_of(preset, cls)
        _check_overrides(overrides, stored)
        config = {**preset.config, **overrides}
        if not preset.is_archive:
            # A `.keras` file keeps the name of the saved model.
            config["name"] = overrides.get("name", preset.name)
        weights_path = preset.verified_weights() if load_weights else None
        try:
            model = stored.from_config(config)
        # Constructors raise almost anything on a configuration that is not
        # theirs.
        except Exception as error:
            raise ValueError(
                f"{preset.path}: no {stored.__name__} can be made of its "
                f"configuration ({error})"
            ) from error
        if weights_path is not None:
            _load_weights(model, weights_path)
        return model

    def save_to_preset(
        self, folder: PathLike, *, overwrite: bool = False
    ) -> Path:
        """Write the model as a preset folder; see `save_preset`.

        `from_preset` and, after `import convzoo.zoo`,
        `keras.saving.load_model` read it.

        Args:
            folder: The folder to write.
            overwrite: Whether to replace a preset that is there.

        Returns:
            The path of the folder.

        Raises:
            ValueError: The folder exists and may not be replaced, or it cannot
                be written.
        """
        return save_preset(self, folder, overwrite=overwrite)


def class_of(preset: Preset, needed: type) -> Any:
    """Return the class to load: `needed`, or the stored subclass of it.

    Raises:
        ValueError: The preset is of another class, or of one that is not
            registered with Keras.
    """
    stored = keras.saving.get_registered_object(preset.registered_name)
    if not isinstance(stored, type):
        if preset.class_name == needed.__name__:
            return needed
        raise ValueError(
            f"{preset.path}: is a {preset.class_name}, which is not "
            "registered; import the module that registers it first"
        )
    if issubclass(needed, stored):
        return needed
    if not issubclass(stored, needed):
        preset.check_class(needed.__name__, f"`{needed.__name__}.from_preset`")
    return stored


def _check_overrides(overrides: dict[str, Any], cls: type) -> None:
    # A functional Keras model ignores unknown arguments.
    known = {*arguments_of_class(cls), *OF_KERAS}
    for name in sorted(overrides.keys() - known):
        raise ValueError(
            f"`{name}` is no argument of {cls.__name__}. Arguments: "
            f"{', '.join(sorted(known))}"
        )


def _load_weights(model: keras.Model, path: Path) -> None:
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("error", _MISSING, UserWarning)
            model.load_weights(path)
    # A damaged file makes HDF5, zipfile and Keras raise almost anything.
    except Exception as error:
        raise ValueError(
            f"{path}: the weights do not fit the {type(model).__name__} "
            f"({error})"
        ) from error
