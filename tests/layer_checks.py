"""Checks of `run_layer_test`, one function each."""

import contextlib
import inspect
import json

import keras
import numpy as np
import pytest
from hypothesis import settings
from keras import ops

BACKEND = keras.config.backend()
# Keras on PyTorch computes float64 in float32: see `wide_enough`.
FLOATS = ["float32", "float64"] if BACKEND != "torch" else ["float32"]
POLICIES = {
    **dict.fromkeys(FLOATS, 1e-05),
    "mixed_float16": 3e-2,
    "mixed_bfloat16": 2e-1,
    "bfloat16": 2e-1,
}


def check_config(cls, arguments):
    """Check that arguments are attributes and survive `get_config()`."""
    layer = cls(**arguments)
    config = layer.get_config()
    for name in inspect.signature(cls.__init__).parameters:
        if name not in ("self", "kwargs"):
            assert name in config, f"{name} is not in get_config()"
            assert hasattr(layer, name), f"{name} is not an attribute"
    again = cls.from_config(json.loads(json.dumps(config))).get_config()
    assert json.dumps(again) == json.dumps(config)
    for name, value in arguments.items():
        if isinstance(value, (int, float)):
            assert config[name] == value


def check_shapes(layer, model, maps, output_shape):
    """Compare eager, symbolic and computed output shapes."""
    outputs = layer(maps[0])
    assert tuple(outputs.shape) == output_shape
    assert tuple(layer.compute_output_shape(maps[0].shape)) == output_shape
    open_shape = layer.compute_output_shape(model.input.shape)
    assert tuple(model.output.shape) == tuple(open_shape)


def check_empty(layer, batch):
    """Check that empty inputs have the right shape, or an error that says so.

    An empty batch has the right shape.
    """
    for axis in range(batch.ndim):
        empty = np.delete(batch, slice(None), axis)
        try:
            expected = layer.compute_output_shape(empty.shape)
        except ValueError as error:
            assert axis > 0 and "`inputs`" in str(error)
            with pytest.raises(ValueError, match="[Ii]nput"):
                layer(empty)
            continue
        outputs = compiled(layer)(ops.convert_to_tensor(empty))
        assert tuple(outputs.shape) == tuple(expected)
        assert np.all(np.isfinite(ops.convert_to_numpy(outputs)))


def check_keras_file(model, maps, folder):
    path = folder / "model.keras"
    model.save(path)
    loaded = keras.saving.load_model(path)
    expected, found = (
        ops.convert_to_numpy(m(maps[0])) for m in (model, loaded)
    )
    np.testing.assert_array_equal(found, expected)


def check_compiled(layer, model, maps, tolerance):
    """Compare eager, graph and XLA outputs of one model at all sizes.

    XLA compiles each size anew: it gets two sizes here, and the last in
    training.
    """
    # PyTorch's compiler is a separate product; users run eager mode.
    modes = [{"run_eagerly": True}, {"jit_compile": False}]
    if BACKEND != "torch":
        modes.append({"jit_compile": True})
    outputs = [ops.convert_to_numpy(layer(batch)) for batch in maps]
    for mode in modes:
        model.compile(**mode)
        count = 2 if mode.get("jit_compile") else len(maps)
        for batch, expected in zip(maps[:count], outputs, strict=False):
            found = model.predict_on_batch(batch)
            np.testing.assert_allclose(
                found, expected, rtol=tolerance, atol=tolerance
            )


def check_training(model, maps):
    """Train on maps of two sizes, compiled as `fit` does by default.

    The second size is compiled as an unknown size; the last map is the
    smallest.
    """
    if not model.trainable_variables:
        return
    model.compile("sgd", "mse")
    for batch in (maps[0], maps[-1]):
        targets = ops.convert_to_numpy(model(batch)) + 1
        assert np.isfinite(model.train_on_batch(batch, targets))


def check_dtypes(cls, arguments, layer, maps):
    """Check the compute dtype of each policy, and its outputs with float32."""
    expected = ops.convert_to_numpy(layer(maps[0]))
    scale = np.max(np.abs(expected))
    for policy, tolerance in POLICIES.items():
        with wide_enough(policy):
            other = cls(**arguments, dtype=policy)
            other.build(maps[0].shape)
            other.set_weights(layer.get_weights())
            outputs = other(ops.cast(maps[0], other.compute_dtype))
            found = keras.backend.standardize_dtype(outputs.dtype)
            assert found == other.compute_dtype, policy
            difference = ops.convert_to_numpy(ops.cast(outputs, "float32"))
            difference = np.max(np.abs(difference - expected))
            assert difference <= tolerance * scale, (policy, difference)


def check_gradients(layer, maps):
    """Check that each weight has a finite, nonzero gradient."""
    if not layer.trainable_variables:
        return
    gradients = weight_gradients(layer, maps[0])
    assert len(gradients) == len(layer.trainable_variables)
    for variable, gradient in zip(
        layer.trainable_variables, gradients, strict=True
    ):
        assert gradient is not None, f"{variable.path} has no gradient"
        gradient = ops.convert_to_numpy(gradient)
        assert np.all(np.isfinite(gradient)), variable.path
        assert np.any(gradient != 0), f"{variable.path} has a gradient of zero"


def check_exported(model, maps, folder, tolerance):
    """Compare one SavedModel and one LiteRT file with Keras at all sizes."""
    from convzoo.export import LiteRTModel, SavedModel
    from convzoo.export.litert import convert_to_litert
    from convzoo.export.saved_model import write_saved_model

    write_saved_model(model, folder / "saved_model")
    # A child process, as users get, would take half of the time of all tests.
    convert_to_litert(folder / "saved_model", folder / "model.tflite")
    runs = {
        "SavedModel": SavedModel(folder / "saved_model"),
        "LiteRT": LiteRTModel(folder / "model.tflite"),
    }
    for batch in maps:
        expected = ops.convert_to_numpy(model(batch))
        for name, run in runs.items():
            found = run(input=batch)["output"]
            assert found.shape == expected.shape, name
            np.testing.assert_allclose(
                found, expected, rtol=tolerance, atol=tolerance, err_msg=name
            )


def weight_gradients(layer, inputs):
    """Return the gradients of the mean square of the outputs."""
    if BACKEND == "tensorflow":
        import tensorflow as tf

        with tf.GradientTape() as tape:
            loss = ops.mean(ops.square(layer(inputs)))
        values = [v.value for v in layer.trainable_variables]
        return tape.gradient(loss, values)
    if BACKEND == "jax":
        import jax

        def loss(trainable):
            fixed = [v.value for v in layer.non_trainable_variables]
            outputs, _ = layer.stateless_call(trainable, fixed, inputs)
            return ops.mean(ops.square(outputs))

        values = [v.value for v in layer.trainable_variables]
        return jax.jit(jax.grad(loss))(values)
    layer.zero_grad()
    ops.mean(ops.square(layer(ops.convert_to_tensor(inputs)))).backward()
    return [v.value.grad for v in layer.trainable_variables]


def gradients(function, arrays, upstream):
    """Return the gradients of `sum(function(*arrays) * upstream)`."""
    arrays = [ops.convert_to_tensor(array) for array in arrays]

    def loss(*arrays):
        return ops.sum(function(*arrays) * ops.convert_to_tensor(upstream))

    if BACKEND == "tensorflow":
        import tensorflow as tf

        with tf.GradientTape() as tape:
            tape.watch(arrays)
            value = loss(*arrays)
        found = tape.gradient(value, arrays)
    elif BACKEND == "jax":
        import jax

        # Without `jax.jit`, which would compile anew for every call.
        found = jax.grad(loss, argnums=tuple(range(len(arrays))))(*arrays)
    else:
        arrays = [a.detach().requires_grad_() for a in arrays]
        loss(*arrays).backward()
        found = [a.grad for a in arrays]
    return [ops.convert_to_numpy(gradient) for gradient in found]


def compiled(function):
    """Compile a function on JAX; return it unchanged on other backends.

    Eager JAX compiles each operation by itself. Compiling the function as a
    whole is several times faster, and is what `fit` does.
    """
    if BACKEND != "jax":
        return function
    import jax

    return jax.jit(function)


def examples(count):
    """Return Hypothesis settings with `count` examples, a quarter on JAX.

    JAX compiles every operation for every new shape, which takes most of the
    time. The other backends run all examples.
    """
    if BACKEND == "jax":
        count = (count + 3) // 4
    return settings(max_examples=count, deadline=None)


def wide_enough(dtype):
    """Return a context that enables 64 bits on JAX if the dtype needs them.

    Keras on PyTorch falls back to 32 bits after a product or a floor, so tests
    in 64 bits are skipped there.
    """
    if "64" not in dtype or BACKEND == "tensorflow":
        return contextlib.nullcontext()
    if BACKEND == "torch":
        pytest.skip("Keras on PyTorch computes float64 in float32")
    import jax

    return jax.enable_x64(True)
