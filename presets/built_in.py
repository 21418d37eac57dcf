"""The built-in presets."""

import difflib
import functools
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from convzoo.presets.preset import CONFIG, Preset

FOLDER = Path(__file__).parent


@functools.cache
def built_in(model: str | None = None) -> Mapping[str, Preset]:
    """Return the built-in presets by name.

    Args:
        model: Name of a class, to select its presets.
    """
    paths = sorted(path.parent for path in FOLDER.glob(f"*/{CONFIG}"))
    presets = {path.name: Preset(path.name, path) for path in paths}
    chosen = {
        name: preset
        for name, preset in presets.items()
        if model is None or preset.class_name == model
    }
    # All callers share the cached mapping.
    return MappingProxyType(chosen)


def unknown_preset(name: object) -> ValueError:
    """Return the error for an unknown name, with the closest known name."""
    known = built_in()
    near = difflib.get_close_matches(str(name), known, n=1, cutoff=0.4)
    hint = f"; did you mean {near[0]!r}?" if near else "."
    return ValueError(
        f"Unknown preset: {name!r}{hint} Built-in presets: "
        f"{', '.join(known)}. A preset folder, the folder of a run and a "
        ".keras file are taken too"
    )
