"""Which file becomes which: nothing is replaced that was not asked for."""

import os
from pathlib import Path

import pytest
from PIL import Image

from convzoo.zoo.super_resolution.upscale_plan import plan_upscale
from tests.support import photograph


def image(path):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(photograph(4, 4)).save(path)
    return path


@pytest.fixture
def tree(tmp_path):
    root = tmp_path / "in"
    for name in ("a.png", "one/b.jpg", "one/two/c.webp", ".hidden/d.png"):
        image(root / name)
    (root / "empty").mkdir()
    return root


def names(plan, root):
    return {str(t.relative_to(root)): s.name for s, t in plan}


def test_a_tree_is_kept(tree, tmp_path):
    out = tmp_path / "out"
    plan = plan_upscale([tree], out, 2, recursive=True)
    assert names(plan, out) == {
        "a_x2.png": "a.png",
        "one/b_x2.jpg": "b.jpg",
        "one/two/c_x2.webp": "c.webp",
    }
    assert names(plan_upscale([tree], out, 2), out) == {"a_x2.png": "a.png"}


def test_the_folder_of_the_results_is_no_input(tree):
    out = tree / "one" / "large"
    image(out / "a_x2.png")
    plan = plan_upscale([tree], out, 2, recursive=True)
    assert len(plan) == 3
    assert not any("large" in str(source) for source, _ in plan)


def test_a_loop_of_links_is_not_followed(tree, tmp_path):
    (tree / "loop").symlink_to(tree)
    plan = plan_upscale([tree], tmp_path / "out", 2, recursive=True)
    assert len(plan) == 3


def test_a_folder_that_cannot_be_read_is_named(tree, tmp_path, monkeypatch):
    scandir = os.scandir

    def refuses(path):
        if str(path).endswith("one"):
            raise PermissionError(13, "Permission denied", str(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refuses)
    with pytest.warns(UserWarning, match="one: cannot be read .Permission"):
        plan = plan_upscale([tree], tmp_path / "out", 2, recursive=True)
    assert len(plan) == 1


def test_a_tree_without_images_is_named(tmp_path):
    (tmp_path / "in" / "sub").mkdir(parents=True)
    with pytest.raises(ValueError, match="in: holds no image"):
        plan_upscale([tmp_path / "in"], tmp_path / "out", 2, recursive=True)


@pytest.mark.parametrize(
    "format", ["png", "jpg", "jpeg", "webp", "tif", "tiff"]
)
def test_the_format_is_that_asked_for(format, tree, tmp_path):
    plan = plan_upscale([tree], tmp_path, 2, recursive=True, format=format)
    assert {target.suffix for _, target in plan} == {f".{format}"}


def test_a_format_that_is_not_written_becomes_png(tmp_path):
    image(tmp_path / "in" / "a.bmp")
    image(tmp_path / "in" / "b.gif")
    plan = plan_upscale([tmp_path / "in"], "out", 4)
    assert [t for _, t in plan] == [Path("out/a_x4.png"), Path("out/b_x4.png")]


def test_a_format_against_the_suffix_is_refused(tmp_path):
    plan = plan_upscale(["a.png"], "x.jpg", 4, format="jpeg")
    assert plan == [(Path("a.png"), Path("x.jpg"))]
    with pytest.raises(ValueError, match=r"x.jpg: is no png file"):
        plan_upscale(["a.png"], "x.jpg", 4, format="png")


@pytest.mark.parametrize("suffix", ["bmp", "avif", "gif", "HEIC", "jpe", "jxl"])
def test_a_suffix_that_is_not_written_makes_no_folder(suffix, tmp_path):
    one, out = image(tmp_path / "a.png"), tmp_path / f"x.{suffix}"
    named = f"x.{suffix}: {suffix.upper()} is not written"
    with pytest.raises(ValueError, match=named):
        plan_upscale([one], out, 4)
    for inputs in ([tmp_path], [one, one]):
        with pytest.raises(ValueError, match=f"x.{suffix}: names a file"):
            plan_upscale(inputs, out, 4)


def test_a_file_without_suffix_is_no_folder(tmp_path):
    image(tmp_path / "in" / "a.png")
    (tmp_path / "notes").write_text("mine")
    with pytest.raises(ValueError, match="notes: is a file"):
        plan_upscale([tmp_path / "in"], tmp_path / "notes", 4)


def test_a_folder_with_a_dot_is_a_folder(tmp_path):
    image(tmp_path / "in" / "a.png")
    out = tmp_path / "holiday.2024"
    ((_, target),) = plan_upscale([tmp_path / "in"], out, 4)
    assert target == out / "a_x4.png"


def test_a_source_is_never_a_target(tmp_path):
    image(tmp_path / "a.png")
    image(tmp_path / "a_x4.png")
    with pytest.raises(ValueError, match=r"a_x4.png: is an input itself"):
        plan_upscale([tmp_path], tmp_path, 4)
    with pytest.raises(ValueError, match="a.png: is an input itself"):
        plan_upscale([tmp_path / "a.png"], tmp_path / "a.png", 4)


@pytest.mark.parametrize("link", ["symlink_to", "hardlink_to"])
def test_a_source_is_no_target_under_another_name(link, tmp_path):
    other = image(tmp_path / "in" / "other.png")
    image(tmp_path / "in" / "a.png")
    (tmp_path / "out").mkdir()
    getattr(tmp_path / "out" / "a_x4.png", link)(other)
    with pytest.raises(ValueError, match=f"a_x4.png: is an input, {other}"):
        plan_upscale([tmp_path / "in"], tmp_path / "out", 4)


def test_results_of_an_earlier_call_are_not_enlarged_again(tmp_path):
    image(tmp_path / "a.png")
    image(tmp_path / "a_x4.png")
    image(tmp_path / "b_x4.png")
    plan = plan_upscale([tmp_path], tmp_path, 4, skip_existing=True)
    # There is no b.png, of which b_x4.png would be a result.
    assert names(plan, tmp_path) == {
        "a_x4.png": "a.png",
        "b_x4_x4.png": "b_x4.png",
    }
