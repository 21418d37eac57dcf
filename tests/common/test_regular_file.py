import os

import pytest

from convzoo.common.regular_file import regular_size


def test_a_file_has_its_size(tmp_path):
    (tmp_path / "file").write_bytes(b"12345")
    (tmp_path / "link").symlink_to(tmp_path / "file")
    assert regular_size(tmp_path / "file") == 5
    assert regular_size(tmp_path / "link") == 5


def test_what_is_no_file_is_named(tmp_path):
    with pytest.raises(ValueError, match="is a folder"):
        regular_size(tmp_path)
    with pytest.raises(FileNotFoundError):
        regular_size(tmp_path / "none")
    with pytest.raises(ValueError, match="not a regular file"):
        regular_size(os.devnull)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="has no pipes")
def test_a_pipe_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(ValueError, match="not a regular file"):
        regular_size(tmp_path / "pipe")
