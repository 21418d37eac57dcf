"""SRDiscriminator: NumPy loops, parameter counts of papers, bad input."""

import keras
import numpy as np
import pytest

from convzoo.zoo import SRDiscriminator
from convzoo.zoo.super_resolution.sr_discriminator import CropLike
from tests.layer_checks import BACKEND
from tests.support import (
    convolution,
    numpy_of,
    photograph,
    randomized,
    rest_long,
)

NETWORKS = [
    (network, normalization)
    for network in ("vgg", "unet")
    for normalization in (None, "batch", "spectral")
]


# A single size, since JAX compiles for each size.
SIZE = (17, 14)


def tiny(network="vgg", normalization="batch", **arguments):
    """A discriminator with few channels and random weights."""
    return randomized(SRDiscriminator(2, network, normalization, **arguments))


def images(*sizes):
    return [photograph(*size).astype("float32")[None] / 255 for size in sizes]


def by_loops(model, image):
    """The network of `model` in NumPy, for one image, in inference mode."""
    weights = {}
    for layer in model.layers:
        kind = type(layer).__name__.removeprefix("Spectral")
        values = [numpy_of(v).astype(float) for v in layer.weights]
        if kind == "Conv2D" and not layer.use_bias:
            values.append(np.zeros(values[0].shape[-1]))
        weights.setdefault(kind, []).append(values)
    convolutions = iter(weights["Conv2D"])
    norms = iter(weights.get("BatchNormalization", []))
    left = [len(weights["Conv2D"])]

    def conv(x, stride=1, is_plain=False):
        kernel, *others = next(convolutions)
        bias = 0 if model.normalization and not is_plain else others[0]
        if model.normalization == "spectral" and not is_plain:
            matrix = kernel.reshape(-1, kernel.shape[-1])
            kernel = kernel / np.linalg.svd(matrix, compute_uv=False)[0]
        left[0] -= 1
        if stride == 2:
            return halved(x, kernel, bias)
        return convolution(x, kernel, bias)

    def block(x, stride=1):
        x = conv(x, stride)
        if model.normalization == "batch":
            gamma, beta, mean, variance = next(norms)
            x = gamma * (x - mean) / np.sqrt(variance + 1e-3) + beta
        return act(x)

    x = act(conv(2 * image - 1, is_plain=True))
    if model.network == "vgg":
        for stride in (2, 1, 2, 1, 2, 1, 2):
            x = block(x, stride)
        (kernel, bias), (last_kernel, last_bias) = weights["Dense"]
        x = act(x.mean((0, 1)) @ kernel + bias) @ last_kernel + last_bias
    else:
        skips = []
        for _ in range(3):
            skips.append(x)
            x = block(x, 2)
        for skip in reversed(skips):
            x = doubled(x)[: skip.shape[0], : skip.shape[1]]
            x = block(x) + skip
        x = conv(block(block(x)), is_plain=True)
    assert left == [0]
    return x


def act(x):
    return np.where(x > 0, x, 0.2 * x)


def halved(image, kernel, bias):
    """Convolution with "same" padding and a stride of 2, by loops."""
    size = kernel.shape[0]
    sides = [(side + 1) // 2 for side in image.shape[:2]]
    pads = []
    for side, new in zip(image.shape, sides, strict=False):
        # If the padding is odd, the end gets one pixel more.
        total = max(2 * (new - 1) + size - side, 0)
        pads.append((total // 2, total - total // 2))
    padded = np.pad(image, [*pads, (0, 0)])
    result = np.empty((*sides, kernel.shape[-1]))
    for y in range(sides[0]):
        for x in range(sides[1]):
            window = padded[2 * y : 2 * y + size, 2 * x : 2 * x + size]
            result[y, x] = np.tensordot(window, kernel, 3) + bias
    return result


def doubled(image):
    """Bilinear upsampling by 2, with half-pixel centres."""
    height, width, channels = image.shape
    result = np.empty((2 * height, 2 * width, channels))
    for y in range(2 * height):
        for x in range(2 * width):
            v = np.clip((y + 0.5) / 2 - 0.5, 0, height - 1)
            u = np.clip((x + 0.5) / 2 - 0.5, 0, width - 1)
            a, b = int(v), int(u)
            c, d = min(a + 1, height - 1), min(b + 1, width - 1)
            top = image[a, b] * (1 - u + b) + image[a, d] * (u - b)
            low = image[c, b] * (1 - u + b) + image[c, d] * (u - b)
            result[y, x] = top * (1 - v + a) + low * (v - a)
    return result


def search_singular_vectors(model):
    """Set spectral layers to the singular vectors of long training."""
    for layer in model.layers:
        if hasattr(layer, "left_vector"):
            kernel = numpy_of(layer.kernel)
            matrix = kernel.reshape(-1, kernel.shape[-1])
            layer.left_vector.assign(np.linalg.svd(matrix)[2][0])


@pytest.mark.parametrize(("network", "normalization"), NETWORKS)
def test_equals_numpy_loops(network, normalization):
    model = tiny(network, normalization)
    search_singular_vectors(model)
    (image,) = images(SIZE)
    found = numpy_of(model(image, training=False))[0]
    expected = by_loops(model, image[0].astype(float))
    assert np.std(expected) > 0.01 or network == "vgg"
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=2e-5)


def test_parameters_of_the_vgg_form():
    # Kernels: 9 * (3 * 64 + 64 * 64 + 64 * 128 + 128 * 128 + 128 * 256
    # + 256 * 256 + 256 * 512 + 512 * 512) = 4,683,456. The first convolution
    # has 64 biases; the others have 4 parameters of batch normalisation per
    # channel, for 64 + 2 * (128 + 256 + 512) = 1,856 channels. Dense layers:
    # 512 * 1024 + 1024 and 1024 + 1.
    expected = 4_683_456 + 64 + 4 * 1_856 + 525_312 + 1_025
    assert SRDiscriminator().count_params() == expected


def test_parameters_of_the_u_net():
    model = SRDiscriminator(network="unet", normalization="spectral")
    trained = sum(np.prod(v.shape) for v in model.trainable_variables)
    # The parameter count of Real-ESRGAN's discriminator.
    assert trained == 4_376_897


@pytest.mark.parametrize(("network", "normalization"), NETWORKS)
def test_every_size_has_its_logits(network, normalization):
    model = tiny(network, normalization)
    for height, width in ((1, 1), SIZE):
        (image,) = images((height, width))
        found = numpy_of(model(image))
        expected = (1, 1) if network == "vgg" else (1, height, width, 1)
        assert found.shape == expected
        assert model.compute_output_shape(image.shape) == expected
        assert np.all(np.isfinite(found))


@pytest.mark.parametrize(("network", "normalization"), NETWORKS)
def test_only_batch_normalization_mixes_photographs(network, normalization):
    def judged(batch):
        # Training updates spectral layers: each call needs a new model.
        return numpy_of(tiny(network, normalization)(batch, training=True))

    batch = np.concatenate(
        [photograph(*SIZE, seed=seed)[None] for seed in range(2)]
    ).astype("float32")
    batch = batch / 255
    alone = np.concatenate([judged(batch[i : i + 1]) for i in range(2)])
    difference = np.max(np.abs(judged(batch) - alone))
    if normalization == "batch":
        assert difference > 1e-2
    else:
        assert difference < 1e-5


@pytest.mark.parametrize(
    ("network", "normalization"),
    rest_long(("vgg", "batch"), ("unet", "spectral")),
)
def test_all_sizes_train_every_weight(network, normalization):
    model = tiny(network, normalization)
    model.compile(
        keras.optimizers.SGD(0.1), "mse", jit_compile=BACKEND == "jax"
    )
    for size in (SIZE, (16, 20))[: 1 if BACKEND == "jax" else 2]:
        batch = np.concatenate(images(size, size))
        batch[1] = 1 - batch[1]
        before = [numpy_of(v).copy() for v in model.variables]
        targets = numpy_of(model(batch)) + 1
        assert np.isfinite(model.train_on_batch(batch, targets))
        for variable, old in zip(model.variables, before, strict=True):
            change = np.max(np.abs(numpy_of(variable) - old))
            assert 0 < change < np.inf, variable.path


@pytest.mark.parametrize(("network", "normalization"), NETWORKS)
def test_keras_file_gives_the_same_model(network, normalization, tmp_path):
    model = tiny(network, normalization)
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    assert type(loaded) is SRDiscriminator
    assert loaded.get_config() == model.get_config()
    (image,) = images(SIZE)
    found, expected = (numpy_of(m(image)) for m in (loaded, model))
    np.testing.assert_array_equal(found, expected)


def test_config_makes_an_equal_model():
    model = tiny("unet", "spectral", name="mine", dtype="mixed_float16")
    copy = SRDiscriminator.from_config(model.get_config())
    assert copy.name == "mine"
    assert (copy.filters, copy.network, copy.normalization) == (
        2,
        "unet",
        "spectral",
    )
    convolution = copy.layers[2]
    assert convolution.dtype_policy.name == "mixed_float16"


@pytest.mark.parametrize("network", ["vgg", "unet"])
def test_lower_precision_gives_float32_logits(network):
    model = tiny(network, "spectral")
    low = SRDiscriminator(2, network, "spectral", dtype="mixed_bfloat16")
    low.set_weights(model.get_weights())
    (image,) = images(SIZE)
    expected, found = numpy_of(model(image)), low(image)
    assert keras.backend.standardize_dtype(found.dtype) == "float32"
    difference = np.max(np.abs(numpy_of(found) - expected))
    assert 0 < difference < 0.1 * np.max(np.abs(expected))


def test_crop_like_cuts_below_and_at_the_right():
    maps = np.random.default_rng(0).normal(size=(2, 6, 8, 3)).astype("float32")
    others = np.zeros((2, 5, 7, 4), "float32")
    found = numpy_of(CropLike()([maps, others]))
    np.testing.assert_array_equal(found, maps[:, :5, :7])
    shape = CropLike().compute_output_shape([maps.shape, (2, None, 7, 4)])
    assert shape == (2, None, 7, 3)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("filters", 0),
        ("filters", 2.0),
        ("filters", "64"),
        ("network", "resnet"),
        ("network", None),
        ("normalization", "layer"),
        ("normalization", True),
    ],
)
def test_arguments_are_quoted(name, value):
    with pytest.raises(ValueError, match=f"`{name}`.*{name}={value!r}"):
        SRDiscriminator(**{name: value})
