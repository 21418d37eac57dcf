"""Adam with an unbiased moving average of the weights."""

import keras

from convzoo.training.unbiased_average import UnbiasedAverage


@keras.saving.register_keras_serializable(package="convzoo")
class AveragedAdam(UnbiasedAverage, keras.optimizers.Adam):
    """`keras.optimizers.Adam` whose average is that of `UnbiasedAverage`."""
