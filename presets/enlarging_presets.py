"""The built-in presets that enlarge photographs, by their scale."""

from collections.abc import Mapping

from convzoo.presets.built_in import built_in


def enlarging_presets() -> Mapping[int, str]:
    """Return the name of one built-in preset for each upscaling factor.

    Of several with the same factor, it is the one with the fewest parameters,
    and thus the fastest. Those that were fine-tuned to look sharp are left out,
    since they invent detail.
    """
    presets = built_in("SRGenerator")
    sharp = {preset.metadata.get("perceptual") for preset in presets.values()}
    slowest_first = sorted(
        (preset for name, preset in presets.items() if name not in sharp),
        key=lambda preset: preset.metadata["parameter_count"],
        reverse=True,
    )
    found = {preset.config["scale"]: preset.name for preset in slowest_first}
    return dict(sorted(found.items()))
