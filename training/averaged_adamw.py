"""AdamW with an unbiased moving average of the weights."""

import keras

from convzoo.training.unbiased_average import UnbiasedAverage


@keras.saving.register_keras_serializable(package="convzoo")
class AveragedAdamW(UnbiasedAverage, keras.optimizers.AdamW):
    """`keras.optimizers.AdamW` whose average is that of `UnbiasedAverage`."""
