"""`convzoo compare`: tables and sheets of files and folders."""

import csv

import numpy as np
import pytest

from convzoo.training import compare_images
from convzoo.zoo.images.image_file import ImageFile
from convzoo.zoo.images.reading.read_image import read_image
from convzoo.zoo.images.writing.write_image import write_image
from tests.support import photograph

pytestmark = pytest.mark.usefixtures("uncompiled")


def image(path, height=24, width=30, seed=0):
    path.parent.mkdir(parents=True, exist_ok=True)
    pixels = photograph(height, width, seed=seed)
    write_image(path, ImageFile(pixels))
    return pixels


def rows_of(path):
    return list(csv.DictReader(path.read_text("utf-8").splitlines()))


def test_a_folder_with_bad_files(command, tmp_path):
    a, b = tmp_path / "a", tmp_path / "b"
    pixels = image(a / "1_x4.png"), image(b / "1.png", seed=1)
    image(a / "2.png"), image(b / "2.png", width=40)
    image(a / "3.png")
    (b / "3.png").write_bytes(b"no image")
    image(a / "4.png"), image(b / "4.png")
    image(a / "alone.png")
    out, sheet = tmp_path / "table.csv", tmp_path / "sheet.png"
    arguments = ("compare", a, b, "-o", out, "--border", 2)
    code, printed, error = command(*arguments, "--sheet", sheet)
    assert code == 1
    assert error.splitlines() == [
        f"convzoo: failed: {a}: 1 without a partner in {b}: alone.png",
        f"convzoo: failed: {a / '2.png'}: the images must have the same size. "
        "Received: 30x24 and 40x24 pixels",
        f"convzoo: failed: {b / '3.png'}: is not an image",
    ]
    first, second, third, fourth, mean = rows_of(out)
    figures = compare_images(*pixels, border=2).figures()
    assert (first["a"], first["b"], first["error"]) == ("1_x4.png", "1.png", "")
    for name, value in figures.items():
        assert float(first[name]) == pytest.approx(value, abs=1e-6)
        assert second[name] == third[name] == ""
    assert "same size" in second["error"] and "no" in third["error"]
    assert (fourth["psnr_y"], float(fourth["ssim_rgb"])) == ("inf", 1)
    assert (mean["a"], mean["psnr_y"], mean["b"]) == ("mean", "inf", "")
    ssim = (float(first["ssim_y"]) + 1) / 2
    assert float(mean["ssim_y"]) == pytest.approx(ssim, abs=1e-6)
    *table, last, drawn = printed.splitlines()
    assert (last, drawn) == (str(out), str(sheet))
    assert max(map(len, table)) <= 80
    assert f"{figures['psnr_y']:.2f}" in table[2] and "mean" in table[-1]
    # Two pairs below the names of the columns.
    height = read_image(sheet).pixels.shape[0]
    code, _, error = command(*arguments)
    assert code == 2 and "table.csv: exists already" in error
    sheet.unlink()
    command("compare", a / "4.png", b / "4.png", "--sheet", sheet)
    single = read_image(sheet).pixels.shape[0]
    assert height - single == single - 48


def test_two_files(command, tmp_path):
    a, b = tmp_path / "x.png", tmp_path / "y.png"
    pixels = image(a), image(b, seed=1)
    code, printed, error = command("compare", a, b)
    assert (code, error) == (0, "")
    value = f"{compare_images(*pixels).psnr_rgb:.2f}"
    assert value in printed and "mean" not in printed
    image(tmp_path / "large.png", 60, 60)
    code, printed, error = command("compare", a, tmp_path / "large.png")
    assert (code, printed) == (2, "")
    assert "x.png: the images must have the same size" in error
    code, _, error = command("compare", a, b, "--border", 8)
    assert code == 2 and "at least 27 pixels a side with this `--b" in error


def test_any_error_of_a_pair_is_only_that_of_the_pair(
    command, tmp_path, monkeypatch
):
    from convzoo import compare_batch

    def read(path):
        if path.name == "2.png":
            raise MemoryError
        return read_image(path).pixels

    monkeypatch.setattr(compare_batch, "read_photograph", read)
    for folder in "ab":
        image(tmp_path / folder / "1.png"), image(tmp_path / folder / "2.png")
    a, b = tmp_path / "a", tmp_path / "b"
    code, printed, error = command("compare", a, b)
    assert code == 1 and "1.png" in printed
    told = f"{a / '2.png'}: cannot be compared (MemoryError)"
    assert error == f"convzoo: failed: {told}\n"


def test_an_input_is_never_replaced(command, tmp_path):
    before = image(tmp_path / "a" / "x.png")
    image(tmp_path / "b" / "x.png")
    target = tmp_path / "a" / "x.png"
    code, _, error = command(
        *("compare", tmp_path / "a", tmp_path / "b"),
        *("--sheet", target, "--overwrite"),
    )
    assert code == 2 and "x.png: is an input itself" in error
    np.testing.assert_array_equal(read_image(target).pixels, before)
