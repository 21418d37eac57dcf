import pytest

from convzoo.export import LiteRTModel, write_litert


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(ValueError, match="no.tflite: does not exist"):
        LiteRTModel(tmp_path / "no.tflite")


def test_another_file_is_named(tmp_path):
    (tmp_path / "a.tflite").write_text("no model")
    with pytest.raises(ValueError, match="a.tflite: is not a LiteRT file"):
        LiteRTModel(tmp_path / "a.tflite")


def test_a_failed_conversion_leaves_no_file(tmp_path):
    with pytest.raises(ValueError, match="exit status 1: .*does not exist"):
        write_litert(tmp_path / "no model", tmp_path / "a.tflite")
    assert list(tmp_path.iterdir()) == []
