import sys

import keras
import numpy as np
import pytest

from convzoo.export import ONNXModel, served, write_onnx, write_saved_model


def test_missing_packages_are_named(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "tf2onnx", None)
    with pytest.raises(ValueError, match=r"pip install convzoo\[onnx\]"):
        write_onnx(tmp_path, tmp_path / "a.onnx", {})
    with pytest.raises(ValueError, match=r"pip install convzoo\[onnx\]"):
        ONNXModel(tmp_path / "a.onnx")


def test_a_missing_file_is_named(tmp_path):
    pytest.importorskip("onnxruntime")
    with pytest.raises(ValueError, match="no.onnx: does not exist"):
        ONNXModel(tmp_path / "no.onnx")


def test_another_file_is_named(tmp_path):
    pytest.importorskip("onnxruntime")
    (tmp_path / "a.onnx").write_text("no model")
    with pytest.raises(ValueError, match="a.onnx: is not an ONNX file"):
        ONNXModel(tmp_path / "a.onnx")


@pytest.mark.usefixtures("one_process")
def test_a_failed_conversion_leaves_no_file(tmp_path):
    pytest.importorskip("onnxruntime")
    with pytest.raises(ValueError, match="tf2onnx failed: .*does not exist"):
        write_onnx(tmp_path / "no model", tmp_path / "a.onnx", {})
    assert list(tmp_path.iterdir()) == []


def test_what_is_not_a_number_stays_where_it_is_left_out(tmp_path):
    pytest.importorskip("onnxruntime")
    positions = keras.Input((None,), name="positions")
    known = keras.ops.logical_not(keras.ops.isnan(positions))
    cleaned = keras.ops.where(known, positions, 0.0)
    model = served(keras.Model(positions, cleaned))
    write_saved_model(model, tmp_path / "model")
    path = tmp_path / "model.onnx"
    write_onnx(tmp_path / "model", path, model.shapes)
    given = np.array([[0.5, np.nan, 3.0]], "float32")
    found = ONNXModel(path)(positions=given)["output"]
    np.testing.assert_array_equal(found, [[0.5, 0, 3]])


@pytest.mark.usefixtures("one_process")
def test_constant_tensors_are_no_inputs(tmp_path):
    """TensorFlow captures those of `Normalization` like variables."""
    pytest.importorskip("onnxruntime")
    left, right = keras.Input((3,), name="b"), keras.Input((3,), name="a")
    scaled = keras.layers.Normalization(mean=[1, 2, 3], variance=[4, 9, 16])
    outputs = {"z": scaled(left), "a": right * 2, "y": left}
    model = served(keras.Model({"b": left, "a": right}, outputs))
    write_saved_model(model, tmp_path / "model")
    path = tmp_path / "model.onnx"
    write_onnx(tmp_path / "model", path, model.shapes)
    one, two = np.array([[5, 5, 5]]), np.array([[1, 2, 3]])
    found = ONNXModel(path)(b=one, a=two)
    expected = {"a": [[2, 4, 6]], "y": [[5, 5, 5]], "z": [[2, 1, 0.5]]}
    assert sorted(found) == sorted(expected)
    for name, value in expected.items():
        np.testing.assert_allclose(found[name], value, atol=1e-6)


@pytest.mark.usefixtures("one_process")
def test_grouped_convolutions(tmp_path):
    """Keras compiles them with XLA, in a function within the graph."""
    pytest.importorskip("onnxruntime")
    image = keras.Input((None, None, 4), name="image")
    convolved = keras.layers.Conv2D(4, 3, padding="same", groups=4)(image)
    keras_model = keras.Model(image, convolved)
    model = served(keras_model)
    write_saved_model(model, tmp_path / "model", encoded=False)
    path = tmp_path / "model.onnx"
    write_onnx(tmp_path / "model", path, model.shapes)
    random = np.random.default_rng(0)
    for size in ((1, 5, 8), (2, 9, 4)):
        images = random.random((*size, 4), "float32")
        found = ONNXModel(path)(image=images)["output"]
        expected = keras_model.predict_on_batch(images)
        np.testing.assert_allclose(found, expected, atol=1e-6)
