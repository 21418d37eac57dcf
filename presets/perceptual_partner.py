"""The adversarially fine-tuned partner of a preset."""

from convzoo.common.types import PathLike
from convzoo.presets.built_in import built_in
from convzoo.presets.find_preset import find_preset


def perceptual_partner(name_or_path: PathLike) -> str:
    """Return the name of the partner, which `SRGenerator.blend` blends with.

    Raises:
        ValueError: The preset does not exist, or has no such partner.
    """
    partner = find_preset(name_or_path).metadata.get("perceptual")
    if partner is None:
        dials = [k for k, v in built_in().items() if "perceptual" in v.metadata]
        raise ValueError(
            "`perceptual` needs a preset with an adversarially fine-tuned "
            f"partner: {', '.join(dials)}. Received: {str(name_or_path)!r}"
        )
    return partner
