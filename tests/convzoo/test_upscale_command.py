"""`convzoo upscale`: whole folders, streams, and one bad file among others."""

import io
import os
import re
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

import convzoo
from convzoo.zoo.images.reading.read_image import read_image
from convzoo.zoo.super_resolution import upscale_files
from tests.support import photograph, tiny_generator

pytestmark = pytest.mark.usefixtures("uncompiled")


@pytest.fixture
def model(tmp_path_factory):
    """A small model and the arguments that choose it."""
    model = tiny_generator()
    path = tmp_path_factory.mktemp("preset") / "mine.keras"
    model.save(path)
    return model, ("--preset", path)


def image(path, **keywords):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(photograph(9, 7)).save(path, **keywords)
    return path


def written(folder):
    files = [path for path in folder.rglob("*") if path.is_file()]
    return sorted(str(path.relative_to(folder)) for path in files)


def test_a_folder_is_enlarged_recursively_and_once(model, command, tmp_path):
    _, preset = model
    source, out = tmp_path / "in", tmp_path / "out"
    for name in ("a.png", "sub/b.jpg", "sub/deep/c.bmp"):
        image(source / name)
    arguments = ("upscale", source, "-o", out, *preset, "--recursive")
    code, printed, error = command(*arguments, "--skip-existing")
    assert code == 0 and error.count("\n") == 1
    assert re.fullmatch(
        r"convzoo: 3 files, 0.0 megapixels in [\d.]+ s, 0.0 megapixels/s\n",
        error,
    )
    names = ["a_x2.png", "sub/b_x2.jpg", "sub/deep/c_x2.png"]
    assert written(out) == names
    assert printed.split() == [str(out / name) for name in names]
    image(source / "new.png")
    before = (out / "a_x2.png").stat().st_mtime_ns
    code, printed, error = command(*arguments, "--skip-existing")
    assert (code, printed) == (0, f"{out / 'new_x2.png'}\n")
    assert error == "convzoo: 3 of 4 skipped, whose results exist\n"
    assert (out / "a_x2.png").stat().st_mtime_ns == before


def test_format_and_quality(model, command, tmp_path):
    _, preset = model
    source = image(tmp_path / "in" / "a.png").parent
    sizes = []
    for quality in (5, 95):
        out = tmp_path / str(quality)
        arguments = ("--format", "jpg", "--quality", quality)
        assert (
            command("upscale", source, "-o", out, *preset, *arguments)[0] == 0
        )
        assert written(out) == ["a_x2.jpg"]
        sizes.append((out / "a_x2.jpg").stat().st_size)
    assert sizes[0] < sizes[1]


def test_files_at_the_same_time_are_those_of_one_after_the_other(
    model, command, tmp_path
):
    network, preset = model
    source, out = tmp_path / "in", tmp_path / "out"
    for index in range(8):
        path = source / f"{index}.png"
        path.parent.mkdir(exist_ok=True)
        pixels = photograph(9 + index, 20 - index, seed=index)
        Image.fromarray(pixels).save(path)
    (source / "3.png").write_text("no image")
    code, printed, error = command("upscale", source, "-o", out, *preset)
    assert code == 1 and "3.png: is not an image" in error
    kept = [index for index in range(8) if index != 3]
    assert printed.split() == [str(out / f"{i}_x2.png") for i in kept]
    for index in kept:
        expected = network.upscale(read_image(source / f"{index}.png").pixels)
        found = read_image(out / f"{index}_x2.png").pixels
        np.testing.assert_array_equal(found, expected)
    assert len(written(out)) == 7


@pytest.mark.filterwarnings("always:.*is larger than the box")
@pytest.mark.parametrize(
    "options, name, size",
    [
        (["--scale", "1.5"], "a_x1.5.png", (10, 14)),
        (["--scale", "3"], "a_x3.png", (21, 27)),
        (["--scale", "1"], "a_x1.png", (7, 9)),
        (["--to", "30x18"], "a_30x18.png", (14, 18)),
        (["--to", "4X99", "--tile", "5"], "a_4x99.png", (4, 5)),
    ],
)
def test_any_scale_and_boxes(options, name, size, model, command, tmp_path):
    network, preset = model
    pixels, out = photograph(9, 7), tmp_path / "out"
    source = image(tmp_path / "a.png")
    code, _, error = command("upscale", source, "-o", out, *preset, *options)
    assert code == 0 and written(out) == [name]
    with Image.open(out / name) as found:
        assert found.size == size
    if options[0] == "--scale":
        expected = network.upscale(pixels, scale=float(options[1]))
        np.testing.assert_array_equal(read_image(out / name).pixels, expected)
    assert ("reduced from 7x9 to 4x5" in error) == (size == (4, 5))


@pytest.mark.parametrize("format", [None, "tif"])
def test_streams(format, model, tmp_path, monkeypatch, capfd):
    network, preset = model
    data = image(tmp_path / "a.png").read_bytes()
    stdin = SimpleNamespace(buffer=io.BytesIO(data))
    monkeypatch.setattr(sys, "stdin", stdin)
    options = () if format is None else ("--format", format)
    out = tmp_path / "out"
    with open(out, "w+b") as stdout:
        monkeypatch.setattr(sys, "stdout", stdout)
        with pytest.raises(SystemExit) as exit:
            convzoo.__main__.main(
                [str(a) for a in ("upscale", "-", "-o", "-", *preset, *options)]
            )
        assert exit.value.code == 0
    with Image.open(out) as found:
        assert found.format == ("PNG" if format is None else "TIFF")
    expected = network.upscale(photograph(9, 7))
    np.testing.assert_array_equal(read_image(out).pixels, expected)
    assert capfd.readouterr() == ("", "")


def test_a_bad_stream_is_named(model, command, monkeypatch, tmp_path):
    _, preset = model
    stdin = SimpleNamespace(buffer=io.BytesIO(b"no image"))
    monkeypatch.setattr(sys, "stdin", stdin)
    code, out, error = command(
        "upscale", "-", "-o", tmp_path / "x.png", *preset
    )
    assert (code, out) == (2, "")
    assert error == "convzoo: error: stdin: is not an image\n"


def test_characters_that_an_encoding_lacks_are_escaped(
    model, tmp_path, monkeypatch
):
    """Such as names of files on a Windows console."""
    _, preset = model
    source = image(tmp_path / "é.png")
    stdout = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr(sys, "stdout", stdout)
    out = tmp_path / "out"
    with pytest.raises(SystemExit) as exit:
        convzoo.__main__.main(
            [str(a) for a in ("upscale", source, "-o", out, *preset)]
        )
    assert exit.value.code == 0
    assert stdout.buffer.getvalue().endswith(b"\\xe9_x2.png\n")


@pytest.mark.long
def test_a_full_standard_output_is_one_line(model, tmp_path):
    """In a process, whose buffers are flushed when it ends."""
    _, preset = model
    path = os.pathsep.join([str(Path(convzoo.__file__).parents[1]), *sys.path])
    arguments = ("upscale", image(tmp_path / "a.png"), "-o", "-", *preset)
    with open("/dev/full", "wb") as full:
        result = subprocess.run(
            [sys.executable, "-m", "convzoo", *map(str, arguments)],
            env={**os.environ, "PYTHONPATH": path},
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
        )
    expected = "stdout: cannot be written (No space left on device)"
    assert result.stderr == f"convzoo: error: {expected}\n"
    assert result.returncode == 2


def test_any_error_of_a_file_is_only_that_of_the_file(
    model, command, tmp_path, monkeypatch
):
    _, preset = model
    source, out = tmp_path / "in", tmp_path / "out"
    for name in ("a.png", "b.png", "c.png", "two\nlines.png"):
        image(source / name)
    original = upscale_files.upscale_file

    def fails(model, path, *arguments, **keywords):
        if path.name == "a.png":
            raise KeyError("surprise")
        if path.name == "b.png":
            raise MemoryError
        return original(model, path, *arguments, **keywords)

    monkeypatch.setattr(upscale_files, "upscale_file", fails)
    code, printed, error = command("upscale", source, "-o", out, *preset)
    assert code == 1
    assert printed.splitlines() == [
        str(out / "c_x2.png"),
        str(out / r"two\nlines_x2.png"),
    ]
    summary, *failures = error.splitlines()
    assert summary.startswith("convzoo: 2 of 4 files, ")
    assert len(failures) == 2
    assert all(each.startswith("convzoo: failed: ") for each in failures)
    assert "a.png: cannot be upscaled (KeyError: 'surprise')" in error
    assert "b.png: cannot be upscaled (MemoryError)" in error


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["in", "-o", "in", "--overwrite"], "a_x2.png: is an input itself"),
        (["in/a.png", "-o", "in/a.png", "--overwrite"], "a.png: is an input"),
        (["in", "-o", "x.gif"], "x.gif: names a file, but the inputs are"),
        (["in/a.png", "-o", "x.gif"], "x.gif: GIF is not written"),
        (["in", "-o", "out", "--quality", "9"], "`--quality` needs JPEG or W"),
        (["in/a.png", "-o", "x.png", "--max-pixels", "251"], "`--max-pixels`"),
        (["in", "-o", "-"], "-: takes one image"),
        (["-", "in", "-o", "out"], "-: the standard input must be the only"),
        (["in/soft.png", "-o", "x.jpg"], "x.jpg: JPEG has no alpha"),
        (["in", "-o", "out", "--scale", "9"], "`--scale` must be a number fr"),
        (["in", "-o", "out", "--scale", "0.5"], "--scale=0.5"),
        (["in", "-o", "out", "--scale", "nan"], "--scale=nan"),
        (["in", "-o", "out", "--to", "9"], "'9' must be WIDTHxHEIGHT"),
        (["in", "-o", "out", "--to", "0x9"], "'0x9' must be WIDTHxHEIGHT"),
        (
            ["in", "-o", "o", "--to", "9x9", "--scale", "2"],
            "either `--scale` or",
        ),
        (["in/a.png", "-o", "x.png", "--to", "99x999"], "a.png: fitting 7x9"),
    ],
)
def test_mistakes_are_one_line_and_change_nothing(
    arguments, message, model, command, tmp_path, monkeypatch
):
    _, preset = model
    monkeypatch.chdir(tmp_path)
    for name in ("a.png", "a_x2.png"):
        image(Path("in") / name)
    Image.fromarray(photograph(4, 4, 4)).save("in/soft.png")
    before = {path: path.read_bytes() for path in Path("in").iterdir()}
    code, out, error = command("upscale", *arguments, *preset)
    assert (code, out, error.count("\n")) == (2, "", 1)
    assert message in error
    assert {path: path.read_bytes() for path in Path("in").iterdir()} == before
    assert [path.name for path in tmp_path.iterdir()] == ["in"]
