"""SRGenerator: NumPy loops, parameter counts of papers, and bad input."""

import keras
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from convzoo.zoo import SRGenerator
from convzoo.zoo.super_resolution.sr_configs import SR_CONFIGS
from tests.layer_checks import BACKEND, examples
from tests.support import (
    convolution,
    depth_to_space,
    numpy_of,
    photograph,
    randomized,
    rest_long,
    tiny_generator,
)


def by_loops(model, image):
    """The network of `model` in NumPy, for one float image."""
    weights = {}
    for layer in model.layers:
        weights.setdefault(type(layer).__name__, []).append(
            [numpy_of(v).astype(float) for v in layer.weights]
        )
    convolutions = iter(weights.get("Conv2D"))
    norms = iter(weights.get("BatchNormalization", []))
    slopes = iter(weights.get("PReLU", []))

    def conv(x):
        return convolution(x, *next(convolutions))

    def norm(x):
        if model.normalization is None:
            return x
        gamma, beta, mean, variance = next(norms)
        return gamma * (x - mean) / np.sqrt(variance + 1e-3) + beta

    def act(x):
        slope = {"relu": 0, "leaky_relu": 0.2}.get(model.activation)
        slope = next(slopes)[0] if slope is None else slope
        return np.where(x > 0, x, slope * x)

    def dense(x):
        maps = [x]
        for _ in range(4):
            maps.append(act(conv(np.concatenate(maps, -1))))
        return x + 0.2 * conv(np.concatenate(maps, -1))

    if model.block == "plain":
        x = image
        for _ in range(model.num_blocks + 1):
            x = act(conv(x))
    elif model.block == "residual":
        x = first = act(conv(image))
        for _ in range(model.num_blocks):
            y = norm(conv(act(norm(conv(x)))))
            if model.attention == "pixel":
                y = y / (1 + np.exp(-conv(y)))
            x = x + y
        x = first + norm(conv(x))
    else:
        x = first = conv(image)
        for _ in range(model.num_blocks):
            x = x + 0.2 * dense(dense(dense(x)))
        x = first + conv(x)
    if model.block == "plain" or model.upsampling == "direct":
        x = depth_to_space(conv(x), model.scale)
    else:
        for factor in {2: [2], 3: [3], 4: [2, 2], 8: [2, 2, 2]}[model.scale]:
            if model.block == "residual":
                x = act(depth_to_space(conv(x), factor))
            else:
                x = act(conv(x.repeat(factor, 0).repeat(factor, 1)))
        x = conv(x if model.block == "residual" else act(conv(x)))
    assert not list(convolutions) and not list(norms) and not list(slopes)
    return x + anchor_by_loops(image, model.anchor, model.scale)


def anchor_by_loops(image, kind, scale):
    height, width, channels = image.shape
    result = np.zeros((height * scale, width * scale, channels))
    for y in range(height * scale):
        for x in range(width * scale):
            if kind == "nearest":
                result[y, x] = image[y // scale, x // scale]
            elif kind == "bilinear":
                v = np.clip((y + 0.5) / scale - 0.5, 0, height - 1)
                u = np.clip((x + 0.5) / scale - 0.5, 0, width - 1)
                a, b = int(v), int(u)
                c, d = min(a + 1, height - 1), min(b + 1, width - 1)
                top = image[a, b] * (1 - u + b) + image[a, d] * (u - b)
                low = image[c, b] * (1 - u + b) + image[c, d] * (u - b)
                result[y, x] = top * (1 - v + a) + low * (v - a)
    return result


@pytest.mark.parametrize(
    "arguments",
    [
        {"block": "plain", "anchor": None, "scale": 3, "head_kernel_size": 5},
        {"block": "plain", "anchor": "nearest", "activation": "prelu"},
        {"block": "plain", "anchor": "bilinear", "scale": 4},
        {"block": "residual", "scale": 2, "activation": "prelu"},
        {"block": "residual", "scale": 3, "normalization": "batch"},
        {"block": "residual", "scale": 8, "anchor": "bilinear"},
        {"block": "residual", "scale": 4, "head_kernel_size": 9},
        {
            "block": "residual",
            "scale": 4,
            "upsampling": "direct",
            "normalization": "batch",
            "activation": "leaky_relu",
        },
        {"block": "residual", "scale": 2, "attention": "pixel"},
        {
            "block": "residual",
            "scale": 4,
            "attention": "pixel",
            "upsampling": "direct",
            "normalization": "batch",
        },
        {"block": "rrdb", "activation": "leaky_relu", "num_blocks": 1},
        {
            "block": "rrdb",
            "scale": 4,
            "activation": "prelu",
            "num_blocks": 1,
            "head_kernel_size": 5,
            "upsampling": "stepwise",
        },
        {
            "block": "rrdb",
            "scale": 3,
            "num_blocks": 1,
            "anchor": None,
            "upsampling": "direct",
        },
    ],
)
def test_equals_numpy_loops(arguments):
    model = tiny_generator(**arguments)
    image = np.random.default_rng(1).random((6, 9, 3))
    found = model.predict_on_batch(image[None].astype("float32"))[0]
    np.testing.assert_allclose(found, by_loops(model, image), atol=2e-5)


def test_srresnet_has_the_papers_size():
    assert SRGenerator(normalization="batch").count_params() == 1_554_883


@pytest.mark.long
def test_esrgan_has_the_papers_size():
    # BasicSR's RRDBNet with 23 blocks, 64 filters and a growth of 32.
    model = SRGenerator(**SR_CONFIGS["rrdb"])
    assert model.count_params() == 16_697_987


@pytest.mark.parametrize(
    ("block", "default"),
    [("plain", "direct"), ("residual", "stepwise"), ("rrdb", "stepwise")],
)
def test_upsampling_is_by_default_the_papers(block, default):
    found, expected = (
        [w.shape for w in tiny_generator(block=block, **more).get_weights()]
        for more in ({}, {"upsampling": default})
    )
    assert found == expected


@pytest.mark.parametrize(
    ("config", "least", "most"),
    [("tiny", 40_000, 48_500), ("base", 170_000, 400_000)],
)
def test_networks_fit_their_budgets(config, least, most):
    model = SRGenerator(**SR_CONFIGS[config])
    assert least <= model.count_params() <= most


@pytest.mark.parametrize("seed", range(3))
def test_starts_closer_to_its_anchor_than_from_glorots_weights(seed):
    keras.utils.set_random_seed(seed)
    model = SRGenerator(**SR_CONFIGS["tiny"])
    image = photograph(8, 9).astype("float32")[None] / 255
    nearest = image.repeat(4, 1).repeat(4, 2)

    def departure():
        return np.std(model.predict_on_batch(image) - nearest)

    close = departure()
    kernel = [x for x in model.layers if "conv2d" in x.name][-1].kernel
    kernel.assign(keras.initializers.GlorotUniform()(kernel.shape))
    # The standard deviations sqrt(0.01 / 252) and sqrt(2 / (252 + 432))
    # differ by a factor of 8.6.
    assert departure() > 4 * close > 0


@pytest.mark.parametrize(
    "arguments",
    [
        {"block": "plain", "num_blocks": 3, "head_kernel_size": 5},
        {"block": "plain", "anchor": "bilinear"},
        {"block": "residual", "scale": 2, "head_kernel_size": 3},
        {"block": "residual", "scale": 4, "head_kernel_size": 5},
        {"block": "residual", "scale": 3, "head_kernel_size": 3},
        {"block": "residual", "scale": 4, "upsampling": "direct"},
        {"block": "residual", "scale": 2, "attention": "pixel"},
        {"block": "rrdb", "scale": 4, "num_blocks": 1},
        {"block": "rrdb", "num_blocks": 1, "upsampling": "direct"},
    ],
)
def test_receptive_radius_is_what_a_pixel_reaches(arguments):
    model = tiny_generator(**arguments, activation="prelu")
    side, scale = 2 * model.receptive_radius + 7, model.scale
    # Without biases, outputs depend on the pixel alone. Its distant effect is
    # small, and rounding would hide it beside larger values.
    for variable in model.variables:
        if variable.name == "bias":
            variable.assign(np.zeros(variable.shape))
    image = np.zeros((1, side, side, 3), "float32")
    image[0, side // 2, side // 2] = 1
    found = model.predict_on_batch(image)
    rows = np.flatnonzero(np.abs(found[0]).max((1, 2)) > 0)
    reach = (side // 2 - rows[0] // scale, rows[-1] // scale - side // 2)
    assert max(reach) <= model.receptive_radius
    # Sub-pixel positions loosen the bound by at most one pixel.
    assert max(reach) >= model.receptive_radius - 1


@examples(12)
@given(
    height=st.integers(1, 40),
    width=st.integers(1, 40),
    tile=st.integers(1, 17),
    block=st.sampled_from(["plain", "residual"]),
)
def test_tiles_equal_the_whole_image(height, width, tile, block):
    model = MODELS.setdefault(
        block, tiny_generator(block=block, activation="prelu", num_blocks=1)
    )
    image = np.random.default_rng(height).random((height, width, 4))
    tiled = model.upscale(image, tile=tile)
    np.testing.assert_allclose(tiled, model.upscale(image), atol=1e-5)


MODELS: dict = {}


@pytest.mark.parametrize("dtype", ["uint8", "uint16", "float16", "float32"])
@pytest.mark.parametrize("channels", [None, 1, 2, 3, 4])
def test_upscale_keeps_dtype_and_channels(dtype, channels):
    model = tiny_generator()
    image = photograph(7, 5, channels or 1)
    maximum = {"uint8": 255, "uint16": 65535}.get(dtype, 1)
    image = (image / 255 * maximum).astype(dtype)
    image = image if channels else image[..., 0]
    found = model.upscale(image)
    assert found.dtype == dtype
    assert found.shape == (14, 10, *image.shape[2:])
    if channels in (3, 4):
        rgb = image[..., :3].astype("float32") / np.float32(maximum)
        expected = np.clip(model.predict_on_batch(rgb[None])[0], 0, 1)
        step = {"uint8": 0.51, "uint16": 0.51, "float16": 1e-3}.get(dtype, 1e-6)
        np.testing.assert_allclose(
            found[..., :3].astype(float), expected * maximum, atol=step
        )


def test_grey_is_the_luma_of_the_same_image_in_colour():
    model = tiny_generator()
    grey = photograph(6, 7, 1).astype("float32") / 255
    colour = model.predict_on_batch(np.repeat(grey, 3, -1)[None])[0]
    luma = colour @ np.array([0.299, 0.587, 0.114])
    np.testing.assert_allclose(
        model.upscale(grey)[..., 0], np.clip(luma, 0, 1), atol=1e-6
    )


def test_alpha_does_not_depend_on_colour():
    model = tiny_generator()
    image = photograph(9, 8, 4)
    image[..., 3] = 0
    image[2:6, 3:, 3] = 255
    other = image.copy()
    other[..., :3] = 255 - other[..., :3]
    alpha = model.upscale(image)[..., 3]
    np.testing.assert_array_equal(alpha, model.upscale(other)[..., 3])
    # Away from the edge, both alpha values are unchanged.
    assert alpha[:2, :4].max() == 0 and alpha[7:10, 12:].min() == 255


def test_progress_counts_the_tiles():
    calls = []
    image = photograph(10, 9)
    tiny_generator().upscale(image, 5, lambda *c: calls.append(c))
    assert calls == [(1, 4), (2, 4), (3, 4), (4, 4)]


@pytest.mark.parametrize(
    ("image", "message"),
    [
        (np.zeros((4, 4, 3), "int32"), "int32"),
        (np.zeros((4, 4, 5), "uint8"), r"\(4, 4, 5\)"),
        (np.zeros((1, 4, 4, 3), "uint8"), r"\(1, 4, 4, 3\)"),
        (np.zeros((0, 4, 3), "uint8"), "empty"),
        (np.zeros((4, 0), "uint8"), "empty"),
        (np.full((4, 4, 3), 255.0), "255"),
        (np.full((4, 4, 3), np.nan), "nan"),
        (np.full((4, 4, 3), -0.1), "-0.1"),
        ("photo.png", "image"),
        (None, "image"),
    ],
)
def test_upscale_quotes_bad_images(image, message):
    with pytest.raises(ValueError, match=message):
        tiny_generator().upscale(image)


@pytest.mark.parametrize("tile", [0, -3, 1.5, "8", True])
def test_upscale_quotes_bad_tiles(tile):
    with pytest.raises(ValueError, match="tile"):
        tiny_generator().upscale(photograph(4, 4), tile=tile)


def test_upscale_refuses_what_the_memory_cannot_hold():
    image = np.broadcast_to(np.uint8(3), (300_000, 400_000, 3))
    with pytest.raises(ValueError, match=r"400000x300000.*GB.*tile"):
        tiny_generator().upscale(image)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("scale", 5),
        ("scale", "4"),
        ("filters", 0),
        ("filters", 2.0),
        ("num_blocks", -1),
        ("block", "dense"),
        ("upsampling", "nearest"),
        ("upsampling", True),
        ("activation", "gelu"),
        ("normalization", "layer"),
        ("attention", "channel"),
        ("attention", True),
        ("anchor", "bicubic"),
        ("head_kernel_size", 4),
    ],
)
def test_arguments_are_checked_by_name(name, value):
    with pytest.raises(ValueError, match=f"`{name}`.*{value!r}"):
        SRGenerator(**{name: value})


@pytest.mark.parametrize("block", ["plain", "rrdb"])
@pytest.mark.parametrize(
    ("name", "value"), [("normalization", "batch"), ("attention", "pixel")]
)
def test_only_a_residual_network_takes(name, value, block):
    with pytest.raises(ValueError, match=f"`{name}`.*{value!r}"):
        SRGenerator(block=block, **{name: value})


def test_a_plain_network_enlarges_at_once():
    with pytest.raises(ValueError, match="`upsampling`.*'stepwise'"):
        SRGenerator(block="plain", upsampling="stepwise")


@pytest.mark.parametrize(
    "arguments",
    [
        {"block": "plain", "activation": "prelu", "anchor": "bilinear"},
        {"block": "residual", "activation": "prelu", "anchor": "bilinear"},
        {"block": "residual", "upsampling": "direct"},
        {"block": "residual", "attention": "pixel"},
        {"block": "rrdb", "num_blocks": 1, "activation": "leaky_relu"},
        {"block": "rrdb", "num_blocks": 1, "upsampling": "direct"},
    ],
)
def test_keras_file_gives_the_same_model(arguments, tmp_path):
    model = tiny_generator(**arguments)
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    assert type(loaded) is SRGenerator
    assert loaded.get_config() == model.get_config()
    image = photograph(5, 6)
    np.testing.assert_array_equal(loaded.upscale(image), model.upscale(image))


def test_a_configuration_without_upsampling_has_the_papers():
    config = tiny_generator(block="residual").get_config()
    del config["upsampling"]
    assert SRGenerator.from_config(config).upsampling is None


def test_config_makes_an_equal_model():
    model = tiny_generator(name="mine", dtype="mixed_float16")
    copy = SRGenerator.from_config(model.get_config())
    assert copy.name == "mine"
    assert copy.layers[1].dtype_policy.name == "mixed_float16"
    assert copy.arguments == model.arguments


@pytest.mark.parametrize("policy", ["mixed_float16", "mixed_bfloat16"])
def test_lower_precision_stays_close(policy):
    full, low = tiny_generator(), tiny_generator(dtype=policy)
    image = photograph(6, 6)
    difference = low.upscale(image).astype(int) - full.upscale(image)
    assert np.abs(difference).max() <= 4


@pytest.mark.parametrize("policy", ["mixed_float16", "mixed_bfloat16"])
@pytest.mark.parametrize(
    "arguments",
    [
        {"block": "plain"},
        {"block": "residual", "anchor": "bilinear"},
        {"block": "residual", "upsampling": "direct", "attention": "pixel"},
        {"block": "rrdb", "num_blocks": 1},
        {"block": "rrdb", "num_blocks": 1, "anchor": None},
    ],
)
def test_lower_precision_gives_float32(arguments, policy):
    model = tiny_generator(**arguments, dtype=policy)
    found = model(photograph(6, 5).astype("float32")[None] / 255)
    assert keras.backend.standardize_dtype(found.dtype) == "float32"
    assert model.output.dtype == "float32"
    assert model.layers[1].compute_dtype == policy.removeprefix("mixed_")


@pytest.mark.parametrize("block", ["plain", "residual", "rrdb"])
def test_lower_precision_keeps_the_digits_of_the_anchor(block):
    model = tiny_generator(block=block, num_blocks=1, dtype="mixed_bfloat16")
    last = [x for x in model.layers if isinstance(x, keras.layers.Conv2D)][-1]
    for variable in last.variables:
        variable.assign(np.zeros(variable.shape))
    image = photograph(6, 5).astype("float32")[None] / 255
    expected = image.repeat(2, 1).repeat(2, 2)
    np.testing.assert_array_equal(numpy_of(model(image)), expected)


@pytest.mark.parametrize(
    "arguments",
    rest_long(
        {"block": "plain"},
        {"block": "residual"},
        {"block": "residual", "upsampling": "direct", "attention": "pixel"},
        {"block": "rrdb", "num_blocks": 1},
        {"block": "rrdb", "num_blocks": 1, "upsampling": "direct"},
    ),
)
def test_every_weight_learns(arguments):
    model = tiny_generator(**arguments, activation="prelu")
    before = [numpy_of(v).copy() for v in model.trainable_variables]
    low = photograph(8, 8).astype("float32")[None] / 255
    high = photograph(16, 16).astype("float32")[None] / 255
    model.compile(
        keras.optimizers.SGD(0.01), "mse", jit_compile=BACKEND == "jax"
    )
    first = model.fit(low, high, verbose=0).history["loss"][0]
    for _ in range(3):
        last = model.fit(low, high, verbose=0).history["loss"][0]
    assert last < first
    for variable, old in zip(model.trainable_variables, before, strict=True):
        change = np.abs(numpy_of(variable) - old).max()
        assert 0 < change < np.inf, variable.path


def test_serve_clips_and_names_its_output():
    model = tiny_generator(anchor=None)
    image = keras.ops.ones((1, 4, 5, 3)) * 9
    served = model.serve(image)
    assert list(served) == ["image_x2"]
    raw = numpy_of(model(image))
    assert raw.min() < 0 or raw.max() > 1
    np.testing.assert_allclose(
        numpy_of(served["image_x2"]), np.clip(raw, 0, 1), atol=1e-6
    )


def test_preset_without_weights_is_fresh():
    name = "sr_x4_tiny"
    fresh = SRGenerator.from_preset(name, load_weights=False)
    trained = SRGenerator.from_preset(name)
    assert fresh.arguments == trained.arguments
    assert not np.allclose(fresh.get_weights()[0], trained.get_weights()[0])


def test_weights_are_set_by_seed():
    def weights():
        keras.utils.set_random_seed(3)
        return SRGenerator(block="plain", filters=4).get_weights()

    for a, b in zip(weights(), weights(), strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.fixture
def saved(tmp_path):
    """Presets of two models of the same architecture, and the models."""
    models = [randomized(tiny_generator(), seed=seed) for seed in (1, 2)]
    folders = [
        model.save_to_preset(tmp_path / str(i))
        for i, model in enumerate(models)
    ]
    return folders, models


@pytest.mark.parametrize("alpha", [0, 0.25, 1.0])
def test_blend_is_the_mean_of_the_weights(alpha, saved):
    folders, models = saved
    blended = SRGenerator.blend(*folders, alpha).get_weights()
    for found, a, b in zip(
        blended, *(model.get_weights() for model in models), strict=True
    ):
        np.testing.assert_allclose(found, a + alpha * (b - a), atol=1e-6)


@pytest.mark.parametrize("alpha", [-0.1, 1.1, float("nan"), "0.5", None, True])
def test_blend_quotes_a_wrong_share(alpha, saved):
    folders, _ = saved
    with pytest.raises(ValueError, match=f"alpha={alpha!r}"):
        SRGenerator.blend(*folders, alpha)


def test_blend_quotes_other_architectures(saved, tmp_path):
    (folder, _), _ = saved
    other = tiny_generator(num_blocks=3).save_to_preset(tmp_path / "other")
    with pytest.raises(ValueError, match="same arguments.*num_blocks': 3"):
        SRGenerator.blend(folder, other, 0.5)


@pytest.mark.parametrize("turns", range(4))
@pytest.mark.parametrize("mirrored", [False, True])
def test_an_ensemble_does_not_know_how_the_photograph_lies(turns, mirrored):
    def laid(image):
        turned = np.rot90(image, turns)
        return turned[:, ::-1] if mirrored else turned

    model = tiny_generator()
    image = photograph(9, 6).astype("float32") / 255
    expected = laid(model.upscale(image, ensemble=True))
    found = model.upscale(np.ascontiguousarray(laid(image)), ensemble=True)
    np.testing.assert_allclose(found, expected, atol=1e-5)
    alone = model.upscale(np.ascontiguousarray(laid(image)))
    if turns or mirrored:
        assert np.abs(alone - laid(model.upscale(image))).max() > 1e-3


def test_an_ensemble_is_the_mean_of_eight_views():
    model = tiny_generator()
    image = photograph(8, 7).astype("float32") / 255
    total = 0
    for turns in range(4):
        for flip in (np.copy, np.fliplr):
            view = np.ascontiguousarray(flip(np.rot90(image, turns)))
            result = model.predict_on_batch(view[None])[0]
            total = total + np.rot90(flip(result), -turns)
    found = model.upscale(image, ensemble=True)
    np.testing.assert_allclose(found, np.clip(total / 8, 0, 1), atol=1e-5)


@pytest.mark.long
def test_tiles_of_an_ensemble_equal_the_whole():
    model = tiny_generator()
    image = photograph(23, 17)
    whole = model.upscale(image, ensemble=True).astype(int)
    tiled = model.upscale(image, tile=7, ensemble=True)
    assert np.abs(tiled - whole).max() <= 1


def test_ensemble_is_true_or_false():
    with pytest.raises(ValueError, match="ensemble=1"):
        tiny_generator().upscale(photograph(4, 4), ensemble=1)
