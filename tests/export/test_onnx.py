import sys

import pytest

from convzoo.export import ONNXModel, write_onnx


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


def test_a_failed_conversion_leaves_no_file(tmp_path):
    pytest.importorskip("onnxruntime")
    with pytest.raises(ValueError, match="tf2onnx failed: .*does not exist"):
        write_onnx(tmp_path / "no model", tmp_path / "a.onnx", {})
    assert list(tmp_path.iterdir()) == []
