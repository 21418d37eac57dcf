import keras
import numpy as np
import pytest

from convzoo.export import (
    LiteRTModel,
    SavedModel,
    contract,
    export_model,
    largest_difference,
)
from convzoo.zoo import BallPositionPredictor, SizeAgnosticClassifier
from tests.support import photograph, tiny_generator


class Served(keras.Model):
    """A model whose `serve` is a function that a test chooses."""

    def __init__(self, function, **kwargs):
        super().__init__(**kwargs)
        self.function = function
        self.serving_inputs = {"image": (None, None, None, 3)}
        self.dense = keras.layers.Dense(2)
        self.dense.build((None, 3))

    def call(self, image):
        return self.dense(image)

    def serve(self, image):
        return {"result": self.function(image) + 0 * self(image)[..., :1]}


@pytest.mark.parametrize(
    "arguments",
    [
        {"block": "plain", "anchor": "nearest"},
        {"block": "plain", "anchor": "bilinear", "activation": "prelu"},
        {"block": "residual", "scale": 4, "normalization": "batch"},
        {"block": "residual", "scale": 3, "anchor": "bilinear"},
    ],
)
def test_every_generator_leaves_keras_unchanged(arguments, tmp_path):
    model = tiny_generator(**arguments, name="small")
    files = export_model(model, tmp_path)
    assert [file.format for file in files] == ["saved_model", "litert"]
    assert all(file.difference < 1e-5 for file in files)
    assert sorted(p.name for p in tmp_path.iterdir()) == [
        "small",
        "small.tflite",
    ]
    assert (tmp_path / "small" / "1" / "saved_model.pb").is_file()


def test_files_have_named_tensors_of_any_size(tmp_path):
    model = tiny_generator(name="small")
    saved, litert = export_model(model, tmp_path)
    for run in (SavedModel(saved.path), LiteRTModel(litert.path)):
        for height, width in ((5, 9), (1, 1), (12, 7)):
            image = photograph(height, width).astype("float32") / 255
            batch = np.stack([image, 1 - image, image])
            found = run(image=batch)
            assert list(found) == ["image_x2"]
            expected = np.clip(model.predict_on_batch(batch), 0, 1)
            np.testing.assert_allclose(found["image_x2"], expected, atol=1e-5)


def test_exported_files_clip(tmp_path):
    model = tiny_generator(anchor=None)
    for layer in model.layers[1:2]:
        layer.bias.assign(layer.bias + 50)
    (file,) = export_model(model, tmp_path, "small", ["litert"])
    run = LiteRTModel(file.path)
    found = run(image=np.ones((1, 8, 8, 3)))["image_x2"]
    assert found.min() == 0 or found.max() == 1
    assert found.min() >= 0 and found.max() <= 1
    assert not (tmp_path / "small").exists()


def test_a_difference_fails_and_leaves_nothing(tmp_path, monkeypatch):
    # As if the runtime computed something else: Keras gets another bias.
    model = tiny_generator(name="small")
    write = contract.write_saved_model

    def write_then_change(model, folder):
        write(model, folder)
        model.layers[1].bias.assign(model.layers[1].bias + 0.1)

    monkeypatch.setattr(contract, "write_saved_model", write_then_change)
    with pytest.raises(ValueError, match="saved_model.*differs from Keras"):
        export_model(model, tmp_path / "out")
    assert list((tmp_path / "out").iterdir()) == []


def test_nan_is_a_difference():
    model = tiny_generator()

    def nan(image):
        shape = (image.shape[0], *(2 * n for n in image.shape[1:3]), 3)
        return {"image_x2": np.full(shape, np.nan, "float32")}

    assert np.isnan(largest_difference(model, nan))


def test_a_model_may_say_what_it_is_shown_and_what_counts():
    model = Served(lambda image: 1000 * image[..., :1])
    shown = []

    def examples(shapes, random):
        shown.append(shapes["image"])
        return {"image": random.normal(5, 1, shapes["image"]).astype("float32")}

    def off(image):
        assert image.mean() > 4
        return {"result": 1000 * image[..., :1] + np.float32(10)}

    model.serving_examples = examples
    assert largest_difference(model, off) == pytest.approx(10, rel=0.01)
    assert shown == [(1, 32, 48, 3), (2, 41, 23, 3), (1, 57, 64, 3)]
    model.serving_scales = {"result": 100}
    assert largest_difference(model, off) == pytest.approx(0.1, rel=0.01)


def test_another_shape_is_an_error():
    with pytest.raises(ValueError, match="'image_x2'.*Received"):
        largest_difference(tiny_generator(), lambda image: {"image_x2": image})
    with pytest.raises(ValueError, match="Received.*other"):
        largest_difference(tiny_generator(), lambda image: {"other": image})


def test_an_operator_that_litert_lacks_is_named(tmp_path):
    def bicubic(image):
        return keras.ops.image.resize(image, (8, 8), "bicubic")[:, :1, :1]

    model = Served(bicubic, name="served")
    model(np.zeros((1, 4, 4, 3), "float32"))
    with pytest.raises(ValueError, match="LiteRT has no.*ResizeBicubic"):
        export_model(model, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_overwritten_unless_asked(tmp_path):
    model = tiny_generator(name="small")
    (tmp_path / "small.tflite").write_text("mine")
    with pytest.raises(ValueError, match="small.tflite: exists already"):
        export_model(model, tmp_path)
    assert [p.name for p in tmp_path.iterdir()] == ["small.tflite"]
    assert (tmp_path / "small.tflite").read_text() == "mine"
    for _ in range(2):
        export_model(model, tmp_path, overwrite=True)
    assert sorted(p.name for p in tmp_path.iterdir()) == [
        "small",
        "small.tflite",
    ]


@pytest.mark.parametrize("formats", [[], ["onnx"], ["litert", "x"]])
def test_unknown_formats_are_quoted(formats, tmp_path):
    with pytest.raises(ValueError, match="formats.*Received"):
        export_model(tiny_generator(), tmp_path / "out", formats=formats)
    assert not (tmp_path / "out").exists()


def test_an_unwritable_folder_is_named(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(ValueError, match="file.*cannot be written"):
        export_model(tiny_generator(), tmp_path / "file" / "out")


@pytest.mark.parametrize("backbone", ["residual", "network_in_network"])
def test_a_classifier_leaves_keras_at_any_size(backbone, tmp_path):
    keras.utils.set_random_seed(0)
    model = SizeAgnosticClassifier(5, backbone, width=8)
    for exported in export_model(model, tmp_path, "classifier"):
        assert exported.difference < 1e-4
    # Smaller than the stride of the network.
    image = np.random.default_rng(0).random((1, 5, 8, 3), "float32")
    expected = model.predict_on_batch(image)
    found = LiteRTModel(tmp_path / "classifier.tflite")(image=image)["logits"]
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("sees", ["players", "image"])
def test_a_predictor_of_the_ball_leaves_keras(sees, tmp_path):
    keras.utils.set_random_seed(0)
    model = BallPositionPredictor(sees, width=8, depth=1, map_width=6)
    for exported in export_model(model, tmp_path, "ball"):
        assert exported.difference < 1e-4
