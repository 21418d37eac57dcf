"""A functional model that returns a list of maps."""

from typing import Any

import keras

from convzoo.common.types import Tensor


@keras.saving.register_keras_serializable(package="convzoo")
class MapsModel(keras.Model):
    """A functional model whose output is a list, even of one map.

    Keras returns a single output without a list.

    Args:
        inputs: Symbolic images.
        outputs: List of symbolic maps.

    Call arguments:
        images: Images `(batch, height, width, channels)`.

    Output shape:
        A list of `(batch, rows, columns, channels)`.
    """

    def call(
        self, images: Tensor, training: bool | None = None, **options: Any
    ) -> list[Tensor]:
        maps = super().call(images, training=training, **options)
        return maps if isinstance(maps, list) else [maps]
