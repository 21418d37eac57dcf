"""`convzoo classify`: one bad file never stops the others."""

import os

import numpy as np
import pytest
from PIL import Image

from convzoo.__main__ import main
from convzoo.zoo import SizeAgnosticClassifier
from convzoo.zoo.classification.explained_picture import explained_picture
from convzoo.zoo.images.reading.read_image import read_image
from tests.support import photograph


@pytest.fixture(scope="module")
def model():
    return SizeAgnosticClassifier(3, backbone="plain", width=4, bins=(1,))


@pytest.fixture
def classify(model, monkeypatch, capfd):
    """Function that runs the command; returns exit code, lines and errors."""
    monkeypatch.setattr(SizeAgnosticClassifier, "from_preset", lambda *_: model)

    def run(*arguments):
        tokens = ["classify", *map(str, arguments), "--preset", "signs_spp"]
        with pytest.raises(SystemExit) as end:
            main(tokens)
        out, errors = capfd.readouterr()
        return end.value.code, out.splitlines(), errors.splitlines()

    return run


def save(path, pixels=None):
    Image.fromarray(photograph(20, 24) if pixels is None else pixels).save(
        path, "PNG"
    )


@pytest.mark.filterwarnings("always")
def test_the_rest_of_a_folder_is_classified(classify, tmp_path):
    for name in ("good.png", "also.png", b"\xff\xfe.png", "two\nlines.png"):
        save(os.path.join(os.fsencode(tmp_path), os.fsencode(name)))
    save(tmp_path / "photo.png[page=3].png")
    save(tmp_path / ("x" * 251 + ".png"))
    save(tmp_path / "._hidden.png")
    (tmp_path / "folder.png").mkdir()
    os.mkfifo(tmp_path / "pipe.png")
    (tmp_path / "text.png").write_text("no image")
    (tmp_path / "drawing.svg").write_text("<svg/>")
    code, lines, errors = classify(tmp_path)
    assert code == 1, errors
    assert len(lines) == 6
    assert any(r"two\nlines.png: " in line for line in lines)
    assert any(r"\udcff\udcfe.png: " in line for line in lines)
    assert len(errors) == 2
    assert "3 left out: folder.png, pipe.png, drawing.svg" in errors[0]
    assert errors[1].endswith("text.png: is not an image")


def test_the_rest_of_the_arguments_is_classified(classify, tmp_path):
    save(tmp_path / "good.png")
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "empty").mkdir()
    inputs = ("missing.png", "pipe", "empty", "x" * 300, "good.png")
    code, lines, errors = classify(*(tmp_path / each for each in inputs))
    assert code == 1
    assert len(lines) == 1 and "good.png: " in lines[0]
    assert "holds no image" in errors[0]
    assert "missing.png: does not exist" in errors[1]
    assert "pipe: is not a regular file" in errors[2]
    assert "File name too long" in errors[3]


@pytest.mark.parametrize("name", ["pipe", "text.png", "empty"])
def test_the_error_of_one_input_is_exit_code_2(name, classify, tmp_path):
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "text.png").write_text("no image")
    (tmp_path / "empty").mkdir()
    code, lines, errors = classify(tmp_path / name)
    assert (code, lines, len(errors)) == (2, [], 1)
    assert name in errors[0]


def test_any_error_is_that_of_its_file(classify, model, tmp_path, monkeypatch):
    def fail(image, top):
        raise RuntimeError("allocation failed\nand a long trace")

    monkeypatch.setattr(model, "classify", fail)
    save(tmp_path / "good.png")
    code, _, errors = classify(tmp_path / "good.png")
    assert code == 2 and len(errors) == 1
    assert (
        "good.png: cannot be classified (RuntimeError: allocation"
        in (errors[0])
    )


def test_hidden_colours_do_not_change_the_class(classify, tmp_path):
    found = set()
    for hidden in (0, 128, 255):
        pixels = photograph(20, 24, 4)
        pixels[5:, :, :3], pixels[5:, :, 3] = hidden, 0
        save(tmp_path / "image.png", pixels)
        found.add(classify(tmp_path / "image.png")[1][0])
    assert len(found) == 1


def test_a_limit_of_pixels(classify, tmp_path):
    save(tmp_path / "image.png")
    code, _, errors = classify(tmp_path / "image.png", "--max-pixels", 479)
    assert code == 2 and "24x20 pixels" in errors[0]
    assert "`--max-pixels`. Received: --max-pixels=479" in errors[0]
    assert classify(tmp_path / "image.png", "--max-pixels", 480)[0] == 0
    assert classify(tmp_path / "image.png", "--max-pixels", 0)[0] == 2


def test_too_little_memory_is_one_line(classify, tmp_path, monkeypatch):
    memory = type("Memory", (), {"available": 10_000})
    monkeypatch.setattr("psutil.virtual_memory", lambda: memory)
    save(tmp_path / "image.png", np.zeros((20, 24, 3), "uint8"))
    code, _, errors = classify(tmp_path / "image.png")
    assert code == 2 and "classifying 24x20 pixels needs" in errors[0]


def test_a_picture_of_where_the_model_looked(classify, model, tmp_path):
    save(tmp_path / "photo.png")
    lines = classify(tmp_path / "photo.png")[1]
    target = tmp_path / "new" / "heat.png"
    code, explained, errors = classify(
        tmp_path / "photo.png", "--explain", target
    )
    assert (code, explained, errors) == (0, lines, [])
    image = read_image(tmp_path / "photo.png").pixels
    (name, share), *_ = model.classify(image)
    expected = explained_picture(
        image, model.explain(image, name), f"photo.png: {name} {share:.1%}"
    )
    np.testing.assert_array_equal(read_image(target).pixels, expected)


def test_the_class_to_explain(classify, tmp_path):
    save(tmp_path / "photo.png")
    pictures = []
    for index in range(3):
        target = tmp_path / f"{index}.png"
        code, _, errors = classify(
            *(tmp_path / "photo.png", "--explain", target, "--class", index)
        )
        assert code == 0, errors
        pictures.append(target.read_bytes())
    assert len(set(pictures)) == 3


def test_one_picture_of_each_image(classify, tmp_path):
    for name in ("one.png", "two.jpg", "three.bmp"):
        save(tmp_path / name)
    (tmp_path / "bad.png").write_text("no image")
    code, lines, errors = classify(tmp_path, "--explain", tmp_path / "heat")
    assert code == 1 and len(lines) == 3 and len(errors) == 1
    assert sorted(os.listdir(tmp_path / "heat")) == [
        *("one_explained.png", "three_explained.png", "two_explained.jpg")
    ]
    # What is there is kept, and the others are written.
    (tmp_path / "heat" / "one_explained.png").write_text("mine")
    (tmp_path / "heat" / "two_explained.jpg").unlink()
    code, lines, errors = classify(tmp_path, "--explain", tmp_path / "heat")
    assert code == 1 and len(lines) == 1 and len(errors) == 3
    assert "one_explained.png: exists already" in "\n".join(errors)
    assert (tmp_path / "heat" / "one_explained.png").read_text() == "mine"
    code, lines, _ = classify(
        *(tmp_path, "--explain", tmp_path / "heat", "--overwrite")
    )
    assert code == 1 and len(lines) == 3
    assert (tmp_path / "heat" / "one_explained.png").stat().st_size > 1000


@pytest.mark.parametrize(
    ("options", "named"),
    [
        (["--class", "1"], "`--class-name` requires `--explain`"),
        (["--overwrite"], "`--overwrite` requires `--explain`"),
        (["--explain", "there.png"], "there.png: exists already"),
        (["--explain", "photo.png", "--overwrite"], "photo.png: is an input"),
        (["--explain", "heat.gif"], "GIF is not written"),
        (["--explain", "there.png/heat.png"], "there.png: cannot be created"),
        (
            ["--explain", "heat.png", "--class", "7"],
            "its classes: '0', '1', '2'. Received: --class-name='7'",
        ),
    ],
)
def test_what_cannot_be_explained(
    options, named, classify, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    save(tmp_path / "photo.png")
    save(tmp_path / "there.png")
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}
    code, lines, errors = classify("photo.png", *options)
    assert (code, lines, len(errors)) == (2, [], 1)
    assert named in errors[0]
    assert before == {path: path.read_bytes() for path in tmp_path.iterdir()}


def test_pictures_of_one_name(classify, tmp_path):
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        save(tmp_path / name / "photo.png")
    inputs = tmp_path / "a", tmp_path / "b"
    code, lines, errors = classify(*inputs, "--explain", tmp_path / "heat")
    assert (code, lines, len(errors)) == (2, [], 1)
    assert "photo_explained.png: both" in errors[0]
    code, _, errors = classify(*inputs, "--explain", tmp_path / "heat.png")
    assert code == 2 and "the inputs are several; name a folder" in errors[0]
    assert not (tmp_path / "heat").exists()
