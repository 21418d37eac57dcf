"""What a U-Net of unknown size needs between its convolutions."""

import keras
from keras import layers, ops


@keras.saving.register_keras_serializable(package="convzoo")
class Doubled(layers.Layer):
    """Bilinear enlargement by 2; `UpSampling2D` wants sizes that are known."""

    def call(self, maps):
        maps = ops.pad(maps, [[0, 0], [1, 1], [1, 1], [0, 0]], "symmetric")
        middle, above, below = maps[:, 1:-1], maps[:, :-2], maps[:, 2:]
        parts = []
        for rows in (above, below):
            rows = 0.75 * middle + 0.25 * rows
            for columns in (rows[:, :, :-2], rows[:, :, 2:]):
                parts.append(0.75 * rows[:, :, 1:-1] + 0.25 * columns)
        return ops.depth_to_space(ops.concatenate(parts, axis=-1), 2)

    def compute_output_shape(self, input_shape):
        batch, *sides, channels = input_shape
        return batch, *(side and 2 * side for side in sides), channels


@keras.saving.register_keras_serializable(package="convzoo")
class CropLike(layers.Layer):
    """Cuts maps to the height and width of others, below and at the right.

    Call arguments:
        inputs: a list of the maps to cut, and of those whose size they get.
    """

    def call(self, inputs):
        maps, others = inputs
        height, width = ops.shape(others)[1:3]
        return maps[:, :height, :width]

    def compute_output_shape(self, input_shape):
        (batch, _, _, channels), (_, height, width, _) = input_shape
        return batch, height, width, channels
