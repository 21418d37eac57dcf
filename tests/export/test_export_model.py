import errno
import json

import keras
import numpy as np
import pytest

from convzoo.export import (
    LiteRTModel,
    ONNXModel,
    PartlyExported,
    SavedModel,
    export_formats,
    export_litert,
    export_model,
    export_onnx,
    export_saved_model,
    write_format,
)
from convzoo.layers import SPP, NonLocal
from convzoo.zoo import SizeAgnosticClassifier
from tests.support import photograph, rest_long, tiny_generator

pytestmark = pytest.mark.usefixtures("one_process")


@pytest.mark.parametrize(
    "arguments",
    rest_long(
        {"block": "plain", "anchor": "nearest"},
        {"block": "plain", "anchor": "bilinear", "activation": "prelu"},
        {"block": "residual", "scale": 4, "normalization": "batch"},
        {"block": "residual", "scale": 3, "anchor": "bilinear"},
    ),
)
def test_every_generator_leaves_keras_unchanged(arguments, tmp_path):
    model = tiny_generator(**arguments, name="small")
    files = export_model(model, tmp_path)
    assert [file.format for file in files] == ["saved_model", "litert"]
    assert all(file.difference < 1e-5 for file in files)
    assert sorted(p.name for p in tmp_path.iterdir()) == [
        "batching_parameters.txt",
        "compose.yaml",
        "models.config",
        "monitoring.config",
        "small",
        "small.json",
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
    # A bias changed after writing makes Keras and the runtime differ.
    model = tiny_generator(name="small")
    write = export_formats.write_saved_model

    def write_then_change(served, folder, **options):
        write(served, folder, **options)
        model.layers[1].bias.assign(model.layers[1].bias + 0.1)

    monkeypatch.setattr(export_formats, "write_saved_model", write_then_change)
    with pytest.raises(ValueError, match="saved_model.*differs from Keras"):
        export_model(model, tmp_path / "out" / "deep")
    assert list(tmp_path.iterdir()) == []


def test_an_operator_that_litert_lacks_is_named(tmp_path):
    image = keras.Input((None, None, 3), name="image")
    resize = keras.layers.Resizing(8, 8, "bicubic", name="my_resize")
    model = keras.Model(image, resize(image), name="served")
    message = "LiteRT has no.*ResizeBicubic, in my_resize.*: resize with"
    with pytest.raises(PartlyExported, match=message) as found:
        export_model(model, tmp_path)
    # The other format is written, and the report says which failed.
    (file,) = found.value.exported
    assert file.path == tmp_path / "served" / "1"
    assert (file.path / "saved_model.pb").is_file()
    report = json.loads((tmp_path / "served.json").read_text())
    assert "ResizeBicubic" in report["failed"]["litert"]
    assert [each["format"] for each in report["files"]] == ["saved_model"]
    assert not [*tmp_path.glob("*.tflite"), *tmp_path.glob(".*")]


def test_sides_that_must_be_divisible_are_advised(tmp_path):
    image = keras.Input((None, None, 3))
    small = keras.layers.Conv2D(2, 3, 4, "same")(image)
    large = keras.layers.UpSampling2D(4)(small)
    model = keras.Model(image, keras.layers.Concatenate()([image, large]))
    message = "`sizes`.*2x44x24, with sides divisible by 4"
    with pytest.raises(ValueError, match=message):
        export_model(model, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_half_precision_is_exported_in_float32(tmp_path):
    keras.utils.set_random_seed(0)

    def network(*dtypes):
        conv, norm, dense = dtypes
        return keras.Sequential(
            [
                keras.Input((8, 8, 3)),
                keras.layers.Conv2D(4, 3, dtype=conv),
                keras.layers.BatchNormalization(dtype=norm),
                keras.layers.Dense(2, dtype=dense),
            ]
        )

    model = network("mixed_float16", "mixed_bfloat16", "float16")
    plain = network("float32", "float32", "float32")
    plain.set_weights(model.get_weights())
    (file,) = export_model(model, tmp_path, "half", ["litert"])
    assert file.report["converted"] == "mixed_float16 to float32"
    images = np.random.default_rng(0).random((2, 8, 8, 3), "float32")
    found = LiteRTModel(file.path)(input=images)["output"]
    assert found.dtype == "float32"
    expected = plain.predict_on_batch(images)
    np.testing.assert_allclose(found, expected, atol=1e-5)


def test_a_model_that_cannot_be_copied_names_its_policy(tmp_path):
    class Own(keras.Model):
        def __init__(self, needed):
            super().__init__(dtype="mixed_float16")
            self.dense = keras.layers.Dense(needed, dtype="mixed_float16")

        def call(self, inputs):
            return self.dense(inputs)

    model = Own(3)
    model(np.zeros((2, 3), "float32"))
    with pytest.raises(ValueError, match="mixed_float16.*dtype='float32'"):
        export_model(model, tmp_path)


@pytest.mark.parametrize(
    "module, stage",
    rest_long(
        (export_formats, "write_report"),
        (export_formats, "write_saved_model"),
        (write_format, "write_litert"),
    ),
)
def test_a_full_disk_is_one_line_and_leaves_nothing(
    module, stage, tmp_path, monkeypatch
):

    def full(*args, **kwargs):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(module, stage, full)
    with pytest.raises(ValueError, match="no space left on the disk"):
        export_model(tiny_generator(), tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


def test_an_interruption_leaves_nothing(tmp_path, monkeypatch):
    def interrupted(*args, **kwargs):
        raise KeyboardInterrupt

    monkeypatch.setattr(export_formats, "write_saved_model", interrupted)
    with pytest.raises(KeyboardInterrupt):
        export_model(tiny_generator(), tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_is_never_replaced(tmp_path):
    (tmp_path / "small.tflite").mkdir()
    (tmp_path / "small.tflite" / "mine").touch()
    with pytest.raises(ValueError, match="small.tflite: is a folder"):
        export_model(tiny_generator(name="small"), tmp_path, overwrite=True)
    assert (tmp_path / "small.tflite" / "mine").exists()
    assert [p.name for p in tmp_path.iterdir()] == ["small.tflite"]


@pytest.mark.parametrize(
    "arguments",
    [{"quantize_tolerance": 0.5}, {"calibration": "folder"}, {"name": "a/b"}],
)
def test_arguments_without_effect_are_refused(arguments, tmp_path):
    with pytest.raises(ValueError, match=f"`{next(iter(arguments))}`.*Rec"):
        export_model(tiny_generator(), tmp_path, **arguments)


def test_a_file_is_not_overwritten_unless_asked(tmp_path):
    model = tiny_generator(name="small")
    (tmp_path / "small.tflite").write_text("mine")
    with pytest.raises(ValueError, match="small.tflite: exists already"):
        export_model(model, tmp_path)
    assert [p.name for p in tmp_path.iterdir()] == ["small.tflite"]
    assert (tmp_path / "small.tflite").read_text() == "mine"
    export_model(model, tmp_path, formats=["litert"], overwrite=True)
    assert LiteRTModel(tmp_path / "small.tflite")


def test_a_saved_model_gets_the_next_version(tmp_path):
    model = tiny_generator(name="small")
    (tmp_path / "small" / "7").mkdir(parents=True)
    (tmp_path / "small" / "models").mkdir()
    for version in ("8", "9"):
        (file,) = export_model(model, tmp_path, formats=["saved_model"])
        assert file.path == tmp_path / "small" / version
        assert (file.path / "saved_model.pb").is_file()
    assert list((tmp_path / "small" / "7").iterdir()) == []


def test_another_file_in_the_place_of_the_report_is_kept(tmp_path):
    (tmp_path / "small.json").write_text('{"mine": 1}')
    with pytest.raises(ValueError, match="small.json: exists"):
        export_model(tiny_generator(name="small"), tmp_path)
    assert [p.name for p in tmp_path.iterdir()] == ["small.json"]


def test_the_report_keeps_what_it_said_of_other_formats(tmp_path):
    model = tiny_generator(name="small")
    for format in ("saved_model", "litert"):
        export_model(model, tmp_path, formats=[format])
    report = json.loads((tmp_path / "small.json").read_text())
    files = report["files"]
    assert [file["path"] for file in files] == ["small/1", "small.tflite"]
    assert files[1]["bytes"] == (tmp_path / "small.tflite").stat().st_size
    assert "CONV_2D" in files[1]["operators"]
    sizes = [size["inputs"]["image"] for size in files[1]["sizes"]]
    assert sizes == [[1, 32, 48, 3], [2, 41, 23, 3], [1, 5, 8, 3]]


@pytest.mark.parametrize("formats", [[], ["x"], ["litert", "x"]])
def test_unknown_formats_are_quoted(formats, tmp_path):
    with pytest.raises(ValueError, match="formats.*Received"):
        export_model(tiny_generator(), tmp_path / "out", formats=formats)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("sizes", [(), [(1, 0, 3)], [(1, 5)], 3, [(1.5, 2, 2)]])
def test_wrong_sizes_are_quoted(sizes, tmp_path):
    with pytest.raises(ValueError, match="sizes.*Received"):
        export_model(tiny_generator(), tmp_path / "out", sizes=sizes)
    assert not (tmp_path / "out").exists()


def test_an_unwritable_folder_is_named(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(ValueError, match="file.*cannot be written"):
        export_model(tiny_generator(), tmp_path / "file" / "out")


@pytest.mark.parametrize(
    "backbone",
    ["residual", pytest.param("network_in_network", marks=pytest.mark.long)],
)
def test_a_classifier_leaves_keras_at_any_size(backbone, tmp_path):
    keras.utils.set_random_seed(0)
    model = SizeAgnosticClassifier(5, backbone, width=8)
    for exported in export_model(model, tmp_path, "classifier"):
        assert exported.difference < 1e-4
    # An image smaller than the stride of the network.
    image = np.random.default_rng(0).random((1, 5, 8, 3), "float32")
    expected = model.predict_on_batch(image)
    found = LiteRTModel(tmp_path / "classifier.tflite")(image=image)["logits"]
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-4)


def of_two_inputs():
    """Return a functional model of convzoo's layers, with dynamic sizes."""
    image = keras.Input((None, None, 3), name="photo")
    mask = keras.Input((None, None, 1), name="mask", dtype="int32")
    x = keras.layers.Conv2D(4, 3, padding="same", activation="gelu")(image)
    x = NonLocal()(x * keras.ops.cast(mask, "float32"))
    pooled = SPP((1, 2))(x)
    scores = keras.layers.Dense(2, name="scores")(pooled)
    return keras.Model([image, mask], {"map": x, "scores": scores})


def test_each_function_writes_a_model_of_a_user(tmp_path):
    keras.utils.set_random_seed(0)
    model = of_two_inputs()
    sizes = [(1, 9, 8, 9, 8), (2, 5, 6, 5, 6)]
    found = export_saved_model(model, tmp_path / "mine", sizes=sizes)
    assert found.path == tmp_path / "mine" / "1"
    assert found.difference < 1e-5
    found = export_litert(model, tmp_path / "mine.tflite", sizes=sizes)
    assert found.path == tmp_path / "mine.tflite"
    assert found.difference < 1e-5
    with pytest.raises(ValueError, match="mine.tflite: exists already"):
        export_litert(model, tmp_path / "mine.tflite", sizes=sizes)


def test_an_onnx_file_is_the_model(tmp_path):
    pytest.importorskip("onnxruntime")
    onnx = pytest.importorskip("onnx")
    keras.utils.set_random_seed(0)
    sizes = [(1, 9, 8, 9, 8), (2, 5, 6, 5, 6)]
    path = tmp_path / "mine.onnx"
    found = export_onnx(of_two_inputs(), path, sizes=sizes)
    assert found.difference < 1e-5
    assert set(ONNXModel(path).operators) >= {"Conv", "Erf", "MatMul"}
    (photo,) = (v for v in onnx.load(path).graph.input if v.name == "photo")
    sizes = [
        n.dim_param or n.dim_value for n in photo.type.tensor_type.shape.dim
    ]
    assert sizes == ["batch", "photo_height", "photo_width", 3]
