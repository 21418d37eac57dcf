"""SizeAgnosticClassifier with networks that have published weights."""

import keras
import numpy as np
import pytest

from convzoo.losses.trunk_weights import random_trunk
from convzoo.zoo import SizeAgnosticClassifier, load_model
from convzoo.zoo.backbones.preprocess import preprocess
from convzoo.zoo.backbones.pretrained_network import pretrained_network
from tests.layers.test_spp import pyramid
from tests.support import numpy_of, photograph

BINS = (1, 2)


@pytest.fixture(scope="module")
def weights(tmp_path_factory):
    """A file as torchvision's, with random weights."""
    path = tmp_path_factory.mktemp("weights") / "squeezenet.npz"
    np.savez(path, **random_trunk("squeezenet", 0))
    return path


@pytest.fixture(scope="module")
def model(weights):
    return classifier(weights)


def classifier(weights, **arguments):
    keras.utils.set_random_seed(1)
    arguments = {"class_names": ["cat", "dog", "owl"], "bins": BINS} | arguments
    return SizeAgnosticClassifier(3, "squeezenet", weights=weights, **arguments)


def images(height=70, width=90, count=2):
    shown = [photograph(height, width, seed=i) for i in range(count)]
    return np.stack(shown).astype("float32") / 255


def test_logits_are_those_of_the_parts(model, weights):
    network = pretrained_network("squeezenet", weights=weights)
    assert network.preprocessing_mode == "torch"
    (maps,) = network.model(preprocess(images(), "torch", (0, 1)))
    pooled = pyramid(numpy_of(maps), BINS, "max").reshape(2, -1)
    kernel, bias = model.head.get_weights()
    found = model.predict_on_batch(images())
    np.testing.assert_allclose(found, pooled @ kernel + bias, atol=1e-3)
    features = model.features(images())
    np.testing.assert_allclose(numpy_of(features.pooled), pooled, atol=1e-4)
    np.testing.assert_allclose(
        numpy_of(features.maps[0]), numpy_of(maps), atol=1e-4
    )


def test_unit_length_and_temperature(model, weights):
    other = classifier(weights, normalize=True, temperature=0.5)
    other.head.set_weights(model.head.get_weights())
    pooled = numpy_of(model.features(images()).pooled)
    vectors = pooled / np.linalg.norm(pooled, axis=1, keepdims=True)
    kernel, bias = model.head.get_weights()
    np.testing.assert_allclose(
        other.predict_on_batch(images()),
        (vectors @ kernel + bias) * 2,
        atol=1e-4,
    )
    np.testing.assert_allclose(
        numpy_of(other.features(images()).pooled), vectors, atol=1e-5
    )


def test_the_range_of_the_pixels_does_not_matter(model, weights):
    other = classifier(weights, image_range=(0, 255))
    other.head.set_weights(model.head.get_weights())
    np.testing.assert_allclose(
        other.predict_on_batch(images() * 255),
        model.predict_on_batch(images()),
        atol=1e-3,
    )


def test_several_maps(weights):
    model = classifier(weights, maps=("fire5", "fire9"))
    network = pretrained_network("squeezenet", ("fire5", "fire9"), weights)
    expected = [
        pyramid(numpy_of(maps), BINS, "max").reshape(2, -1)
        for maps in network.model(preprocess(images(), "torch", (0, 1)))
    ]
    found = numpy_of(model.features(images()).pooled)
    np.testing.assert_allclose(found, np.concatenate(expected, 1), atol=1e-4)
    logits = model.predict_on_batch(images())
    evidence = numpy_of(model.evidence_of(images()))
    np.testing.assert_allclose(
        evidence.sum(axis=(1, 2)),
        logits - model.head.get_weights()[1],
        atol=1e-3,
    )


def test_exports_are_compared_in_units_of_the_temperature(weights):
    model = classifier(weights, temperature=0.5)
    assert model.serving_scales == {"logits": 2, "evidence": 2}


@pytest.mark.parametrize(
    "arguments",
    [
        {},
        {"normalize": True, "temperature": 0.7},
        {"pooling": "average", "normalize": True},
    ],
)
def test_evidence_sums_to_the_logits(arguments, weights):
    model = classifier(weights, **arguments)
    logits = model.predict_on_batch(images())
    bias = model.head.get_weights()[1] / model.temperature
    evidence = numpy_of(model.evidence_of(images()))
    assert evidence.shape == (2, 4, 5, 3)
    np.testing.assert_allclose(
        evidence.sum(axis=(1, 2)), logits - bias, atol=1e-3
    )


def test_explain_takes_the_most_probable_class_or_a_named_one(model):
    image = photograph(70, 90)
    (best, _), *_ = model.classify(image)
    np.testing.assert_array_equal(
        model.explain(image), model.explain(image, best)
    )
    found = [model.explain(image, name) for name in model.class_names]
    pixels = np.expand_dims(model.pixels_of(image), 0)
    np.testing.assert_allclose(
        np.stack(found, -1), numpy_of(model.evidence_of(pixels))[0], atol=1e-4
    )
    with pytest.raises(ValueError, match="`class_name`.*'cow'"):
        model.explain(image, "cow")


@pytest.mark.parametrize("size", [(448, 300), (50, 67), (224, 224), (8, 5)])
def test_classify_scales_the_shorter_side(model, weights, size):
    scaled = classifier(weights, short_side=64)
    scaled.head.set_weights(model.head.get_weights())
    image = photograph(*size)
    pixels = scaled.pixels_of(image)
    assert min(pixels.shape[:2]) == 64
    ratio = pixels.shape[0] / pixels.shape[1]
    assert abs(ratio / (size[0] / size[1]) - 1) < 0.01
    assert pixels.min() >= 0 and pixels.max() <= 1
    assert scaled.classify(image) == model.classify(pixels)


def test_images_that_are_too_small_are_enlarged_by_classify(model):
    # 17 pixels: the smallest side of SqueezeNet.
    assert model.pixels_of(photograph(9, 12)).shape == (17, 23, 3)
    assert len(model.classify(photograph(9, 12))) == 3
    with pytest.raises(ValueError, match="at least 17 pixels.*9, 12"):
        model(images(9, 12))


def test_grey_and_transparent_images(model):
    image = photograph(40, 30)
    grey = image[..., :1]
    opaque = np.concatenate([image, np.full_like(grey, 255)], axis=-1)
    assert model.classify(opaque) == model.classify(image)
    assert model.classify(grey) == model.classify(np.repeat(grey, 3, axis=-1))


def test_the_configuration_names_everything_but_the_file(model, weights):
    config = classifier(weights, short_side=64, normalize=True).get_config()
    assert "weights" not in config
    assert config["backbone"] == "squeezenet"
    assert config["maps"] == ("fire9",)
    assert config["preprocessing_mode"] == "torch"
    assert (config["short_side"], config["normalize"]) == (64, True)


@pytest.mark.parametrize("kind", ["preset", "archive"])
def test_a_saved_model_needs_no_file_of_weights(model, tmp_path, kind):
    if kind == "preset":
        model.save_to_preset(tmp_path / "saved")
        other = load_model(tmp_path / "saved")
    else:
        model.save(tmp_path / "saved.keras")
        other = load_model(tmp_path / "saved.keras")
    np.testing.assert_array_equal(
        other.predict_on_batch(images()), model.predict_on_batch(images())
    )
    # JSON has no tuples.
    expected = {**model.get_config(), "name": other.name, "bins": [1, 2]}
    assert other.get_config() == expected


def test_an_override_adds_the_evidence_to_exported_files(model, tmp_path):
    model.save_to_preset(tmp_path / "saved")
    other = SizeAgnosticClassifier.from_preset(
        tmp_path / "saved", evidence=True
    )
    served = other.serve(images())
    assert set(served) == {"logits", "probabilities", "evidence"}
    assert set(model.serve(images())) == {"logits", "probabilities"}


@pytest.mark.long
def test_all_weights_of_the_network_can_be_trained(weights):
    model = classifier(weights, normalize=True)
    model.compile("adam", keras.losses.SparseCategoricalCrossentropy(True))
    before = [numpy_of(each).copy() for each in model.variables]
    model.train_on_batch(images(48, 48), np.array([0, 2]))
    after = [numpy_of(each) for each in model.variables]
    changed = [
        not np.array_equal(a, b) for a, b in zip(before, after, strict=True)
    ]
    # Some filters of the first layers may be silent for two images.
    assert np.mean(changed) > 0.9


def test_half_precision_agrees(model, weights):
    other = classifier(weights, dtype="mixed_bfloat16", normalize=True)
    assert other.network.layers[3].compute_dtype == "bfloat16"
    found = other.predict_on_batch(images())
    assert found.dtype == "float32"
    single = classifier(weights, normalize=True)
    np.testing.assert_allclose(
        found, single.predict_on_batch(images()), atol=0.05
    )


@pytest.mark.parametrize(
    "arguments",
    [
        {"standardize": True},
        {"grid": 8},
        {"preprocessing_mode": "pil"},
        {"maps": ("fire10",)},
        {"maps": ()},
        {"maps": 3},
        {"short_side": 0},
        {"normalize": 1},
        {"temperature": 0},
        {"evidence": None},
    ],
)
def test_arguments_are_checked_by_name(arguments, weights):
    (name,) = arguments
    with pytest.raises(ValueError, match=f"`{name}`.*Received"):
        classifier(weights, **arguments)


@pytest.mark.parametrize(
    "arguments",
    [
        {"weights": "imagenet"},
        {"maps": ("fire9",)},
        {"preprocessing_mode": "tf"},
    ],
)
def test_other_backbones_have_no_published_weights(arguments):
    (name,) = arguments
    with pytest.raises(ValueError, match=f"`{name}` is for networks with"):
        SizeAgnosticClassifier(3, "plain", width=4, **arguments)


def test_padding_is_refused(model):
    batch = {"images": images(), "sizes": np.array([[70, 90], [60, 40]])}
    with pytest.raises(ValueError, match="cannot ignore padding.*squeezenet"):
        model(batch)
