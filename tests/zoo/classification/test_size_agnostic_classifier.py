"""SizeAgnosticClassifier: padded batches, NumPy loops and bad input."""

import json

import keras
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from convzoo.layers import MLPConv
from convzoo.zoo import SizeAgnosticClassifier
from convzoo.zoo.classification.conv_unit import ConvUnit
from tests.layer_checks import BACKEND, compiled, examples
from tests.layers.test_spp import pyramid
from tests.support import (
    convolution,
    numpy_of,
    photograph,
    randomized,
)

BACKBONES = ("residual", "network_in_network", "plain")
BINS = (1, 2, (1, 3))


def tiny(backbone="residual", **arguments):
    """A small network with random weights."""
    arguments = {"num_classes": 5, "width": 4, "bins": BINS, **arguments}
    return randomized(SizeAgnosticClassifier(backbone=backbone, **arguments))


def padded(images, height, width, filling):
    """A padded batch of images in the top left corner, with their sizes."""
    batch = np.full((len(images), height, width, 3), filling, "float32")
    for image, place in zip(images, batch, strict=True):
        place[: image.shape[0], : image.shape[1]] = image
    sizes = np.array([image.shape[:2] for image in images], "int32")
    return {"images": batch, "sizes": sizes}


def noise(sizes, seed=0):
    random = np.random.default_rng(seed)
    return [random.random((*size, 3)).astype("float32") for size in sizes]


class ByLoops:
    """The network in NumPy; images share only their batch statistics."""

    def __init__(self, model, values=None):
        self.model = model
        self.values = values or {
            variable.path: numpy_of(variable).astype("float64")
            for variable in model.variables
        }
        self.moments = {}

    def logits(self, images, training=False):
        low, high = self.model.image_range
        maps = [
            (image.astype("float64") - low) / (high - low) * 2 - 1
            for image in images
        ]
        if self.model.standardize:
            maps = [(m - m.mean()) / np.hypot(m.std(), 1 / 255) for m in maps]
        for index, unit in enumerate(self.model.units):
            if index == 1:
                maps = [self.regridded(m) for m in maps]
            if isinstance(unit, ConvUnit):
                maps = self.unit(unit, maps, training)
            else:
                maps = self.residual(unit, maps, training)
        pooled = [
            pyramid(m[None], self.model.bins, self.model.pooling).ravel()
            for m in maps
        ]
        head = self.model.head
        return np.stack(pooled) @ self[head.kernel] + self[head.bias]

    def regridded(self, maps):
        side = self.model.grid
        if side is None:
            return maps
        pooled = pyramid(maps[None], (side,), "average")
        return pooled.reshape(side, side, maps.shape[-1])

    def loss(self, images, labels):
        logits = self.logits(images, training=True)
        shifted = logits - logits.max(1, keepdims=True)
        log = shifted - np.log(np.exp(shifted).sum(1, keepdims=True))
        return -log[np.arange(len(labels)), labels].mean()

    def residual(self, unit, maps, training):
        shortcut = maps
        if unit.shortcut is not None:
            # On PyTorch, the input is subsampled before the convolution.
            step = unit.strides // unit.shortcut.conv.strides[0]
            shortcut = [m[::step, ::step] for m in maps]
            shortcut = self.unit(unit.shortcut, shortcut, training)
        maps = self.unit(unit.first, maps, training)
        maps = self.unit(unit.second, maps, training)
        return [
            np.maximum(a + b, 0) for a, b in zip(maps, shortcut, strict=True)
        ]

    def unit(self, unit, maps, training):
        chain = unit.conv.convs if isinstance(unit.conv, MLPConv) else None
        for index, conv in enumerate(chain or [unit.conv]):
            bias = self[conv.bias] if conv.use_bias else 0
            step = conv.strides[0]
            # With symmetric padding, a stride subsamples the dense output.
            maps = [
                convolution(m, self[conv.kernel], bias)[::step, ::step]
                for m in maps
            ]
            if chain and index < len(chain) - 1:
                maps = [np.maximum(m, 0) for m in maps]
        mean, variance = self[unit.norm.moving_mean], None
        if training:
            pixels = np.concatenate([m.reshape(-1, m.shape[-1]) for m in maps])
            mean, variance = pixels.mean(0), pixels.var(0)
            self.moments[unit.norm.moving_mean.path] = mean
            self.moments[unit.norm.moving_variance.path] = variance
        else:
            variance = self[unit.norm.moving_variance]
        gain = self[unit.norm.gamma] / np.sqrt(variance + 1e-3)
        maps = [(m - mean) * gain + self[unit.norm.beta] for m in maps]
        if unit.activation is keras.activations.relu:
            maps = [np.maximum(m, 0) for m in maps]
        return maps

    def __getitem__(self, variable):
        return self.values[variable.path]


@pytest.mark.parametrize("backbone", BACKBONES)
@pytest.mark.parametrize("pooling", ["max", "average"])
@pytest.mark.parametrize(("standardize", "grid"), [(False, None), (True, 6)])
def test_equals_numpy_loops(backbone, pooling, standardize, grid):
    model = tiny(
        backbone,
        pooling=pooling,
        image_range=(-3, 5),
        standardize=standardize,
        grid=grid,
    )
    images = noise([(13, 9), (13, 9)])
    found = model.predict_on_batch(np.stack(images))
    expected = ByLoops(model).logits(images)
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-4)


@examples(15)
@given(
    sizes=st.lists(
        st.tuples(st.integers(1, 40), st.integers(1, 40)),
        min_size=1,
        max_size=4,
    ),
    more=st.tuples(st.integers(0, 9), st.integers(0, 9)),
    backbone=st.sampled_from(BACKBONES),
    grid=st.sampled_from([None, 5]),
    seed=st.integers(0, 99),
)
@pytest.mark.long
def test_in_a_padded_batch_each_is_as_alone(sizes, more, backbone, grid, seed):
    key = backbone, grid
    if key not in LOGITS:
        arguments = {"pooling": "average", "standardize": True, "grid": grid}
        model = tiny(backbone, **(arguments if grid else {}))
        LOGITS[key] = logits_of(model)
    logits_in, images = LOGITS[key], noise(sizes, seed)
    height, width = (
        max(size[axis] for size in sizes) + more[axis] for axis in (0, 1)
    )
    # The padding is NaN: it must not affect the logits.
    batch = padded(images, height, width, np.nan)
    together = logits_in(batch)
    for image, logits in zip(images, together, strict=True):
        np.testing.assert_allclose(
            logits, logits_in(image[None])[0], rtol=1e-4, atol=1e-4
        )


def logits_of(model):
    call = compiled(lambda batch: model(batch, training=False))
    return lambda batch: numpy_of(call(batch))


LOGITS: dict = {}


@pytest.mark.parametrize(
    ("backbone", "grid"),
    [*((backbone, None) for backbone in BACKBONES), ("plain", 4)],
)
def test_training_counts_valid_pixels_only(backbone, grid):
    model = tiny(backbone, grid=grid, standardize=grid is not None)
    images, labels = noise([(9, 14), (6, 5), (11, 8)]), np.array([0, 3, 1])
    oracle = ByLoops(model)
    expected_loss = oracle.loss(images, labels)
    before = dict(oracle.values)
    rate = 0.5
    model.compile(
        keras.optimizers.SGD(rate),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        jit_compile=BACKEND == "jax",
    )
    loss = model.train_on_batch(padded(images, 13, 17, 7.0), labels)
    np.testing.assert_allclose(loss, expected_loss, rtol=1e-4)
    for variable in model.non_trainable_variables:
        if variable.path in oracle.moments:
            expected = (
                0.9 * before[variable.path]
                + 0.1 * oracle.moments[variable.path]
            )
            np.testing.assert_allclose(
                numpy_of(variable), expected, rtol=1e-4, atol=1e-5
            )
    random = np.random.default_rng(0)
    for variable in model.trainable_variables:
        gradient = (before[variable.path] - numpy_of(variable)) / rate
        index = tuple(random.integers(n) for n in variable.shape)
        expected = slope(model, before, variable.path, index, images, labels)
        np.testing.assert_allclose(
            gradient[index], expected, rtol=5e-3, atol=2e-4, err_msg=str(index)
        )


def slope(model, values, path, index, images, labels, step=1e-5):
    """Central difference of the loss in NumPy."""
    losses = []
    for sign in (1, -1):
        moved = values[path].copy()
        moved[index] += sign * step
        oracle = ByLoops(model, {**values, path: moved})
        losses.append(oracle.loss(images, labels))
    return (losses[0] - losses[1]) / (2 * step)


@pytest.mark.parametrize("backbone", BACKBONES)
@pytest.mark.long
def test_fit_learns_from_batches_of_several_sizes(backbone):
    keras.utils.set_random_seed(0)
    model = SizeAgnosticClassifier(2, backbone, width=4)
    random = np.random.default_rng(0)
    sizes = random.integers(8, 20, (16, 2)).astype("int32")
    labels = random.integers(2, size=16)
    images = random.random((16, 20, 20, 3)).astype("float32")
    # The images of class 1 are red.
    images[labels == 1, :, :, 0] += 1
    model.compile(
        keras.optimizers.Adam(0.01),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        jit_compile=BACKEND == "jax",
    )
    batch = {"images": images, "sizes": sizes}
    history = model.fit(batch, labels, epochs=8, batch_size=8, verbose=0)
    assert history.history["loss"][-1] < 0.5 * history.history["loss"][0]


@pytest.mark.parametrize("backbone", BACKBONES)
def test_keras_file_gives_the_same_model(backbone, tmp_path):
    model = tiny(backbone, class_names=list("abcde"), dropout=0.1)
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    # JSON turns tuples into lists.
    first, second = (json.dumps(m.get_config()) for m in (model, loaded))
    assert first == second
    assert loaded.class_names == list("abcde")
    (image,) = noise([(17, 11)])
    np.testing.assert_array_equal(
        loaded.predict_on_batch(image[None]),
        model.predict_on_batch(image[None]),
    )


def keras_backbone():
    image = keras.Input((None, None, 3))
    x = keras.layers.Conv2D(6, 3, 2, padding="same")(image)
    return keras.Model(image, x, name="theirs")


def test_a_keras_model_is_a_backbone(tmp_path):
    model = SizeAgnosticClassifier(3, keras_backbone(), bins=(1, 2))
    images = noise([(17, 11), (17, 11)])
    found = model.predict_on_batch(np.stack(images))
    maps = numpy_of(model.backbone(np.stack(images)))
    pooled = pyramid(maps, (1, 2), "max").reshape(2, -1)
    expected = pooled @ numpy_of(model.head.kernel)
    np.testing.assert_allclose(found, expected, atol=1e-5)
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(
        loaded.predict_on_batch(images[0][None]),
        model.predict_on_batch(images[0][None]),
    )
    assert len(model.trainable_variables) == 4


def test_a_keras_model_takes_no_padded_batch():
    model = SizeAgnosticClassifier(3, keras_backbone())
    with pytest.raises(ValueError, match="`backbone`.*'theirs'"):
        model(padded(noise([(9, 9)]), 10, 10, 0))


@pytest.mark.parametrize(
    # float16 has 11 significant bits, and ten layers round.
    ("policy", "tolerance"),
    [("float32", 5e-3), ("mixed_float16", 1e-2)],
)
def test_standardized_images_have_neither_brightness_nor_contrast(
    policy, tolerance
):
    keras.utils.set_random_seed(0)
    model = SizeAgnosticClassifier(
        3, width=4, standardize=True, image_range=(0, 255), dtype=policy
    )
    dark = noise([(9, 13)])[0][None] * 25
    found = numpy_of(model(3 * dark + 150))
    np.testing.assert_allclose(
        found, numpy_of(model(dark)), rtol=1e-2, atol=tolerance
    )
    flat = [numpy_of(model(np.full_like(dark, v))) for v in (0, 90, 255)]
    assert np.isfinite(flat).all()
    np.testing.assert_allclose(flat[1:], flat[:-1], atol=tolerance)


@pytest.mark.parametrize(
    ("name", "value"), [("standardize", True), ("grid", 4)]
)
def test_a_keras_model_is_used_as_it_is(name, value):
    with pytest.raises(ValueError, match=f"`{name}`.*={value}"):
        SizeAgnosticClassifier(3, keras_backbone(), **{name: value})


def test_a_keras_model_must_make_maps():
    flat = keras.Sequential(
        [keras.Input((8, 8, 3)), keras.layers.GlobalAveragePooling2D()]
    )
    with pytest.raises(ValueError, match="`backbone`.*include_top=False"):
        SizeAgnosticClassifier(3, flat)


@pytest.mark.parametrize("policy", ["mixed_bfloat16", "mixed_float16"])
@pytest.mark.long
def test_lower_precision_gives_float32(policy):
    full = tiny()
    low = SizeAgnosticClassifier.from_config(
        full.get_config() | {"dtype": policy}
    )
    low.set_weights(full.get_weights())
    batch = padded(noise([(12, 9), (7, 8)]), 12, 9, np.nan)
    found, expected = numpy_of(low(batch)), numpy_of(full(batch))
    assert found.dtype == np.float32
    assert low.units[0].compute_dtype == policy.removeprefix("mixed_")
    scale = np.abs(expected).max()
    np.testing.assert_allclose(found, expected, atol=0.1 * scale)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("num_classes", 0),
        ("num_classes", 2.0),
        ("backbone", "vgg"),
        ("backbone", None),
        ("pooling", "mean"),
        ("bins", ()),
        ("width", 0),
        ("dropout", 1),
        ("image_range", (0, 255, 1)),
        ("image_range", (1, 0)),
        ("image_range", (0, "1")),
        ("class_names", ["one"]),
        ("standardize", 1),
        ("grid", 0),
    ],
)
def test_arguments_are_checked_by_name(name, value):
    with pytest.raises(ValueError, match=f"`{name}.*Received"):
        SizeAgnosticClassifier(**{"num_classes": 3, name: value})


@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        ({"images": np.zeros((1, 8, 8, 3))}, "'images' and 'sizes'"),
        (
            {"images": np.zeros((1, 8, 8, 3)), "sizes": np.array([[9, 8]])},
            r"`sizes`.*\(8, 8\)",
        ),
        (
            {"images": np.zeros((1, 8, 8, 3)), "sizes": np.array([[0, 8]])},
            "`sizes`",
        ),
        (
            {"images": np.zeros((1, 8, 8, 3)), "sizes": np.array([[8.0, 8]])},
            "`sizes` must be integers",
        ),
    ],
)
def test_bad_batches_are_named(inputs, message):
    with pytest.raises(ValueError, match=message):
        tiny()(inputs)


@pytest.mark.parametrize("kind", ["uint8", "uint16", "float32"])
@pytest.mark.parametrize("image_range", [(0, 1), (-1, 1)])
def test_images_with_alpha_are_on_white(kind, image_range):
    """Pillow composites; hidden colours have no effect."""
    model = SizeAgnosticClassifier(
        3, backbone="plain", width=4, bins=(1,), image_range=image_range
    )
    pixels = photograph(16, 18, 4)
    pixels[:4, :, 3], pixels[4:8, :, 3] = 0, 255
    image = Image.fromarray(pixels)
    white = Image.new("RGBA", image.size, "white")
    opaque = np.asarray(Image.alpha_composite(white, image))[..., :3]

    def given(array):
        if kind == "uint8":
            return array
        if kind == "uint16":
            return array.astype(kind) * 257
        low, high = image_range
        return (low + array / 255 * (high - low)).astype(kind)

    found = dict(model.classify(given(pixels)))
    for name, share in model.classify(given(opaque)):
        assert abs(found[name] - share) < 2e-3
    hidden = pixels.copy()
    hidden[:4, :, :3] = 77
    again = dict(model.classify(given(hidden)))
    assert again == pytest.approx(found, abs=1e-6)
