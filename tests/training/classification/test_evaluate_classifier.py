import shutil

import keras
import numpy as np
import pytest
from PIL import Image

from convzoo.training import ImageFolder
from convzoo.training.classification.confusion_matrix import confusion_matrix
from convzoo.training.classification.evaluate_classifier import (
    evaluate_classifier,
)
from convzoo.training.classification.predict_logits import predict_logits
from convzoo.training.classification.softmax import softmax
from convzoo.zoo import SizeAgnosticClassifier
from tests.support import photograph, randomized, shared_data

pytestmark = pytest.mark.usefixtures("uncompiled")

SIZES = {"a": [(9, 12), (20, 8), (31, 17)], "c": [(14, 14), (8, 30)]}


@pytest.fixture
def folder(tmp_path):
    for name, sizes in SIZES.items():
        (tmp_path / name).mkdir()
        for index, size in enumerate(sizes):
            image = Image.fromarray(photograph(*size, seed=index))
            image.save(tmp_path / name / f"{index}.png")
    return tmp_path


def model(**arguments):
    defaults = {"num_classes": 3, "width": 4, "class_names": ["a", "b", "c"]}
    return randomized(SizeAgnosticClassifier(**{**defaults, **arguments}))


def conv_model():
    image = keras.Input((None, None, 3))
    return keras.Model(image, keras.layers.Conv2D(4, 3, 2)(image))


def one_by_one(model, images):
    return np.concatenate(
        [
            model.predict_on_batch(image[None].astype("float32") / 255)
            for image in images
        ]
    )


def originals(resize=lambda size: size):
    return [
        np.asarray(
            Image.fromarray(photograph(*size, seed=index)).resize(
                resize(size)[::-1], Image.Resampling.BICUBIC
            )
        )
        for sizes in SIZES.values()
        for index, size in enumerate(sizes)
    ]


def test_logits_of_many_are_those_of_each():
    network, images = model(), originals()
    for arguments in ({}, {"batch_size": 2, "buckets": 2}):
        found = predict_logits(network, images, **arguments)
        expected = one_by_one(network, images)
        np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-4)
    done = []
    predict_logits(network, images, 2, 1, advance=done.append)
    assert done == [2, 2, 1]
    assert predict_logits(network, []).shape == (0, 3)


def test_a_keras_model_gets_images_one_by_one():
    network, images = model(backbone=conv_model()), originals()
    done = []
    found = predict_logits(network, images, advance=done.append)
    np.testing.assert_allclose(found, one_by_one(network, images), atol=1e-5)
    assert done == [1] * 5


@pytest.mark.parametrize(
    ("arguments", "resize"),
    [
        ({}, lambda size: size),
        ({"warp": 16}, lambda size: (16, 16)),
        ({"scale": 2.0}, lambda size: (2 * size[0], 2 * size[1])),
        ({"scale": 0.01}, lambda size: (1, 1)),
    ],
)
def test_report_counts_what_is_right(arguments, resize, folder):
    network = model()
    report = evaluate_classifier(network, folder, **arguments)
    logits = one_by_one(network, originals(resize))
    # The model has a class that the folder lacks.
    labels = np.array([0, 0, 0, 2, 2])
    expected = confusion_matrix(labels, logits.argmax(1), 3)
    np.testing.assert_array_equal(report.confusion, expected)
    np.testing.assert_array_equal(report.right, logits.argmax(1) == labels)
    assert report.quality.accuracy == np.trace(expected) / 5
    np.testing.assert_array_equal(report.predicted, logits.argmax(1))
    assert report.paths == [
        "a/0.png",
        "a/1.png",
        "a/2.png",
        "c/0.png",
        "c/1.png",
    ]
    assert report.class_names == ["a", "b", "c"]
    assert report.quality.confidence == pytest.approx(report.confidence.mean())


def test_sizes_are_those_of_the_scaled_images(folder):
    network = model()
    report = evaluate_classifier(network, folder, scale=2.0)
    sizes = [size for sizes in SIZES.values() for size in sizes]
    assert report.sizes.tolist() == [[2 * h, 2 * w] for h, w in sizes]
    # Otherwise all would be alike.
    report = evaluate_classifier(network, folder, warp=16)
    assert report.sizes.tolist() == [list(size) for size in sizes]


def as_classify(network, images):
    """The probabilities of `classify`, in the order of the classes."""
    found = [dict(network.classify(image, top=3)) for image in images]
    return [[each[name] for name in "abc"] for each in found]


@pytest.mark.parametrize("foreign", [True, False])
@pytest.mark.parametrize("short_side", [None, 12])
def test_images_are_resized_as_classify_does(short_side, foreign, folder):
    arguments = {}
    if foreign:
        arguments["backbone"] = conv_model()
    network = model(**arguments, short_side=short_side)
    images = ImageFolder(folder).images
    found = softmax(predict_logits(network, images))
    expected = as_classify(network, images)
    np.testing.assert_allclose(found, expected, atol=1e-5)
    # An argument replaces what the model has.
    other = model(**arguments, short_side=40)
    report = evaluate_classifier(other, folder, short_side=12)
    expected = as_classify(model(**arguments, short_side=12), images)
    np.testing.assert_array_equal(report.predicted, np.argmax(expected, 1))


def test_pixels_are_those_of_the_model(folder):
    """The range of its images, and padding, make no difference."""
    network = model(image_range=(-1, 3))
    images = ImageFolder(folder).images
    found = softmax(predict_logits(network, images))
    expected = as_classify(network, images)
    np.testing.assert_allclose(found, expected, atol=1e-5)


def test_a_backbone_gets_no_image_below_its_smallest(folder):
    network = model(backbone="squeezenet", weights=None)
    images = ImageFolder(folder).images
    report = evaluate_classifier(network, folder, short_side=3)
    expected = as_classify(network, images)
    np.testing.assert_array_equal(report.predicted, np.argmax(expected, 1))


def test_a_folder_is_read_once_for_several_sizes(folder, monkeypatch):
    network, read = model(), ImageFolder(folder)
    monkeypatch.setattr(ImageFolder, "__init__", None)
    for scale in (0.5, 2.0):
        report = evaluate_classifier(network, read, scale=scale)
        assert report.resizing.scale == scale


def test_what_is_scaled_and_warped_is_scaled_first(folder):
    network = model()
    report = evaluate_classifier(network, folder, warp=16, scale=0.01)
    # A single pixel is warped to a uniform image, wherever it lies.
    grey = [
        np.broadcast_to(image, (16, 16, 3))
        for image in originals(lambda size: (1, 1))
    ]
    logits = one_by_one(network, grey)
    labels = np.array([0, 0, 0, 2, 2])
    np.testing.assert_array_equal(report.right, logits.argmax(1) == labels)


def test_folders_may_be_called_by_number(folder):
    network = model()
    named = evaluate_classifier(network, folder)
    (folder / "a").rename(folder / "00")
    (folder / "c").rename(folder / "02")
    numbered = evaluate_classifier(network, folder)
    assert numbered.class_names == ["a", "b", "c"]
    np.testing.assert_array_equal(numbered.confusion, named.confusion)
    (folder / "02").rename(folder / "03")
    with pytest.raises(ValueError, match="does not know these classes: 00, 03"):
        evaluate_classifier(network, folder)


def test_classes_that_do_not_fit_are_named(folder):
    with pytest.raises(ValueError, match="does not know these classes: c"):
        evaluate_classifier(model(class_names=["a", "b", "x"]), folder)
    for number in range(11):
        (folder / f"class {number}").mkdir()
        image = Image.fromarray(photograph(4, 4))
        image.save(folder / f"class {number}" / "0.png")
    with pytest.raises(ValueError, match="c, class 0.*class 7 and 2 more$"):
        evaluate_classifier(model(class_names=["a", "b", "x"]), folder)
    for number in range(11):
        shutil.rmtree(folder / f"class {number}")
    with pytest.raises(ValueError, match="the 3 classes.*Received: 2"):
        evaluate_classifier(model(class_names=None), folder)
    nameless = model(class_names=None, num_classes=2)
    assert evaluate_classifier(nameless, folder).class_names == ["a", "c"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("warp", 0),
        ("warp", 1.5),
        ("scale", 0),
        ("scale", float("nan")),
        ("short_side", 0),
        ("short_side", 1.5),
    ],
)
def test_arguments_are_checked_by_name(name, value, folder):
    with pytest.raises(ValueError, match=f"`{name}`.*Received"):
        evaluate_classifier(model(), folder, **{name: value})


def test_classify_names_the_likeliest():
    network = model()
    image = photograph(21, 13)
    logits = one_by_one(network, [image])[0].astype(float)
    odds = np.exp(logits) / np.exp(logits).sum()
    order = np.argsort(-odds)
    found = network.classify(image)
    assert [name for name, _ in found] == ["abc"[i] for i in order]
    np.testing.assert_allclose([p for _, p in found], odds[order], rtol=1e-4)
    assert network.classify(image, top=1) == found[:1]
    opaque = np.dstack([image, np.full((21, 13), 255, "uint8")])
    floats = (image / 255).astype("float32")
    for other in (opaque, floats, image.astype("uint16") * 257):
        again = network.classify(other)
        np.testing.assert_allclose(
            [p for _, p in again], [p for _, p in found], rtol=1e-4
        )


def test_classify_composites_on_white():
    network = model()
    image = photograph(21, 13)
    clear = np.dstack([image, np.zeros((21, 13), "uint8")])
    assert network.classify(clear) == network.classify(np.full_like(image, 255))


@pytest.mark.parametrize(
    ("image", "message"),
    [
        (np.full((9, 9, 3), np.nan), "must not contain NaN.*243 such values"),
        (np.zeros((9, 9)), r"shape.*\(9, 9\)"),
        (np.zeros((0, 9, 3)), r"\(0, 9, 3\)"),
        (np.full((9, 9, 3), 200), "must be uint8, uint16 or a float.*int64"),
        (np.zeros((9, 9, 3), bool), "must be uint8, uint16 or a float.*bool"),
        (np.full((9, 9, 3), 200.0), r"must lie in \[0, 1\].*from 200 to 200"),
    ],
)
def test_bad_images_are_named(image, message):
    with pytest.raises(ValueError, match=message):
        model().classify(image)


@pytest.mark.long
def test_signs_spp_names_signs_of_any_size():
    signs = shared_data("signs/test")
    network = SizeAgnosticClassifier.from_preset("signs_spp")
    small, own, large = (
        evaluate_classifier(network, signs, scale=scale)
        for scale in (0.71, 1.0, 2.0)
    )
    assert len(own.right) == 671
    assert own.quality.accuracy >= 0.983
    assert own.quality.class_accuracy >= 0.97
    # Without its temperature it was 11 points too unsure.
    assert abs(own.quality.confidence - own.quality.accuracy) < 0.02
    for report in (small, large):
        assert report.quality.accuracy > own.quality.accuracy - 0.02
    assert own.class_names[14] == "stop"
