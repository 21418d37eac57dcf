"""Checks of `run_loss_test`, one function each."""

import contextlib

import keras
import numpy as np
import pytest
from keras import ops

from tests import layer_checks
from tests.layer_checks import BACKEND

# A model of one convolution takes about 20 kB. The smallest network of a loss
# would add 3 MB.
LARGEST_FILE = 100_000


def sizes_apart(pairs):
    """Return the pairs that a compiler must see: the first on JAX, else all.

    Sizes are always known on JAX, and each is compiled like the first.
    """
    return pairs[:1] if BACKEND == "jax" else pairs


def random_pair(shape, seed=0):
    """Return two arrays of independent uniform noise in [0, 1]."""
    random = np.random.default_rng(seed)
    return tuple(random.uniform(size=(2, *shape)).astype("float32"))


def hard_pairs(shape):
    """Return image pairs that are known to break losses."""
    noise, other = random_pair(shape)
    half, framed = noise.copy(), noise.copy()
    half[:, : shape[1] // 2] = 0.5
    framed[:, : shape[1] // 4] = 0
    framed[:, -(shape[1] // 4) :] = 0
    flat, black = np.full_like(noise, 0.5), np.zeros_like(noise)
    return {
        "negative": (noise, 1 - noise),
        "noise": (noise, other),
        "flat for noise": (noise, flat),
        "flat for flat": (flat, flat),
        "black for noise": (noise, black),
        "black for black": (black, black),
        "white for black": (black, np.ones_like(noise)),
        "noise for black": (black, noise),
        "half flat": (noise, half),
        "both half flat": (half, half),
        "letterboxed": (noise, framed),
        "both letterboxed": (framed, framed),
        "equal": (noise, noise.copy()),
        "out of range": (noise, 4 * other - 2),
    }


def check_values(loss, pair):
    """Check the value of each pair, the reductions and the sample weights."""
    y_true, y_pred = pair
    each = ops.convert_to_numpy(loss.call(*map(ops.convert_to_tensor, pair)))
    assert each.shape == (len(y_true),) and each.dtype == np.float32
    assert np.all(np.isfinite(each))
    weights = np.linspace(0.5, 2, len(each)).astype("float32")
    for reduction, expected in (
        ("none", each * weights),
        ("sum", np.sum(each * weights)),
        ("sum_over_batch_size", np.mean(each * weights)),
        ("mean_with_sample_weight", np.average(each, weights=weights)),
    ):
        other = type(loss).from_config(
            {**loss.get_config(), "reduction": reduction}
        )
        found = ops.convert_to_numpy(other(y_true, y_pred, weights))
        np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-6)


def check_independent(loss, pair):
    """Check that each value is independent of the rest of the batch."""
    whole = ops.convert_to_numpy(loss.call(*map(ops.convert_to_tensor, pair)))
    call = layer_checks.compiled(loss.call)
    for index, expected in enumerate(whole):
        one = [ops.convert_to_tensor(y[index : index + 1]) for y in pair]
        found = ops.convert_to_numpy(call(*one))
        np.testing.assert_allclose(found, [expected], rtol=1e-5, atol=1e-6)


def check_compiled(loss, pairs, tolerance):
    """Compare eager, graph and XLA values at unknown sizes.

    XLA compiles each size anew: it gets the first pair here, and the others in
    training, which covers known sizes.
    """
    for call, jit in compiled(loss.call, len(pairs[0][0].shape)):
        for pair in pairs[:1] if jit else pairs:
            expected = ops.convert_to_numpy(
                loss.call(*map(ops.convert_to_tensor, pair))
            )
            found = ops.convert_to_numpy(
                call(*map(ops.convert_to_tensor, pair))
            )
            np.testing.assert_allclose(
                found, expected, rtol=tolerance, atol=tolerance
            )


def check_one_side_known(loss, pair):
    """Compare with eager values where a compiler knows one side only."""
    if BACKEND != "tensorflow" or len(pair[0].shape) != 4:
        return
    import tensorflow as tf

    expected = loss.call(*map(ops.convert_to_tensor, pair))
    _, height, width, channels = pair[0].shape
    for sides in ((height, None), (None, width)):
        spec = tf.TensorSpec((None, *sides, channels))
        call = tf.function(loss.call, input_signature=[spec, spec])
        np.testing.assert_allclose(call(*pair), expected, 1e-5, 1e-5)


def check_empty(loss, pair):
    """Check that no samples have no values, and empty samples an error."""
    for axis in range(pair[0].ndim):
        empty = [
            ops.convert_to_tensor(np.delete(y, slice(None), axis)) for y in pair
        ]
        if axis == 0:
            assert tuple(layer_checks.compiled(loss.call)(*empty).shape) == (0,)
            continue
        with pytest.raises(ValueError, match="`y_(true|pred)`"):
            loss(*empty)


def compiled(function, rank):
    """Yield the function as each compiler returns it, and whether it is XLA."""
    if BACKEND == "tensorflow":
        import tensorflow as tf

        sizes = (None,) * (rank - 1)
        open_shape = tf.TensorSpec((*sizes, 3 if rank == 4 else None))
        for jit in (False, True):
            call = tf.function(
                function, input_signature=[open_shape] * 2, jit_compile=jit
            )
            yield call, jit
    if BACKEND == "jax":
        yield layer_checks.compiled(function), True


def check_gradients(loss, pairs):
    """Check that the gradients of the prediction are finite at all pairs."""
    gradient = gradient_of(loss)
    for name, (y_true, y_pred) in pairs.items():
        assert np.all(np.isfinite(gradient(y_true, y_pred))), name


def gradient_of(loss):
    """Return the gradient function of a loss, compiled once on JAX."""
    if BACKEND == "jax":
        import jax

        def total(y_true, y_pred):
            return ops.sum(loss.call(y_true, y_pred))

        return jax.jit(jax.grad(total, argnums=1))

    def gradient(y_true, y_pred):
        (found,) = layer_checks.gradients(
            lambda y: loss.call(ops.convert_to_tensor(y_true), y),
            [y_pred],
            np.ones(len(y_pred), "float32"),
        )
        return found

    return gradient


def check_training(loss, pairs, folder):
    """Train on batches of several sizes, and reload the saved model.

    Steps are compiled for the sizes of the batches and give the eager values.
    TensorFlow trains eagerly in float16, where compilation with XLA is slowest
    and covered by `check_compiled`.
    """
    rank = len(pairs[0][0].shape)
    # float32 is last and saved: Keras 3.15 cannot load a loss-scale optimizer.
    for policy, batches in (("mixed_float16", pairs[:1]), ("float32", pairs)):
        with dtype_policy(policy):
            model = model_of_one_layer(rank)
        halves = policy != "float32"
        eagerly = halves and BACKEND == "tensorflow"
        model.compile("adam", loss, run_eagerly=eagerly)
        for y_true, y_pred in batches:
            for _ in range(2):
                expected = ops.convert_to_numpy(loss(y_true, model(y_pred)))
                model.reset_metrics()
                value = model.train_on_batch(y_pred, y_true)
                assert np.isfinite(value), policy
                if not halves:
                    np.testing.assert_allclose(value, expected, rtol=1e-4)
    layers = [weight.path for layer in model.layers for weight in layer.weights]
    assert [weight.path for weight in model.trainable_variables] == layers
    path = folder / "trained.keras"
    model.save(path)
    assert path.stat().st_size < LARGEST_FILE
    loaded = keras.saving.load_model(path)
    assert type(loaded.loss) is type(loss)
    y_true, y_pred = pairs[0]
    found, expected = (
        ops.convert_to_numpy(each.loss(y_true, each(y_pred)))
        for each in (loaded, model)
    )
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-6)


def model_of_one_layer(rank):
    """Return a model whose outputs have the shape of its inputs."""
    if rank == 2:
        inputs = keras.Input((1,))
        return keras.Model(inputs, keras.layers.Dense(1)(inputs))
    inputs = keras.Input((None, None, 3))
    return keras.Model(
        inputs, keras.layers.Conv2D(3, 3, padding="same")(inputs)
    )


@contextlib.contextmanager
def dtype_policy(name):
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(name)
    try:
        yield
    finally:
        keras.config.set_dtype_policy(before)


def check_short_floats(loss, pair):
    """Check that float16 is computed in float32.

    Under a mixed policy, metrics receive float16.
    """
    expected = ops.convert_to_numpy(
        loss.call(*(np.float16(y).astype("float32") for y in pair))
    )
    halves = [ops.convert_to_tensor(np.float16(y)) for y in pair]
    found = ops.convert_to_numpy(loss.call(*halves))
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, expected, rtol=1e-6, atol=1e-6)
