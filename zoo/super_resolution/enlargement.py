"""Which networks make an image as large as it is asked for."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from convzoo.common.scale_passes import scale_passes
from convzoo.zoo.super_resolution.result_size import Size, result_size

if TYPE_CHECKING:
    from convzoo.zoo.super_resolution.sr_generator import SRGenerator


def enlargement(
    models: Sequence["SRGenerator"],
    size: Size,
    scale: float | None = None,
    to: Size | None = None,
) -> tuple[list["SRGenerator"], Size]:
    """Return the networks to run, and the size of the result.

    Args:
        models: Networks of different scales. A single one if neither `scale`
            nor `to` is given.
        size: Height and width of the image.
        scale: As in `result_size`.
        to: As in `result_size`.

    Returns:
        The networks, to be run one after the other, and the height and width of
        the result, to which their output is reduced. There is no network if the
        result is not larger than the image.

    Raises:
        ValueError: As in `result_size`, or several networks are given without
            `scale` or `to`.
    """
    if scale is None and to is None:
        if len(models) != 1:
            raise ValueError("pass `scale` or `to` to choose among models")
        (model,) = models
        return [model], (size[0] * model.scale, size[1] * model.scale)
    result = result_size(size, scale, to)
    factor = max(r / s for r, s in zip(result, size, strict=True))
    if factor <= 1:
        return [], result
    by_scale = {model.scale: model for model in models}
    passes = scale_passes(factor if scale is None else scale, list(by_scale))
    return [by_scale[each] for each in passes], result
