"""The built-in presets."""

import difflib
import functools
from pathlib import Path

from convzoo.presets.preset import CONFIG, Preset

FOLDER = Path(__file__).parent


@functools.cache
def built_in(model: str | None = None) -> dict[str, Preset]:
    """Return the built-in presets by name.

    Args:
        model: Name of a class, to select its presets.
    """
    paths = sorted(path.parent for path in FOLDER.glob(f"*/{CONFIG}"))
    presets = {path.name: Preset(path.name, path) for path in paths}
    return {
        name: preset
        for name, preset in presets.items()
        if model is None or preset.class_name == model
    }


def unknown_preset(name: object) -> ValueError:
    """Return the error for an unknown name, with the closest known name."""
    known = built_in()
    near = difflib.get_close_matches(str(name), known, n=1, cutoff=0.4)
    hint = f"did you mean {near[0]!r}? " if near else ""
    return ValueError(
        f"Unknown preset: {name!r}; {hint}Built-in presets: "
        f"{', '.join(known)}. A preset folder, the folder of a run and a "
        ".keras file are taken too"
    )


def perceptual_partner(name: str) -> str:
    """Return the adversarially fine-tuned partner of a preset.

    Raises:
        ValueError: The preset is unknown, or has no such partner.
    """
    known = built_in()
    if name not in known:
        raise unknown_preset(name)
    partner = known[name].metadata.get("perceptual")
    if partner is None:
        dials = [k for k, v in known.items() if "perceptual" in v.metadata]
        raise ValueError(
            "`perceptual` needs a preset with an adversarially fine-tuned "
            f"partner: {', '.join(dials)}. Received: {name!r}"
        )
    return partner
