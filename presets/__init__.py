"""Built-in trained models, and lookup of saved models. No Keras."""

from convzoo.presets.built_in import built_in as built_in
from convzoo.presets.enlarging_presets import (
    enlarging_presets as enlarging_presets,
)
from convzoo.presets.find_preset import find_preset as find_preset
from convzoo.presets.perceptual_partner import (
    perceptual_partner as perceptual_partner,
)
from convzoo.presets.preset import Preset as Preset

__all__ = [
    "Preset",
    "built_in",
    "enlarging_presets",
    "find_preset",
    "perceptual_partner",
]
