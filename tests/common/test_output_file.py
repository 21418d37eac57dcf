import os
from pathlib import Path

import pytest

from convzoo.common.output_file import check_target, renamed


def test_what_cannot_be_written_is_refused_early(tmp_path):
    (tmp_path / "there.csv").touch()
    (tmp_path / "folder.csv").mkdir()
    for name, message in (
        ("ball.txt", r"must end with \.csv or \.tsv"),
        ("there.csv", "exists already"),
        ("folder.csv", "is a folder"),
        ("none/ball.csv", "folder .*none does not exist"),
    ):
        with pytest.raises(ValueError, match=f"{name}: .*{message}"):
            check_target(tmp_path / name, (".csv", ".tsv"))
    check_target(tmp_path / "there.csv", (".csv",), overwrite=True)
    check_target(tmp_path / "NEW.CSV", (".csv",))


def test_what_is_no_file_is_not_replaced(tmp_path):
    os.mkfifo(tmp_path / "pipe.csv")
    (tmp_path / "link.csv").symlink_to("missing.csv")
    for name, overwrite, message in (
        ("pipe.csv", True, "is not a regular file"),
        ("pipe.csv", False, "exists already"),
        ("link.csv", False, "exists already"),
        ("n" * 300 + ".csv", True, r"cannot be written \(File name too long"),
    ):
        with pytest.raises(ValueError, match=message):
            check_target(tmp_path / name, (".csv",), overwrite)
    check_target(tmp_path / "link.csv", (".csv",), overwrite=True)


def test_a_file_is_there_when_it_is_whole(tmp_path):
    path = tmp_path / "ball.csv"
    with renamed(path) as temporary:
        temporary.write_text("1,2")
        assert not path.exists()
    assert path.read_text() == "1,2" and not temporary.exists()


def test_what_fails_leaves_nothing(tmp_path):
    path = tmp_path / "ball.csv"
    message = r"ball\.csv: cannot be written \(No space"
    with pytest.raises(ValueError, match=message), renamed(path) as temporary:
        temporary.write_text("1,")
        raise OSError(28, "No space left on device")
    assert list(tmp_path.iterdir()) == []


def test_a_name_as_long_as_the_file_system_allows(tmp_path):
    path = tmp_path / ("n" * 251 + ".csv")
    with renamed(path) as temporary:
        assert temporary.suffix == ".csv" and temporary.name.startswith(".")
        temporary.write_text("1,2")
    assert list(tmp_path.iterdir()) == [path]


def test_two_writers_of_one_path_do_not_share_a_file(tmp_path):
    path = tmp_path / "ball.csv"
    with renamed(path) as first, renamed(path) as second:
        first.write_text("first")
        second.write_text("second")
    assert path.read_text() == "first"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full")
def test_a_full_disk_is_named(tmp_path):
    path = tmp_path / "ball.csv"
    message = r"ball\.csv: cannot be written \(No space left on device\)"
    with pytest.raises(ValueError, match=message), renamed(path) as temporary:
        temporary.symlink_to("/dev/full")
        temporary.write_text("1,2")
    assert list(tmp_path.iterdir()) == []
