from pathlib import Path

import numpy as np
import pytest
from PIL import ImageCms

from convzoo.zoo.images.image_file import ImageFile
from convzoo.zoo.images.read_image import read_image
from convzoo.zoo.images.write_image import write_image
from convzoo.zoo.super_resolution.upscale_files import (
    plan_upscale,
    upscale_file,
)
from tests.support import photograph, tiny_generator

PROFILE = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


@pytest.fixture
def folder(tmp_path):
    for name in ("a.png", "b.png"):
        write_image(tmp_path / name, ImageFile(photograph(6, 7)))
    return tmp_path


def test_one_file_to_one_file():
    plan = plan_upscale(["in.png"], "out.jpg", 4)
    assert plan == [(Path("in.png"), Path("out.jpg"))]


def test_one_file_to_a_folder(tmp_path):
    for out in (tmp_path, tmp_path / "new"):
        plan = plan_upscale(["in.JPG"], out, 2)
        assert plan == [(Path("in.JPG"), out / "in_x2.JPG")]


def test_a_folder_to_a_folder(folder):
    plan = plan_upscale([folder], "out", 4)
    assert plan == [
        (folder / "a.png", Path("out/a_x4.png")),
        (folder / "b.png", Path("out/b_x4.png")),
    ]


def test_two_inputs_never_become_one_output(folder):
    with pytest.raises(ValueError, match="a_x4.png: both"):
        plan_upscale([folder, "elsewhere/a.png"], "out", 4)


def test_a_misspelt_suffix_makes_no_folder(folder, tmp_path):
    for out in ("large.bmp", "large.jpgg"):
        with pytest.raises(
            ValueError, match=f"{out}: .*the name must end with"
        ):
            ((source, target),) = plan_upscale([folder / "a.png"], out, 4)
            upscale_file(tiny_generator(), source, target)
    with pytest.raises(ValueError, match="x.png: names a file, but the inputs"):
        plan_upscale([folder], tmp_path / "x.png", 4)


def test_no_input_is_refused():
    with pytest.raises(ValueError, match="inputs"):
        plan_upscale([], "out", 4)


def test_the_file_keeps_profile_and_depth(folder, tmp_path):
    pixels = photograph(5, 8).astype("uint16") * 200
    write_image(folder / "deep.png", ImageFile(pixels, PROFILE))
    model = tiny_generator()
    target = tmp_path / "new" / "deep.tif"
    upscale_file(model, folder / "deep.png", target, tile=3)
    found = read_image(target)
    assert found.icc_profile == PROFILE
    np.testing.assert_array_equal(found.pixels, model.upscale(pixels))


@pytest.mark.parametrize("suffix", ["jpg", "webp"])
def test_what_a_format_cannot_hold_is_said_before_the_work(
    suffix, folder, tmp_path
):
    class Model:
        scale = 4

    pixels = np.zeros((4, 5, 2), "uint16")
    write_image(tmp_path / "deep.png", ImageFile(pixels))
    with pytest.raises(ValueError, match=f"x.{suffix}: "):
        upscale_file(Model(), tmp_path / "deep.png", tmp_path / f"x.{suffix}")


def test_errors_name_the_file(folder, tmp_path):
    model = tiny_generator()
    (folder / "c.png").write_text("no")
    with pytest.raises(ValueError, match="c.png: is not an image"):
        upscale_file(model, folder / "c.png", tmp_path / "x.png")
    with pytest.raises(ValueError, match="a.png: `tile`"):
        upscale_file(model, folder / "a.png", tmp_path / "x.png", tile=0)
    with pytest.raises(ValueError, match="b.png: exists"):
        upscale_file(model, folder / "a.png", folder / "b.png")
    with pytest.raises(ValueError, match="cannot be created"):
        upscale_file(model, folder / "a.png", folder / "b.png" / "x.png")
    assert not (tmp_path / "x.png").exists()
