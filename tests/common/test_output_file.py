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
