"""The networks of `convzoo upscale`, chosen by what is asked for."""

from typing import TYPE_CHECKING

from convzoo.common.checks import check_between, check_fraction
from convzoo.common.scale_passes import MAX_SCALE, scale_passes
from convzoo.options import DEFAULT_PRESET, FAITHFUL_PRESET, check_preset
from convzoo.presets import enlarging_presets, perceptual_partner

if TYPE_CHECKING:
    from convzoo.zoo import SRGenerator


def chosen_presets(
    preset: str | None,
    perceptual: float | None,
    scale: float | None,
    to: tuple[int, int] | None,
) -> list[str]:
    """Return the presets to load, after all arguments have been checked.

    Args:
        preset: The preset that is asked for, which is the only one.
        perceptual: Blend with the partner of a preset.
        scale: Upscaling factor; the presets are those that it needs.
        to: Box to fit into; the presets are those of all scales, since each
            image needs its own.

    Raises:
        ValueError: An argument is invalid, or there is no such preset.
    """
    if scale is not None and to is not None:
        raise ValueError("pass either `scale` or `to`")
    if scale is not None:
        check_between("scale", scale, 1, MAX_SCALE)
    if perceptual is not None:
        check_fraction("perceptual", perceptual)
        preset = FAITHFUL_PRESET if preset is None else preset
        perceptual_partner(preset)
    if preset is None and scale is None and to is None:
        preset = DEFAULT_PRESET
    if preset is not None:
        check_preset(preset, "SRGenerator", "upscale")
        return [preset]
    known = enlarging_presets()
    if scale is None:
        return list(known.values())
    return [known[each] for each in sorted({*scale_passes(scale, known)})]


def load_models(
    presets: list[str], perceptual: float | None
) -> list["SRGenerator"]:
    """Load the networks that `chosen_presets` names."""
    from convzoo.zoo import SRGenerator

    if perceptual is None:
        return [SRGenerator.from_preset(preset) for preset in presets]
    return [
        SRGenerator.blend(preset, perceptual_partner(preset), perceptual)
        for preset in presets
    ]
