"""Outputs that are inputs, under any name."""

import pytest

from convzoo.common.inputs_kept import check_inputs_kept, is_same_file


@pytest.fixture
def photo(tmp_path):
    path = tmp_path / "photo.png"
    path.write_text("mine")
    return path


@pytest.mark.parametrize("kind", ["itself", "relative", "symbolic", "hard"])
def test_an_output_that_is_an_input_is_refused(
    kind, photo, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    output = {"itself": photo, "relative": "photo.png"}.get(
        kind, tmp_path / "other.png"
    )
    if kind == "symbolic":
        output.symlink_to(photo)
    elif kind == "hard":
        output.hardlink_to(photo)
    with pytest.raises(ValueError, match=f"{output}: is an input"):
        check_inputs_kept([tmp_path / "new.png", output], [photo])
    assert is_same_file(output, photo)


def test_other_and_missing_files_are_allowed(photo, tmp_path):
    (tmp_path / "same.png").write_text("mine")
    missing = tmp_path / "missing.png"
    check_inputs_kept([tmp_path / "same.png", missing], [photo, missing])
    check_inputs_kept(["\0", "x" * 300], [photo, "\0"])
    assert not is_same_file(missing, missing)
