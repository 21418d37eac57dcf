"""The gradient penalty of Wasserstein critics.

Gulrajani, Ahmed, Arjovsky, Dumoulin and Courville 2017, Improved Training of
Wasserstein GANs, https://arxiv.org/abs/1704.00028.

What differs from the paper: a one-sided penalty is offered as an option.
"""

from collections.abc import Callable
from typing import TypeAlias

import keras
from keras import ops

from convzoo.common.checks import check_flag
from convzoo.common.types import Tensor
from convzoo.losses.images import checked_arrays, dtype_of

# A Keras layer or model, or a function.
Critic: TypeAlias = Callable[..., Tensor]
# A function of a batch that returns a scalar.
_ScalarFunction: TypeAlias = Callable[[Tensor], Tensor]
# Added under the root: a norm of 0 becomes 1e-15, others do not change.
_EPSILON = 1e-30


def gradient_penalty(
    critic: Critic,
    real: Tensor,
    fake: Tensor,
    seed: int | keras.random.SeedGenerator | None = None,
    one_sided: bool = False,
    training: bool | None = None,
) -> Tensor:
    """Gradient penalty of a critic between real and fake samples.

    At a random point on the line between each real and fake sample, the penalty
    is `(norm - 1)^2` of the critic's gradient. The norm is taken over all
    values of a sample, not, as in several packages, per pixel. Add the penalty,
    times 10 in the paper, to the critic's loss. The second-order gradients that
    this needs are finite everywhere, even where the gradient is 0.

    Multiple outputs per sample are summed. A critic must judge each sample
    independently; batch normalisation would mix them. Variables of a Keras
    critic, such as the state of dropout, do not change, and no gradient flows
    to `real` and `fake`.

    On TensorFlow, the layers of convzoo that recompute activations in the
    backward pass raise a `NotImplementedError` for second-order gradients in
    training: `NonLocal` above 2,048 positions, and, in a compiled step,
    `DeformableConv2D` of large maps. Pass `training=False` with them.

    Args:
        critic: A built Keras layer or model, or a function that the backend can
            differentiate.
        real: Real samples `(batch, ...)`.
        fake: Fake samples of the same shape.
        seed: An int, which draws the same points in each call; a
            `keras.random.SeedGenerator`, which must be part of the state in
            functions compiled by JAX; or None.
        one_sided: Whether to penalise only norms above 1.
        training: Passed to the critic, unless None.

    Returns:
        Penalties `(batch,)`, at least 0.

    Raises:
        ValueError: If `critic` is not callable, the shapes differ, or
            `one_sided` is not True or False.

    Example:

    >>> import numpy as np
    >>> from convzoo.losses import gradient_penalty
    >>> real, fake = np.zeros((2, 8, 8, 3)), np.ones((2, 8, 8, 3))
    >>> penalty = gradient_penalty(lambda images: 0.25 * images, real, fake)
    >>> [f"{float(value):.2f}" for value in penalty]
    ['6.07', '6.07']
    """
    if not callable(critic):
        raise ValueError(
            "`critic` must be a model, a layer or a function. "
            f"Received: critic={critic!r}"
        )
    check_flag("one_sided", one_sided)
    real, fake = checked_arrays(real, fake, names=("real", "fake"))
    points = ops.stop_gradient(_between(real, fake, seed))
    gradient = _GRADIENTS[keras.config.backend()](
        _without_side_effects(critic, points, training), points
    )
    excess = _norm(gradient) - 1
    return ops.square(ops.relu(excess) if one_sided else excess)


def _between(
    real: Tensor, fake: Tensor, seed: int | keras.random.SeedGenerator | None
) -> Tensor:
    """Return a random point on the line between each real and fake sample."""
    shape = (ops.shape(real)[0], *(1 for _ in real.shape[1:]))
    alpha = keras.random.uniform(shape, dtype=dtype_of(real), seed=seed)
    return real + alpha * (fake - real)


def _norm(gradient: Tensor) -> Tensor:
    """Norm over all values of each sample, differentiable at 0."""
    squares = ops.square(gradient)
    while len(squares.shape) > 1:
        squares = ops.sum(squares, axis=-1)
    return ops.sqrt(squares + _EPSILON)


def _without_side_effects(
    critic: Critic, points: Tensor, training: bool | None
) -> _ScalarFunction:
    """Return a function of the points: the sum of the critic's outputs."""
    arguments = {} if training is None else {"training": training}
    if not isinstance(critic, keras.Layer):
        return lambda x: ops.sum(critic(x, **arguments))
    if not critic.built:
        critic(points)
    state = (
        [variable.value for variable in critic.trainable_variables],
        [variable.value for variable in critic.non_trainable_variables],
    )

    def total(x: Tensor) -> Tensor:
        outputs, _ = critic.stateless_call(*state, x, **arguments)
        return ops.sum(outputs)

    return total


# Keras has no operator for gradients, so each backend has its own function.


def _tensorflow_gradient(function: _ScalarFunction, points: Tensor) -> Tensor:
    import tensorflow as tf

    with tf.GradientTape() as tape:
        tape.watch(points)
        total = function(points)
    unconnected = tf.UnconnectedGradients.ZERO
    return tape.gradient(total, points, unconnected_gradients=unconnected)


def _jax_gradient(function: _ScalarFunction, points: Tensor) -> Tensor:
    import jax

    return jax.grad(function)(points)


def _torch_gradient(function: _ScalarFunction, points: Tensor) -> Tensor:
    import torch

    # Gradients are needed even if the caller disables them, as in validation.
    with torch.enable_grad():
        points = points.requires_grad_()
        total = function(points)
        if not total.requires_grad:
            return torch.zeros_like(points)
        (gradient,) = torch.autograd.grad(
            total, points, create_graph=True, materialize_grads=True
        )
    return gradient


_GRADIENTS: dict[str, Callable[[_ScalarFunction, Tensor], Tensor]] = {
    "tensorflow": _tensorflow_gradient,
    "jax": _jax_gradient,
    "torch": _torch_gradient,
}
