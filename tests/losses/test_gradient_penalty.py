import keras
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from keras import ops

from convzoo.layers import DeformableConv2D, NonLocal
from convzoo.losses import gradient_penalty
from tests.layer_checks import BACKEND, examples, gradients
from tests.support import numpy_of, randomized


def samples(shape, seed=0):
    random = np.random.default_rng(seed)
    return tuple(random.normal(size=(2, *shape)).astype("float32"))


def linear_critic(weights):
    """Return a Keras model of `sum(w * x)`, whose only variable is w."""
    inputs = keras.Input(weights.shape)
    flat = keras.layers.Flatten()(inputs)
    model = keras.Model(inputs, keras.layers.Dense(1, use_bias=False)(flat))
    model.trainable_variables[0].assign(weights.reshape(-1, 1))
    return model


def weight_gradients(critic, penalty, jit_compile=False):
    """Return the gradients of `sum(penalty(critic))`, as in training."""
    if BACKEND == "tensorflow":
        import tensorflow as tf

        @tf.function(jit_compile=jit_compile)
        def step():
            with tf.GradientTape() as tape:
                value = ops.sum(penalty(critic))
            values = [v.value for v in critic.trainable_variables]
            zeros = tf.UnconnectedGradients.ZERO
            return tape.gradient(value, values, unconnected_gradients=zeros)

        found = step()
    elif BACKEND == "jax":
        import jax

        def value(weights):
            pairs = zip(critic.trainable_variables, weights, strict=True)
            with keras.StatelessScope(state_mapping=pairs):
                return ops.sum(penalty(critic))

        weights = [v.value for v in critic.trainable_variables]
        found = jax.jit(jax.grad(value))(weights)
    else:
        critic.zero_grad()
        ops.sum(penalty(critic)).backward()
        values = [v.value for v in critic.trainable_variables]
        found = [
            ops.zeros_like(v) if v.grad is None else v.grad for v in values
        ]
    return [numpy_of(gradient) for gradient in found]


@examples(20)
@given(
    st.lists(st.integers(1, 5), min_size=1, max_size=3),
    st.floats(0.01, 10),
    st.booleans(),
)
def test_linear_critic(shape, scale, one_sided):
    weights, _ = samples(shape)
    weights = weights * np.float32(scale)
    norm = np.linalg.norm(weights.astype("float64"))
    excess = max(norm - 1, 0) if one_sided else norm - 1

    def critic(x):
        return ops.sum(x * ops.convert_to_tensor(weights), axis=-1)

    real, fake = samples((3, *shape), seed=1)
    found = numpy_of(gradient_penalty(critic, real, fake, one_sided=one_sided))
    assert found.shape == (3,) and found.dtype == np.float32
    np.testing.assert_allclose(found, 3 * [excess**2], rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("shape", [(6,), (4, 5, 3)])
def test_linear_model_and_its_second_derivative(shape):
    weights, _ = samples(shape)
    critic = linear_critic(weights)
    real, fake = samples((2, *shape), seed=1)
    norm = np.linalg.norm(weights.astype("float64"))
    found = numpy_of(gradient_penalty(critic, real, fake))
    np.testing.assert_allclose(found, 2 * [(norm - 1) ** 2], atol=1e-6)
    (found,) = weight_gradients(
        critic, lambda critic: gradient_penalty(critic, real, fake, seed=0)
    )
    expected = 2 * 2 * (norm - 1) * weights / norm
    np.testing.assert_allclose(found.ravel(), expected.ravel(), rtol=1e-5)


@pytest.mark.parametrize("jit_compile", [False, True])
def test_curved_model_and_its_second_derivative(jit_compile):
    weights, _ = samples((6,))
    inputs = keras.Input((6,))
    layer = keras.layers.Dense(1, use_bias=False, activation="softplus")
    critic = keras.Model(inputs, layer(inputs))
    critic.trainable_variables[0].assign(weights.reshape(-1, 1))
    points, _ = samples((3, 6), seed=1)
    # Between equal samples lies one point only. The gradient of the critic is
    # s * w, where s is the sigmoid of w * x.
    w, x = weights.astype("float64"), points.astype("float64")
    s = 1 / (1 + np.exp(-x @ w))
    norm = np.linalg.norm(w)
    found = numpy_of(gradient_penalty(critic, points, points))
    np.testing.assert_allclose(found, (s * norm - 1) ** 2, rtol=1e-5)
    (found,) = weight_gradients(
        critic,
        lambda critic: gradient_penalty(critic, points, points, seed=0),
        jit_compile,
    )
    slope = np.expand_dims(s * (1 - s) * norm, 1) * x
    slope = slope + np.expand_dims(s / norm, 1) * w
    expected = np.sum(np.expand_dims(2 * (s * norm - 1), 1) * slope, axis=0)
    np.testing.assert_allclose(found.ravel(), expected, rtol=1e-4, atol=1e-6)


def convolutional_critic():
    """Return a critic of patches with all kinds of stateful layers."""
    inputs = keras.Input((None, None, 3))
    x = keras.layers.Conv2D(4, 3, activation="tanh")(inputs)
    x = keras.layers.BatchNormalization()(x)
    x = keras.layers.Dropout(0.5, seed=0)(x)
    critic = keras.Model(inputs, keras.layers.Conv2D(1, 3)(x))
    return randomized(critic)


def test_second_derivative_as_finite_differences():
    critic = convolutional_critic()
    real, fake = samples((2, 9, 8, 3))

    def penalty(critic):
        return gradient_penalty(critic, real, fake, seed=0, training=False)

    kernel = critic.trainable_variables[0]
    (found, *_) = weight_gradients(critic, penalty)
    before = numpy_of(kernel.value)
    direction = found / np.linalg.norm(found)
    values = []
    for step in (-1e-2, 1e-2):
        kernel.assign(before + step * direction)
        values.append(np.sum(numpy_of(penalty(critic)).astype("float64")))
    difference = (values[1] - values[0]) / 2e-2
    np.testing.assert_allclose(difference, np.linalg.norm(found), rtol=1e-2)


@pytest.mark.parametrize("training", [None, False, True])
def test_state_of_a_model_is_left_alone(training):
    critic = convolutional_critic()
    before = [numpy_of(v.value) for v in critic.variables]
    real, fake = samples((2, 9, 8, 3))
    found = gradient_penalty(critic, real, fake, training=training)
    assert np.all(np.isfinite(numpy_of(found)))
    for variable, expected in zip(critic.variables, before, strict=True):
        np.testing.assert_array_equal(numpy_of(variable.value), expected)


def test_patches_are_added_up():
    kernel = keras.layers.Conv2D(2, 1, use_bias=False)
    kernel.build((None, 3, 4, 3))
    randomized(kernel)
    real, fake = samples((2, 3, 4, 3))
    found = numpy_of(gradient_penalty(kernel, real, fake))
    weights = np.sum(numpy_of(kernel.kernel.value), axis=-1)
    norm = np.sqrt(12 * np.sum(weights**2))
    np.testing.assert_allclose(found, 2 * [(norm - 1) ** 2], rtol=1e-5)


@pytest.mark.parametrize(
    "critic", [lambda x: 0 * x, lambda x: ops.ones((2, 1)), None]
)
def test_constant_critic(critic):
    real, fake = samples((2, 5, 4, 3))
    if critic is None:
        critic = linear_critic(np.zeros((5, 4, 3), "float32"))
        (found,) = weight_gradients(
            critic, lambda critic: gradient_penalty(critic, real, fake, seed=0)
        )
        np.testing.assert_array_equal(found, 0)
    found = numpy_of(gradient_penalty(critic, real, fake))
    np.testing.assert_array_equal(found, 1)
    found = numpy_of(gradient_penalty(critic, real, fake, one_sided=True))
    np.testing.assert_array_equal(found, 0)


def alphas(**arguments):
    """Return the positions between the samples, from 0 to 1.

    The gradient of the critic is the point itself.
    """
    real = np.zeros((50, 2, 2, 1), "float32")
    fake = np.full_like(real, 0.5)
    penalty = gradient_penalty(
        lambda x: ops.square(x) / 2, real, fake, **arguments
    )
    return 1 - np.sqrt(numpy_of(penalty))


def test_points_are_uniform_and_one_to_a_sample():
    found = alphas(seed=3)
    expected = numpy_of(keras.random.uniform((50, 1, 1, 1), seed=3)).ravel()
    np.testing.assert_allclose(found, expected, atol=1e-6)
    assert len(np.unique(found)) == 50


def test_seeds():
    np.testing.assert_array_equal(alphas(seed=1), alphas(seed=1))
    assert np.any(alphas(seed=1) != alphas(seed=2))
    assert np.any(alphas() != alphas())
    seed = keras.random.SeedGenerator(0)
    assert np.any(alphas(seed=seed) != alphas(seed=seed))


def test_no_gradient_flows_to_the_samples():
    found = gradients(
        lambda x: gradient_penalty(ops.square, x, 2 * x, seed=0) + 0 * x[:, 0],
        [samples((3, 2))[0]],
        np.ones(3, "float32"),
    )
    np.testing.assert_array_equal(found, 0)


@pytest.mark.skipif(BACKEND != "torch", reason="only PyTorch has this switch")
def test_where_gradients_are_switched_off():
    import torch

    weights, _ = samples((6,))
    real, fake = samples((2, 6), seed=1)
    critic = linear_critic(weights)
    expected = numpy_of(gradient_penalty(critic, real, fake))
    with torch.no_grad():
        found = numpy_of(gradient_penalty(critic, real, fake))
    np.testing.assert_array_equal(found, expected)


@pytest.mark.skipif(
    BACKEND != "tensorflow", reason="only TensorFlow has these compilers"
)
@pytest.mark.parametrize("jit_compile", [False, True])
def test_graphs_of_unknown_sizes(jit_compile):
    import tensorflow as tf

    critic = convolutional_critic()
    unknown = tf.TensorSpec((None, None, None, 3))

    @tf.function(input_signature=[unknown] * 2, jit_compile=jit_compile)
    def penalty(real, fake):
        return gradient_penalty(critic, real, fake, training=False)

    for shape in ((2, 9, 8, 3), (1, 6, 11, 3)):
        # XLA draws other random numbers, without effect on equal samples.
        points, _ = samples(shape)
        expected = gradient_penalty(critic, points, points, training=False)
        np.testing.assert_allclose(
            penalty(points, points), numpy_of(expected), rtol=1e-4
        )


@pytest.mark.parametrize(
    ("layer", "shape"),
    [(NonLocal(), (46, 46, 2)), (DeformableConv2D(1, 3), (64, 64, 32))],
)
def test_layers_that_compute_parts_again(layer, shape):
    inputs = keras.Input(shape)
    critic = randomized(keras.Model(inputs, layer(inputs)))
    points, _ = samples((1, *shape))

    def second(training):
        return weight_gradients(
            critic,
            lambda critic: gradient_penalty(
                critic, points, points, seed=0, training=training
            ),
        )

    expected = second(False)
    assert np.all([np.all(np.isfinite(gradient)) for gradient in expected])
    if BACKEND == "tensorflow":
        with pytest.raises(NotImplementedError):
            second(True)
        return
    for one, other in zip(second(True), expected, strict=True):
        scale = np.max(np.abs(other))
        np.testing.assert_allclose(one, other, atol=1e-4 * scale + 1e-6)


def test_halves_and_integers_are_computed_in_float32():
    real, fake = samples((2, 6))
    halves = [np.float16(y) for y in (real, fake)]
    expected = numpy_of(
        gradient_penalty(ops.square, *map(np.float32, halves), seed=0)
    )
    found = numpy_of(gradient_penalty(ops.square, *halves, seed=0))
    assert found.dtype == np.float32
    np.testing.assert_array_equal(found, expected)
    bytes_of = np.arange(12, dtype="uint8").reshape(2, 6)
    found = gradient_penalty(ops.square, bytes_of, 255 - bytes_of, seed=0)
    assert np.all(np.isfinite(numpy_of(found)))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"critic": 3}, "`critic` .*critic=3"),
        ({"one_sided": 1}, "`one_sided` .*one_sided=1"),
        ({"fake": np.zeros((3, 2))}, r"`real` and `fake` .*\(2, 2\).*\(3, 2\)"),
        ({"real": np.zeros(())}, r"`real` .*\(batch, \.\.\.\)"),
    ],
)
def test_bad_arguments(changes, message):
    arguments = {"critic": ops.square, "real": np.zeros((2, 2))}
    arguments = {**arguments, "fake": np.zeros((2, 2)), **changes}
    with pytest.raises(ValueError, match=message):
        gradient_penalty(**arguments)
