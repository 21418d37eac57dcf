import keras
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from convzoo.layers import SpectralConv2D
from tests.layer_checks import examples, gradients
from tests.support import (
    FIXTURES,
    numpy_of,
    randomized,
    rest_long,
    run_layer_test,
)

# Values of PyTorch: see make_spectral.py.
GOLDEN = np.load(FIXTURES / "spectral.npz")
# Power iterations per call, and number of calls.
CASES = {"once": (1, 1), "twice a call": (2, 1), "three calls": (1, 3)}


@pytest.mark.parametrize(
    ("arguments", "output_shape"),
    rest_long(
        (
            {"filters": 5, "kernel_size": (3, 3), "padding": "same"},
            (2, 9, 7, 5),
        ),
        (
            {
                "filters": 4,
                "kernel_size": (3, 2),
                "power_iterations": 3,
                "strides": (2, 1),
                "activation": "gelu",
                "use_bias": False,
            },
            (2, 4, 6, 4),
        ),
    ),
)
def test_layer(arguments, output_shape, tmp_path):
    run_layer_test(
        SpectralConv2D,
        arguments,
        (2, 9, 7, 3),
        output_shape,
        folder=tmp_path,
        other_shapes=[(1, 12, 16, 3), (3, 3, 2, 3)],
    )


def golden_layer(power_iterations=1, data_format="channels_last"):
    """Return the layer of the fixture before its first call."""
    filters, kernel_size = GOLDEN["bias"].size, GOLDEN["kernel"].shape[:2]
    layer = SpectralConv2D(
        filters,
        kernel_size,
        (2, 1),
        power_iterations=power_iterations,
        data_format=data_format,
    )
    shape = GOLDEN["inputs"].shape
    layer.build(shape if data_format == "channels_last" else to_first(shape))
    layer.set_weights(
        [GOLDEN[name] for name in ("kernel", "bias", "left_vector")]
    )
    return layer


def to_first(shape):
    return shape[0], shape[3], shape[1], shape[2]


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("data_format", ["channels_last", "channels_first"])
def test_values_are_those_of_pytorch(case, data_format):
    power_iterations, calls = CASES[case]
    layer = golden_layer(power_iterations, data_format)
    is_first = data_format == "channels_first"
    inputs = GOLDEN["inputs"]
    if is_first:
        inputs = inputs.transpose(0, 3, 1, 2)
    for _ in range(calls):
        found = numpy_of(layer(inputs, training=True))
    for name, outputs in (
        ("outputs", found),
        ("evaluated", numpy_of(layer(inputs))),
    ):
        if is_first:
            outputs = outputs.transpose(0, 2, 3, 1)
        np.testing.assert_allclose(
            outputs, GOLDEN[f"{case}/{name}"], rtol=1e-5, atol=1e-5
        )
    np.testing.assert_allclose(
        numpy_of(layer.left_vector), GOLDEN[f"{case}/left_vector"], atol=1e-6
    )


@pytest.mark.parametrize("case", CASES)
def test_gradients_are_those_of_pytorch(case):
    power_iterations, calls = CASES[case]
    layer = golden_layer(power_iterations)
    for _ in range(calls - 1):
        layer(GOLDEN["inputs"], training=True)
    fixed = [layer.left_vector.value]

    def outputs(kernel, bias, inputs):
        return layer.stateless_call(
            [kernel, bias], fixed, inputs, training=True
        )[0]

    names = ("kernel", "bias", "inputs")
    found = gradients(outputs, [GOLDEN[n] for n in names], GOLDEN["upstream"])
    for name, gradient in zip(names, found, strict=True):
        expected = GOLDEN[f"{case}/{name}_gradient"]
        np.testing.assert_allclose(
            gradient, expected, rtol=1e-5, atol=1e-4, err_msg=name
        )


def looked_at(layer):
    """Return the divisor of the kernel of a 1 x 1 convolution without bias."""
    kernel = numpy_of(layer.kernel)[0, 0]
    identity = np.eye(len(kernel), dtype="float32")
    outputs = numpy_of(layer(identity.reshape(1, -1, 1, len(kernel))))
    return np.sum(kernel**2) / np.sum(kernel * outputs[0, :, 0])


def pointwise(**arguments):
    layer = SpectralConv2D(4, 1, use_bias=False, **arguments)
    layer.build((None, None, None, 6))
    return layer


def test_the_estimate_rises_to_the_largest_singular_value():
    layer = randomized(pointwise())
    norms = [looked_at(layer)]
    for _ in range(40):
        layer(np.zeros((1, 1, 1, 6), "float32"), training=True)
        norms.append(looked_at(layer))
    largest = np.linalg.svd(numpy_of(layer.kernel)[0, 0], compute_uv=False)[0]
    assert norms[0] < 0.99 * largest
    assert np.min(np.diff(norms)) > -1e-6
    np.testing.assert_allclose(norms[-1], largest, rtol=1e-5)


@examples(10)
@given(
    st.integers(0, 1000),
    st.floats(1e-4, 1e4),
    st.lists(st.floats(0, 0.7), min_size=3, max_size=3),
)
def test_one_long_search_finds_the_largest_singular_value(seed, scale, others):
    layer = randomized(pointwise(power_iterations=30), seed)
    # Close singular values would converge more slowly.
    values = scale * np.array([1, *others])
    left, _, right = np.linalg.svd(numpy_of(layer.kernel)[0, 0], False)
    kernel = np.expand_dims((left * values) @ right, (0, 1))
    layer.kernel.assign(kernel)
    layer(np.zeros((1, 1, 1, 6), "float32"), training=True)
    np.testing.assert_allclose(looked_at(layer), scale, rtol=1e-4)


@pytest.mark.parametrize("policy", ["mixed_float16", "mixed_bfloat16"])
def test_the_estimate_is_kept_in_float32(policy):
    layer = randomized(pointwise(dtype=policy))
    for _ in range(40):
        layer(np.zeros((1, 1, 1, 6), "float32"), training=True)
    assert layer.left_vector.dtype == "float32"
    _, _, right = np.linalg.svd(numpy_of(layer.kernel)[0, 0])
    along = np.abs(np.sum(right[0] * numpy_of(layer.left_vector)))
    np.testing.assert_allclose(along, 1, atol=2e-3)


@examples(10)
@given(st.floats(1e-3, 1e3))
def test_the_scale_of_the_kernel_does_not_matter(scale):
    layer = golden_layer()
    layer.bias.assign(0 * GOLDEN["bias"])
    expected = numpy_of(layer(GOLDEN["inputs"], training=True))
    layer.kernel.assign(scale * GOLDEN["kernel"])
    layer.left_vector.assign(GOLDEN["left_vector"])
    found = numpy_of(layer(GOLDEN["inputs"], training=True))
    np.testing.assert_allclose(found, expected, atol=1e-5)


def test_calls_that_do_not_train_change_nothing():
    layer = golden_layer()
    before = [numpy_of(v).copy() for v in layer.variables]
    first = numpy_of(layer(GOLDEN["inputs"]))
    second = numpy_of(layer(GOLDEN["inputs"], training=False))
    np.testing.assert_array_equal(first, second)
    for variable, value in zip(layer.variables, before, strict=True):
        np.testing.assert_array_equal(numpy_of(variable), value)
    layer(GOLDEN["inputs"], training=True)
    changed = [
        np.any(numpy_of(variable) != value)
        for variable, value in zip(layer.variables, before, strict=True)
    ]
    assert changed == [False, False, True]


def test_the_estimate_is_not_trained_and_survives_a_file(tmp_path):
    inputs = keras.Input((None, None, 3))
    layer = SpectralConv2D(4, 3)
    model = keras.Model(inputs, layer(inputs))
    assert len(layer.trainable_variables) == 2
    model.compile("sgd", "mse")
    images = np.random.default_rng(0).normal(size=(2, 5, 4, 3))
    before = numpy_of(layer.left_vector).copy()
    model.fit(images, np.zeros((2, 3, 2, 4)), verbose=0)
    after = numpy_of(layer.left_vector)
    assert np.any(after != before)
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    found = numpy_of(loaded.layers[-1].left_vector)
    np.testing.assert_array_equal(found, after)


@pytest.mark.parametrize("policy", ["float32", "mixed_float16"])
@pytest.mark.parametrize("training", [False, True])
def test_a_kernel_of_zeros_stays_finite(training, policy):
    layer = SpectralConv2D(5, 3, kernel_initializer="zeros", dtype=policy)
    inputs = np.ones((1, 4, 4, 3), layer.compute_dtype)
    layer.build(inputs.shape)
    layer.bias.assign(np.arange(5))
    found = numpy_of(layer(inputs, training=training))
    np.testing.assert_array_equal(found[0, 0, 0], np.arange(5))
    assert np.all(np.isfinite(numpy_of(layer.left_vector)))


@pytest.mark.parametrize("training", [False, True])
def test_a_kernel_of_zeros_has_a_finite_gradient(training):
    layer = golden_layer()

    def outputs(kernel):
        variables = [kernel, layer.bias.value], [layer.left_vector.value]
        return layer.stateless_call(
            *variables, GOLDEN["inputs"], training=training
        )[0]

    zeros = np.zeros_like(GOLDEN["kernel"])
    (found,) = gradients(outputs, [zeros], GOLDEN["upstream"])
    assert np.all(np.isfinite(found))


@pytest.mark.parametrize("value", [0, -1, 1.0, "1", True, None])
def test_power_iterations_are_quoted(value):
    message = f"`power_iterations`.*power_iterations={value!r}"
    with pytest.raises(ValueError, match=message):
        SpectralConv2D(4, 3, power_iterations=value)


def test_groups_are_quoted():
    with pytest.raises(ValueError, match="`groups` must be 1.*groups=2"):
        SpectralConv2D(4, 3, groups=2)
