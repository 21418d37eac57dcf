"""Normalisation of the pixels in the first layers of a network."""

import keras
import numpy as np
from keras import ops

from convzoo.common.types import Tensor


@keras.saving.register_keras_serializable(package="convzoo")
class Normalization(keras.layers.Normalization):
    """Normalises the last axis by the mean and the variance that it holds.

    The layer of Keras computes with a copy of its weights, which `set_weights`
    leaves as it is, and which a file of ONNX asks for as another input. Its
    name is that of Keras's, by which Keras finds the weights in a file.

    Args:
        **kwargs: As of `keras.layers.Normalization`.
    """

    def call(self, inputs: Tensor) -> Tensor:
        mean, variance = self.input_mean, self.input_variance
        if mean is None:
            mean, variance = self.adapt_mean, self.adapt_variance
        else:
            mean, variance = (
                np.asarray(constant, "float32") for constant in (mean, variance)
            )
        deviation = ops.maximum(ops.sqrt(variance), keras.config.epsilon())
        mean, deviation = (
            ops.cast(each, self.compute_dtype) for each in (mean, deviation)
        )
        return (ops.cast(inputs, self.compute_dtype) - mean) / deviation
