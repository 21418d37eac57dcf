import os
import shutil
import struct
import zlib
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image, ImageCms

from convzoo.zoo.images.bicubic import resize_bicubic
from convzoo.zoo.images.image_file import ImageFile
from convzoo.zoo.images.reading.read_image import read_image
from convzoo.zoo.images.writing.write_image import write_image
from convzoo.zoo.super_resolution.upscale_files import upscale_file
from convzoo.zoo.super_resolution.upscale_plan import plan_upscale
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


def test_a_file_is_no_folder_of_results(tmp_path):
    (tmp_path / "there").touch()
    with pytest.raises(ValueError, match="there: is a file; name a folder"):
        plan_upscale([tmp_path / "a.png"], tmp_path / "there", 2)


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


class Untouched:
    """A model that must not run."""

    scale = 4


def test_a_result_beyond_the_limit_is_refused_before_decoding(tmp_path):
    # A file of 100 bytes that asks for 54 GB.
    head = struct.pack(">II5B", 60_000, 60_000, 8, 2, 0, 0, 0)
    path = tmp_path / "bomb.png"
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n"
        + b"".join(
            struct.pack(">I", len(data))
            + kind
            + data
            + struct.pack(">I", zlib.crc32(kind + data))
            for kind, data in (
                (b"IHDR", head),
                (b"IDAT", zlib.compress(b"")),
                (b"IEND", b""),
            )
        )
    )
    with pytest.raises(ValueError, match="240000x240000 .*max_pixels=5000000"):
        upscale_file(Untouched(), path, tmp_path / "x.png", tile=64)
    assert not (tmp_path / "x.png").exists()


@pytest.mark.parametrize("tile", [None, 3])
def test_the_limit_counts_the_pixels_of_the_result(tile, folder, tmp_path):
    model, target = tiny_generator(), tmp_path / "x.png"
    with pytest.raises(ValueError, match="14x12 .* `max_pixels`"):
        upscale_file(model, folder / "a.png", target, tile, max_pixels=167)
    upscale_file(model, folder / "a.png", target, tile, max_pixels=168)
    assert read_image(target).pixels.shape == (12, 14, 3)


@pytest.mark.parametrize("limit", [0, -1, 1.5, "9", True, None])
def test_a_bad_limit_is_quoted(limit, folder, tmp_path):
    with pytest.raises(ValueError, match="`max_pixels`"):
        upscale_file(
            Untouched(), folder / "a.png", tmp_path / "x.png", max_pixels=limit
        )


def test_a_full_disk_is_said_before_the_work(folder, tmp_path, monkeypatch):
    usage = SimpleNamespace(free=10)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    with pytest.raises(ValueError, match="x.png: needs .* disk space"):
        upscale_file(Untouched(), folder / "a.png", tmp_path / "x.png")


@pytest.mark.parametrize("tile", [None, 16])
@pytest.mark.parametrize(
    "suffix, channels, dtype",
    [("png", 4, "uint16"), ("tif", 3, "uint8"), ("png", 2, "uint8")],
)
def test_a_file_of_any_scale_is_what_the_model_makes(
    suffix, channels, dtype, tile, tmp_path
):
    pixels = photograph(41, 23, channels).astype(dtype) * (
        np.iinfo(dtype).max // 255
    )
    path, target = tmp_path / "a.tif", tmp_path / f"x.{suffix}"
    profile = PROFILE if channels > 2 else None
    write_image(path, ImageFile(pixels, profile, dpi=(200.0, 200.0)))
    model = tiny_generator()
    assert upscale_file(model, path, target, tile, scale=2.6) == (107, 60)
    found = read_image(target)
    assert found.icc_profile == profile
    np.testing.assert_allclose(found.dpi, 200, atol=0.02)
    expected = model.upscale(pixels, tile, scale=2.6)
    np.testing.assert_array_equal(found.pixels, expected)


def test_networks_of_several_scales_are_chosen_for_each_picture(tmp_path):
    models = [tiny_generator(scale=scale) for scale in (2, 3)]
    pixels = photograph(30, 40)
    write_image(tmp_path / "a.png", ImageFile(pixels))

    def result(**size):
        path = tmp_path / "x.png"
        sides = upscale_file(
            models, tmp_path / "a.png", path, overwrite=True, **size
        )
        found = read_image(path).pixels
        assert found.shape == (*sides, 3)
        return found

    for size, scale, model in (
        ({"to": (70, 900)}, 1.75, models[0]),
        ({"to": (1000, 75)}, 2.5, models[1]),
        ({"scale": 3}, 3, models[1]),
    ):
        np.testing.assert_array_equal(
            result(**size), model.upscale(pixels, scale=scale)
        )
    first = models[0].upscale(np.float32(pixels) / 255)
    both = models[1].upscale(first) * 255
    assert np.abs(result(scale=6) - both).max() < 0.501
    np.testing.assert_array_equal(result(to=(40, 31)), pixels)
    with pytest.raises(ValueError, match="a.png: pass `scale` or `to`"):
        result()


def test_a_picture_larger_than_the_box_is_reduced_with_a_warning(tmp_path):
    # Colours that nobody sees would show in a reduction.
    pixels = photograph(60, 80, 4)
    pixels[..., 3] = 255 * (np.arange(80) < 40)
    pixels[:, 40:, :3] = 0
    path, target = tmp_path / "a.png", tmp_path / "x.png"
    write_image(path, ImageFile(pixels))
    with pytest.warns(UserWarning, match="a.png: .*80x60 to 20x15"):
        assert upscale_file([], path, target, to=(20, 90)) == (15, 20)
    found = read_image(target).pixels
    expected = resize_bicubic(np.float32(pixels), 15, 20)
    # Further right, Pillow takes the hidden colours too.
    assert np.abs(found[:, :8] - expected[:, :8].clip(0, 255)).max() < 0.51
    assert found[:, 9, :3].min() > 40
    assert found[0, 0, 3] == 255 and found[0, -1, 3] == 0


def test_tiles_are_chosen_where_the_memory_is_short(tmp_path, monkeypatch):
    path, target = tmp_path / "a.png", tmp_path / "x.png"
    write_image(path, ImageFile(photograph(300, 40)))
    model = tiny_generator()

    class Memory:
        available = model.bytes_per_pixel * 200 * 40

    monkeypatch.setattr("psutil.virtual_memory", Memory)
    with pytest.warns(
        UserWarning, match="a.png: 40x300 pixels .* tiles of 128"
    ):
        upscale_file(model, path, target)
    monkeypatch.undo()
    expected = model.upscale(photograph(300, 40), tile=128)
    np.testing.assert_array_equal(read_image(target).pixels, expected)


@pytest.mark.parametrize("suffix", ["png", "tif", "jpg", "webp"])
@pytest.mark.parametrize("source", ["png", "jpg", "tif"])
def test_strips_hold_what_the_whole_holds(source, suffix, tmp_path):
    model, pixels = tiny_generator(), photograph(61, 43)
    path = tmp_path / f"a.{source}"
    write_image(path, ImageFile(pixels, PROFILE, dpi=(200.0, 200.0)))
    whole, strips = tmp_path / f"w.{suffix}", tmp_path / f"s.{suffix}"
    upscale_file(model, path, whole)
    upscale_file(model, path, strips, tile=16)
    one, other = read_image(whole), read_image(strips)
    assert one.metadata == other.metadata
    assert other.icc_profile == PROFILE
    np.testing.assert_allclose(other.dpi, 200, atol=0.02)
    # The two differ where a value lies between two integers.
    difference = np.abs(one.pixels.astype(int) - other.pixels)
    assert difference.max() <= (1 if suffix in ("png", "tif") else 12)


def test_exif_data_are_kept_unless_stripped(tmp_path):
    exif = Image.Exif()
    exif[0x0132], exif[0x0112] = "2020:01:02 03:04:05", 6
    exif.get_ifd(0x8825)[1] = "N"
    path, target = tmp_path / "a.jpg", tmp_path / "x.jpg"
    Image.fromarray(photograph(6, 9)).save(path, exif=exif, dpi=(300, 300))
    for strip in (False, True):
        upscale_file(
            tiny_generator(), path, target, overwrite=True, strip=strip
        )
        with Image.open(target) as image:
            found = image.getexif()
            assert image.size == (12, 18)
            assert found.get(0x0112, 1) == 1
            assert (0x0132 in found) == (not strip)
            assert bool(found.get_ifd(0x8825)) == (not strip)
            assert image.info["dpi"] == (300, 300)


class Fails:
    scale, bytes_per_pixel, receptive_radius = 2, 0, 0

    def __init__(self, error):
        self.error = error

    def upscale_strips(self, *_):
        yield np.zeros((4, 14, 3), "uint8")
        raise self.error


class ResourceExhaustedError(Exception):
    """Named as that of TensorFlow."""


@pytest.mark.parametrize("tile", [None, 2])
@pytest.mark.parametrize(
    "error",
    [
        MemoryError(),
        ResourceExhaustedError("OOM when allocating"),
        RuntimeError("RESOURCE_EXHAUSTED: Out of memory"),
    ],
)
def test_lack_of_memory_names_the_file(error, tile, folder, tmp_path):
    with pytest.raises(ValueError, match="a.png: there is not enough memory"):
        upscale_file(Fails(error), folder / "a.png", tmp_path / "x.png", tile)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.png", "b.png"]


@pytest.mark.parametrize("tile", [None, 2])
@pytest.mark.parametrize("error", [KeyError("x"), KeyboardInterrupt()])
def test_other_errors_pass_and_leave_nothing(error, tile, folder, tmp_path):
    with pytest.raises(type(error)):
        upscale_file(Fails(error), folder / "a.png", tmp_path / "x.png", tile)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.png", "b.png"]


@pytest.mark.parametrize(
    "name", [b"no \xff UTF-8", b"[page=3]", b"two\nlines", b"x" * 255]
)
def test_folders_may_have_any_name(name, folder, tmp_path):
    out = os.fsdecode(os.path.join(os.fsencode(tmp_path), name))
    for suffix in ("png", "tif", "jpg", "webp"):
        path = os.path.join(out, f"a[x].{suffix}")
        upscale_file(tiny_generator(), folder / "a.png", path, tile=4)
        assert read_image(path).pixels.shape == (12, 14, 3)


def test_names_that_are_too_long_are_named(folder, tmp_path):
    target = tmp_path / ("x" * 252 + ".png")
    with pytest.raises(ValueError, match="x.png: cannot be written"):
        upscale_file(Untouched(), folder / "a.png", target)
    upscale_file(
        tiny_generator(), folder / "a.png", tmp_path / ("x" * 251 + ".png")
    )


def test_a_source_is_never_replaced(folder):
    before = (folder / "a.png").read_bytes()
    with pytest.raises(ValueError, match="a.png: is an input itself"):
        upscale_file(
            Untouched(), folder / "a.png", folder / "a.png", overwrite=True
        )
    assert (folder / "a.png").read_bytes() == before


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
