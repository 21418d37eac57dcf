"""A moving average of the weights that does not remember the initial ones.

Kingma and Ba 2014, Adam: A Method for Stochastic Optimization,
https://arxiv.org/abs/1412.6980, section 3, on the bias of moving averages that
start from a first value. The momentum here is that of `num_updates` in
TensorFlow's `ExponentialMovingAverage`.
"""

from collections.abc import Sequence

import keras
from keras import ops

from convzoo.common.types import Tensor


class UnbiasedAverage(keras.optimizers.Optimizer):
    """Mixin of optimizers: `use_ema` averages the last weights from the start.

    Keras's average starts from the weights after the first step, which keep the
    weight `ema_momentum ** steps`: with 0.99, 60 % after 51 steps. Here the
    momentum of a step is `min(ema_momentum, (1 + step) / (10 + step))`, with
    steps from 0, and 0 in the first one: the average reaches back for about a
    ninth of the steps so far, and never further than `ema_momentum` has it.
    """

    def _update_model_variables_moving_average(
        self, trainable_variables: Sequence[keras.Variable]
    ) -> None:
        if not self.use_ema:
            return
        momentum = self._momentum()
        for variable, average in zip(
            trainable_variables,
            self._model_variables_moving_average,
            strict=True,
        ):
            if average is not None:
                share = ops.cast(1 - momentum, variable.dtype)
                average.assign(average + share * (variable - average))

    def _momentum(self) -> Tensor:
        step = ops.cast(self.iterations, "float32")
        rising = ops.where(step > 0, (1 + step) / (10 + step), 0.0)
        return ops.minimum(self.ema_momentum, rising)
