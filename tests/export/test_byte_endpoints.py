import io

import keras
import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

from convzoo.export import (
    SavedModel,
    export_saved_model,
    served,
    write_saved_model,
)
from convzoo.export.byte_endpoints import byte_endpoints, takes_images
from convzoo.zoo import SizeAgnosticClassifier
from convzoo.zoo.classification.classifier_pixels import classifier_pixels
from convzoo.zoo.images.reading.read_photograph import read_photograph
from tests.support import (
    photograph,
    randomized,
    rest_long,
    shared_data,
    tiny_generator,
)

SIZE = (12, 9)
PHOTOGRAPHS = [photograph(14, 11), photograph(5, 8), photograph(9, 9, seed=1)]


def png(pixels):
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "png")
    return buffer.getvalue()


def classifier():
    """Return a classifier with an additional output of the image's size."""
    image = keras.Input((None, None, 3), name="image")
    maps = keras.layers.Conv2D(4, 3, padding="same")(image)
    scores = keras.layers.GlobalAveragePooling2D()(maps)
    return keras.Model(image, {"scores": scores, "maps": maps})


class Scaled(keras.Model):
    """Scores and maps of images in [0, 255] with a shorter side of 16."""

    serving_inputs = {"image": ("batch", "height", "width", 3)}
    serving_sides = (16, 16)
    serving_range = (0, 255)

    def __init__(self):
        super().__init__(name="scaled")
        self.first = keras.layers.Conv2D(4, 3, 2, activation="relu")
        self(np.zeros((1, 16, 16, 3)))

    def call(self, image):
        return self.serve(image)["scores"]

    def serve(self, image):
        maps = self.first(image)
        return {"maps": maps, "scores": keras.ops.mean(maps, axis=(1, 2))}

    def of_pixels(self, pixels, side=16):
        """Outputs for one image that is scaled by Pillow."""
        image = classifier_pixels(pixels, (0, 255), side)
        return {
            name: value.numpy()[0]
            for name, value in self.serve(np.expand_dims(image, 0)).items()
        }


class AtLeast(Scaled):
    serving_sides = (9, None)


def of_grey():
    image = keras.Input((None, None, 1), name="image")
    return keras.Model(image, {"image_new": keras.layers.Conv2D(1, 1)(image)})


@pytest.fixture(scope="module")
def enlarging(tmp_path_factory):
    model = tiny_generator()
    folder = tmp_path_factory.mktemp("sr") / "model"
    write_saved_model(model, folder, image_size=SIZE, max_pixels=200)
    return model, SavedModel(folder)


def test_each_image_is_enlarged_at_its_own_size(enlarging):
    model, run = enlarging
    encoded = [png(pixels) for pixels in PHOTOGRAPHS]
    found = run("serve_one_bytes", image_bytes=encoded)["image_x2_bytes"]
    for file, pixels in zip(found, PHOTOGRAPHS, strict=True):
        enlarged = np.asarray(Image.open(io.BytesIO(file)))
        expected = model.upscale(pixels)
        np.testing.assert_allclose(enlarged, expected, atol=1)


def test_a_batch_is_brought_to_one_size(enlarging):
    model, run = enlarging
    encoded = [png(pixels) for pixels in PHOTOGRAPHS]
    found = run("serve_bytes", image_bytes=encoded)["image_x2_bytes"]
    for file, pixels in zip(found, PHOTOGRAPHS, strict=True):
        resized = tf.image.resize(pixels / 255, SIZE, antialias=True)
        expected = model.predict_on_batch(np.expand_dims(resized, 0))[0]
        enlarged = np.asarray(Image.open(io.BytesIO(file)))
        np.testing.assert_allclose(
            enlarged, 255 * np.clip(expected, 0, 1), atol=0.51
        )


@pytest.mark.parametrize("endpoint", ["serve_bytes", "serve_one_bytes"])
@pytest.mark.parametrize("encoded", [b"junk", png(photograph(15, 14))])
def test_it_lives_on_after_what_it_refuses(enlarging, endpoint, encoded):
    _, run = enlarging
    good = png(PHOTOGRAPHS[0])
    with pytest.raises(ValueError, match="image must"):
        run(endpoint, image_bytes=[good, encoded])
    assert len(run(endpoint, image_bytes=[good])["image_x2_bytes"]) == 1


@pytest.fixture(scope="module")
def scaled(tmp_path_factory):
    model = Scaled()
    folder = tmp_path_factory.mktemp("scaled") / "model"
    write_saved_model(model, folder, max_pixels=2000)
    return model, SavedModel(folder)


@pytest.mark.parametrize("endpoint", ["serve_bytes", "serve_one_bytes"])
def test_each_image_is_scaled_to_its_shorter_side(scaled, endpoint):
    """Larger, smaller and of equal sides, as Pillow does it."""
    model, run = scaled
    images = [photograph(40, 33), *PHOTOGRAPHS, photograph(16, 50)]
    found = run(endpoint, image_bytes=[png(pixels) for pixels in images])
    for index, pixels in enumerate(images):
        expected = model.of_pixels(pixels)
        np.testing.assert_allclose(
            found["scores"][index], expected["scores"], atol=0.01
        )
        if endpoint == "serve_one_bytes":
            assert list(found) == ["scores"]
            continue
        rows, columns, _ = expected["maps"].shape
        maps = found["maps"][index]
        np.testing.assert_allclose(
            maps[:rows, :columns], expected["maps"], atol=0.05
        )
        assert not maps[rows:].any() and not maps[:, columns:].any()


@pytest.mark.parametrize("short_side", rest_long(8, None))
def test_long_images_are_squeezed_as_classify_does(short_side, tmp_path):
    model = randomized(
        SizeAgnosticClassifier(3, "plain", width=4, short_side=short_side)
    )
    write_saved_model(model, tmp_path / "model", image_size=SIZE)
    images = [photograph(*size) for size in ((3, 40), (2, 90), (200, 8))]
    encoded = [png(pixels) for pixels in images]
    run = SavedModel(tmp_path / "model")
    found = run("serve_one_bytes", image_bytes=encoded)["probabilities"]
    for shares, pixels in zip(found, images, strict=True):
        expected = dict(model.classify(pixels))
        np.testing.assert_allclose(
            shares, [expected[str(i)] for i in range(3)], atol=1e-3
        )


@pytest.mark.long
@pytest.mark.parametrize("endpoint", ["serve_bytes", "serve_one_bytes"])
def test_photographs_get_the_classes_that_classify_gives(endpoint, tmp_path):
    folder = shared_data("objects/train")
    files = sorted(folder.glob("*/image_00*.jpg"))[::12]
    model = SizeAgnosticClassifier(
        16, "squeezenet", image_range=(0, 255), short_side=64, evidence=True
    )
    # Random weights would give every photograph the same class.
    pooled = np.concatenate(
        [model.features(_pixels(model, path)).pooled for path in files]
    )
    kernel = (pooled[:16] - pooled.mean(axis=0)).T
    kernel *= 3 / np.std(pooled @ kernel, axis=0)
    model.head.set_weights([kernel, -pooled.mean(axis=0) @ kernel])
    write_saved_model(model, tmp_path / "model")
    encoded = [path.read_bytes() for path in files]
    found = SavedModel(tmp_path / "model")(endpoint, image_bytes=encoded)
    likeliest = set()
    for path, shares in zip(files, found["probabilities"], strict=True):
        expected = dict(model.classify(read_photograph(path), 16))
        by_number = [expected[str(index)] for index in range(16)]
        np.testing.assert_allclose(shares, by_number, atol=0.002)
        assert shares.argmax() == np.argmax(by_number)
        likeliest.add(shares.argmax())
    assert len(likeliest) > 5
    assert ("evidence" in found) == (endpoint == "serve_bytes")


def _pixels(model, path):
    return np.expand_dims(model.pixels_of(read_photograph(path)), 0)


def test_an_image_of_one_row_is_not_blown_up(scaled):
    _, run = scaled
    good = png(PHOTOGRAPHS[0])
    for pixels in (photograph(1, 200), photograph(500, 2)):
        with pytest.raises(ValueError, match="image must.*after it is scaled"):
            run("serve_bytes", image_bytes=[good, png(pixels)])
    assert len(run("serve_bytes", image_bytes=[good])["scores"]) == 1


def test_no_image_is_no_scaled_answer(scaled):
    _, run = scaled
    found = run("serve_bytes", image_bytes=np.array([], object))
    assert found["scores"].shape == (0, 4) and len(found["maps"]) == 0


def test_one_size_that_is_asked_for(tmp_path):
    model = Scaled()
    write_saved_model(model, tmp_path / "model", image_size=SIZE)
    encoded = [png(pixels) for pixels in PHOTOGRAPHS]
    found = SavedModel(tmp_path / "model")("serve_bytes", image_bytes=encoded)
    assert found["maps"].shape == (3, 5, 4, 4)
    for scores, pixels in zip(found["scores"], PHOTOGRAPHS, strict=True):
        resized = tf.image.resize(pixels, SIZE, antialias=True)
        expected = model.predict_on_batch(np.expand_dims(resized, 0))[0]
        np.testing.assert_allclose(scores, expected, atol=1e-3)


def test_the_report_says_which_images_a_model_takes(tmp_path):
    """It is compared at sizes that it takes, if none are given."""
    report = export_saved_model(Scaled(), tmp_path / "model").report
    assert report["sides"] == (16, 16) and report["image_range"] == (0, 255)
    assert report["image_size"] is None
    usual = export_saved_model(classifier(), tmp_path / "usual").report
    assert usual["sides"] == (1, None) and usual["image_range"] == (0, 1)
    assert usual["image_size"] == (256, 256)


def test_only_images_that_are_too_small_are_scaled(tmp_path):
    model = AtLeast()
    write_saved_model(model, tmp_path / "model", image_size=SIZE)
    encoded = [png(pixels) for pixels in PHOTOGRAPHS]
    run = SavedModel(tmp_path / "model")
    found = run("serve_one_bytes", image_bytes=encoded)["scores"]
    for scores, pixels in zip(found, PHOTOGRAPHS, strict=True):
        side = max(9, min(pixels.shape[:2]))
        expected = model.of_pixels(pixels, side)["scores"]
        np.testing.assert_allclose(scores, expected, atol=0.01)


def test_no_image_is_no_answer(enlarging):
    _, run = enlarging
    found = run("serve_one_bytes", image_bytes=np.array([], object))
    assert found["image_x2_bytes"].shape == (0,)


def test_outputs_of_the_size_of_an_image_are_left_out_of_one_answer(tmp_path):
    model = classifier()
    write_saved_model(model, tmp_path / "model", image_size=SIZE)
    run = SavedModel(tmp_path / "model")
    encoded = [png(pixels) for pixels in PHOTOGRAPHS]
    assert set(run("serve_bytes", image_bytes=encoded)) == {"maps", "scores"}
    found = run("serve_one_bytes", image_bytes=encoded)
    assert list(found) == ["scores"]
    for scores, pixels in zip(found["scores"], PHOTOGRAPHS, strict=True):
        image = np.expand_dims(pixels / 255, 0)
        expected = model.predict_on_batch(image)["scores"][0]
        np.testing.assert_allclose(scores, expected, atol=1e-6)


def test_a_model_of_maps_only_has_no_endpoint_for_images_alone(tmp_path):
    """Their shapes would depend on the size of each image."""
    image = keras.Input((None, None, 3), name="image")
    model = keras.Model(image, keras.layers.Conv2D(2, 3)(image))
    export_saved_model(model, tmp_path / "model", image_size=SIZE)
    run = SavedModel(tmp_path / "model" / "1")
    assert run.endpoints == ["serve_bytes", "serving_default"]
    found = run("serve_bytes", image_bytes=[png(PHOTOGRAPHS[0])])
    assert found["output"].shape == (1, 10, 7, 2)


def test_grey_images_too(tmp_path):
    write_saved_model(of_grey(), tmp_path / "model", image_size=SIZE)
    run = SavedModel(tmp_path / "model")
    found = run("serve_one_bytes", image_bytes=[png(PHOTOGRAPHS[0])])
    image = Image.open(io.BytesIO(found["image_new_bytes"][0]))
    assert image.mode == "L" and image.size == (11, 14)


def test_other_models_have_none():
    vector = keras.Input((4,), name="image")
    named = keras.Input((None, None, 3), name="maps")
    both = [named, keras.Input((None, None, 3), name="image")]
    for model in (
        keras.Model(vector, vector * 2),
        keras.Model(named, named * 2),
        keras.Model(both, both[0] + both[1]),
    ):
        assert not takes_images(served(model))
        assert byte_endpoints(served(model)) == {}


@pytest.mark.parametrize(
    "arguments",
    [
        {"image_size": (12,)},
        {"image_size": (12, 0)},
        {"image_size": (12, 9.5)},
        {"max_pixels": 0},
        {"max_pixels": 1e6},
    ],
)
def test_arguments_are_checked(arguments):
    (name,) = arguments
    with pytest.raises(ValueError, match=f"`{name}` must be"):
        byte_endpoints(served(tiny_generator()), **arguments)
