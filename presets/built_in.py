"""The trained models that come with the package."""

import difflib
import functools
from pathlib import Path

from convzoo.presets.preset import CONFIG, Preset

FOLDER = Path(__file__).parent


@functools.cache
def built_in(model: str | None = None) -> dict[str, Preset]:
    """The built-in presets, by name.

    Args:
        model: Name of a class, for its presets only.
    """
    paths = sorted(path.parent for path in FOLDER.glob(f"*/{CONFIG}"))
    presets = {path.name: Preset(path.name, path) for path in paths}
    return {
        name: preset
        for name, preset in presets.items()
        if model is None or preset.class_name == model
    }


def unknown_preset(name: object) -> ValueError:
    """The error for a name that no preset has; it proposes the nearest."""
    known = built_in()
    near = difflib.get_close_matches(str(name), known, n=1, cutoff=0.4)
    hint = f"did you mean {near[0]!r}? " if near else ""
    return ValueError(
        f"Unknown preset: {name!r}; {hint}Built-in presets: "
        f"{', '.join(known)}. A preset folder, the folder of a run and a "
        ".keras file are taken too"
    )


def perceptual_partner(name: str) -> str:
    """The perceptually sharper preset that was fine-tuned from another.

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
