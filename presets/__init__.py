"""Built-in trained models, and lookup of saved models. No Keras."""

from convzoo.presets.built_in import built_in as built_in
from convzoo.presets.find_preset import find_preset as find_preset
from convzoo.presets.perceptual_partner import (
    perceptual_partner as perceptual_partner,
)
from convzoo.presets.preset import Preset as Preset

__all__ = ["Preset", "built_in", "find_preset", "perceptual_partner"]
