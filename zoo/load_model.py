"""Loading a model of any class."""

from typing import Any

import keras

# Registers the layers and losses that a file may name.
import convzoo.layers  # noqa: F401
import convzoo.losses  # noqa: F401
from convzoo.common.types import PathLike
from convzoo.presets import Preset, find_preset
from convzoo.zoo.pretrained import Pretrained


def load_model(name_or_path: PathLike, **arguments: Any) -> keras.Model:
    """Load a trained model of any class.

    Args:
        name_or_path: As in `from_preset` of a model; a `.keras` file or a
            folder that Keras wrote may hold any Keras model.
        **arguments: Further arguments of `from_preset`, for a model that has
            it.

    Raises:
        ValueError: As `from_preset`, or the file cannot be read.
    """
    preset = find_preset(name_or_path, arguments.get("weights", "best"))
    stored = keras.saving.get_registered_object(preset.registered_name)
    if isinstance(stored, type) and issubclass(stored, Pretrained):
        return stored.from_preset(name_or_path, **arguments)
    for name in sorted(arguments.keys() - {"weights"}):
        raise ValueError(
            f"{preset.path}: `{name}` needs a model with `from_preset`. "
            f"Received: a {preset.class_name}"
        )
    preset.verified_weights()
    return _of_keras(preset)


def _of_keras(preset: Preset) -> keras.Model:
    try:
        return keras.saving.load_model(preset.path, compile=False)
    except Exception as error:
        # The constructors of the classes in the file may raise anything.
        reason = (str(error).strip().splitlines() or [type(error).__name__])[0]
        raise ValueError(
            f"{preset.path}: cannot be read as a model ({reason})"
        ) from error
