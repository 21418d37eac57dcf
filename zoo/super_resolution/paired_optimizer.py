"""Optimizer for two networks that are trained in the same step."""

import math
from collections.abc import Callable, Iterable, Sequence
from typing import NoReturn, TypeAlias

import keras
from keras import ops

from convzoo.common.types import Tensor

LearningRate: TypeAlias = (
    float | keras.optimizers.schedules.LearningRateSchedule
)
# Momentum of the gradient norms: an average over about a hundred steps.
_MOMENTUM = 0.99


class PairedOptimizer(keras.optimizers.Optimizer):
    """Applies one of two optimizers to each variable.

    `keras.optimizers.MultiOptimizer` does the same from Keras 3.15 on. This
    class also tracks gradient norms. Only the first optimizer can keep a moving
    average of the weights.

    Its learning rate is that of the first optimizer. Setting it, as callbacks
    do, sets both, at the ratio that they have.

    Args:
        first: A Keras optimizer.
        second: Another Keras optimizer, not the same object.
        is_second: Function of a variable that returns True if `second` updates
            it.
        name: Name of the optimizer.

    Attributes:
        gradient_norms: Variable of shape `(2,)`: the global gradient norm of
            the variables of each optimizer, as a moving average over about a
            hundred steps.
    """

    def __init__(
        self,
        first: keras.optimizers.Optimizer,
        second: keras.optimizers.Optimizer,
        is_second: Callable[[keras.Variable], bool],
        name: str = "paired_optimizer",
    ) -> None:
        super().__init__(learning_rate=0.0, name=name)
        self.first = first
        self.second = second
        self.is_second = is_second
        self._ratio = _ratio(first, second)

    def build(self, variables: Sequence[keras.Variable]) -> None:
        if self.built:
            return
        for optimizer, wanted in self._optimizers:
            part = [v for v in variables if self.is_second(v) == wanted]
            if part:
                optimizer.build(part)
        self.gradient_norms = self.add_variable(
            shape=(2,), dtype="float32", name="gradient_norms"
        )
        super().build(variables)

    def apply(
        self,
        grads: Sequence[Tensor | None],
        trainable_variables: Sequence[keras.Variable] | None = None,
    ) -> None:
        if trainable_variables is None:
            trainable_variables = self._trainable_variables
        trainable_variables = list(trainable_variables)
        if not self.built:
            self.build(trainable_variables)
        pairs = list(zip(grads, trainable_variables, strict=True))
        norms = []
        for optimizer, wanted in self._optimizers:
            part = [(g, v) for g, v in pairs if self.is_second(v) == wanted]
            norms.append(_norm([gradient for gradient, _ in part]))
            if any(gradient is not None for gradient, _ in part):
                optimizer.apply(*map(list, zip(*part, strict=True)))
        self._track_norms(ops.stack(norms))
        self._iterations.assign_add(1)

    def _track_norms(self, norms: Tensor) -> None:
        momentum = ops.where(ops.equal(self._iterations, 0), 0.0, _MOMENTUM)
        momentum = ops.cast(momentum, "float32")
        self.gradient_norms.assign(
            momentum * self.gradient_norms + (1 - momentum) * norms
        )

    @property
    def _optimizers(
        self,
    ) -> tuple[tuple[keras.optimizers.Optimizer, bool], ...]:
        """Each optimizer, with `is_second` of its variables."""
        return (self.first, False), (self.second, True)

    @property
    def variables(self) -> list[keras.Variable]:
        return [
            *self._variables,
            *self.first.variables,
            *self.second.variables,
        ]

    @property
    def learning_rate(self) -> Tensor:
        return self.first.learning_rate

    @learning_rate.setter
    def learning_rate(self, value: float) -> None:
        if callable(value):
            raise ValueError(
                "`learning_rate` must be a number; compile the model again for "
                f"a schedule. Received: learning_rate={value!r}"
            )
        if not isinstance(self.second.learning_rate, keras.Variable):
            raise ValueError(
                "The learning rate cannot be set while that of the second "
                "optimizer (`discriminator_learning_rate`) is a schedule; use "
                f"a number. Received: learning_rate={value!r}"
            )
        ratio = _ratio(self.first, self.second)
        self.first.learning_rate = value
        # Rounding is no change, and a rate of 0 says nothing of the ratio.
        if ratio is not None and not (
            self._ratio and math.isclose(ratio, self._ratio, rel_tol=1e-5)
        ):
            self._ratio = ratio
        if self._ratio is not None:
            self.second.learning_rate = self._ratio * value

    def scale_loss(self, loss: Tensor) -> Tensor:
        return self.first.scale_loss(loss)

    def finalize_variable_values(
        self, var_list: Sequence[keras.Variable]
    ) -> None:
        if self.first.use_ema:
            part = [v for v in var_list if not self.is_second(v)]
            self.first.finalize_variable_values(part)

    def get_config(self) -> NoReturn:
        raise NotImplementedError(
            "The model that created this optimizer saves its configuration."
        )


def _ratio(
    first: keras.optimizers.Optimizer, second: keras.optimizers.Optimizer
) -> float | None:
    """Ratio of the second rate to the first; None if a rate has none."""
    rates = [
        float(ops.convert_to_numpy(optimizer.learning_rate))
        for optimizer in (first, second)
    ]
    return rates[1] / rates[0] if rates[0] > 0 else None


def _norm(gradients: Iterable[Tensor | None]) -> Tensor:
    """Global norm of the gradients, in float32."""
    squares = [
        ops.sum(ops.square(ops.cast(gradient, "float32")))
        for gradient in gradients
        if gradient is not None
    ]
    return ops.sqrt(sum(squares, ops.zeros((), "float32")))
