"""The presets in the folder of a run: its best and its last weights."""

from pathlib import Path
from typing import Any, get_args

import keras

from convzoo.presets.find_preset import RunWeights
from convzoo.training.run_settings import write_settings
from convzoo.zoo.save_preset import default_card, recover_preset, save_preset


def recover_presets(folder: Path) -> None:
    """Restore presets whose replacement was killed."""
    for which in get_args(RunWeights):
        recover_preset(folder / which)


def save_run_preset(
    model: keras.Model,
    folder: Path,
    which: RunWeights,
    settings: dict[str, Any],
    epochs: int,
) -> None:
    """Save the weights of a run, with a card that has its settings.

    Args:
        model: The model to save.
        folder: Folder of the run.
        which: Name of the preset in it.
        settings: Settings of the run, which are written before.
        epochs: Number of epochs that are done.

    Raises:
        ValueError: The folder cannot be written.
    """
    text = write_settings(folder, settings)
    card = (
        default_card(model, folder.resolve().name)
        + f"\n## Training\n\nThe {which} weights after "
        f"{epochs} epochs, with the settings\n\n"
        f"```json\n{text}```\n"
    )
    save_preset(model, folder / which, card=card, overwrite=True)
