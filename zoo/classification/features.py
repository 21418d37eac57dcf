"""Features of images, at any size."""

from typing import NamedTuple

from convzoo.common.types import Tensor


class Features(NamedTuple):
    """What `SizeAgnosticClassifier.features` returns.

    Attributes:
        pooled: Vectors `(batch, length)`, of one length for images of any size;
            the input of the dense layer.
        maps: Feature maps `(batch, rows, columns, channels)`, one for each of
            `maps`.
    """

    pooled: Tensor
    maps: list[Tensor]
