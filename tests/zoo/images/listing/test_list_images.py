"""Image files of a folder."""

import os

import pytest

from convzoo.zoo.images.listing.list_images import list_images


def names_in(folder):
    return [path.name for path in list_images(folder)]


def test_lists_are_sorted_and_leave_out_the_rest(tmp_path):
    for name in ("b.PNG", "a.jpg", "notes.txt", "c.tif", "d.gif", "no_suffix"):
        (tmp_path / name).touch()
    assert names_in(tmp_path) == ["a.jpg", "b.PNG", "c.tif", "d.gif"]


def test_hidden_files_are_ignored(tmp_path):
    hidden = ("._a.jpg", ".writing-0123.png", ".DS_Store", "Thumbs.db", "a.jpg")
    for name in hidden:
        (tmp_path / name).touch()
    (tmp_path / "__MACOSX").mkdir()
    assert names_in(tmp_path) == ["a.jpg"]


def test_what_is_not_read_is_named_with_a_count(tmp_path):
    for name in ("a.jpg", "b.psd", "c.SVG", "d.jxl", "e.dng"):
        (tmp_path / name).touch()
    message = r"4 left out: b.psd, c.SVG, d.jxl, \.\.\.; only files are read"
    with pytest.warns(UserWarning, match=message):
        assert names_in(tmp_path) == ["a.jpg"]


def test_what_is_no_file_is_named(tmp_path):
    (tmp_path / "a.jpg").touch()
    (tmp_path / "folder.png").mkdir()
    os.mkfifo(tmp_path / "pipe.png")
    (tmp_path / "broken.png").symlink_to("nowhere")
    (tmp_path / "loop.png").symlink_to("loop.png")
    (tmp_path / "link.png").symlink_to("a.jpg")
    message = r"4 left out: broken.png, folder.png, loop.png, \.\.\."
    with pytest.warns(UserWarning, match=message):
        assert names_in(tmp_path) == ["a.jpg", "link.png"]


def test_names_of_any_bytes(tmp_path):
    names = [b"\xff\xfe.png", b"two\nlines.png", b"x" * 251 + b".png"]
    for name in names:
        open(os.path.join(os.fsencode(tmp_path), name), "wb").close()
    found = {os.fsencode(name) for name in names_in(tmp_path)}
    assert found == set(names)


def test_an_empty_or_missing_folder_is_named(tmp_path):
    with pytest.raises(ValueError, match="holds no image .supported: .jpeg"):
        list_images(tmp_path)
    with pytest.raises(ValueError, match="is not a folder"):
        list_images(tmp_path / "no")
    (tmp_path / "inner").mkdir()
    with pytest.raises(ValueError, match="no image, only folders: inner"):
        list_images(tmp_path)
