"""ImageFolder: image formats, broken files and bad folders."""

import os
import shutil
import types

import numpy as np
import pytest
from PIL import Image

from convzoo.training import ImageFolder
from tests.support import photograph


@pytest.fixture
def folder(tmp_path):
    """Two classes, with five and two images."""
    for name, count in (("b", 2), ("a", 5)):
        (tmp_path / name).mkdir()
        for index in range(count):
            image = Image.fromarray(photograph(20 + index, 30, seed=index))
            image.save(tmp_path / name / f"{index}.png")
    return tmp_path


def test_images_at_their_own_sizes_and_their_classes(folder):
    (folder / ".hidden").mkdir()
    (folder / "readme.txt").write_text("not an image")
    found = ImageFolder(folder)
    assert found.class_names == ["a", "b"] and len(found) == 7
    assert found.labels.tolist() == [0] * 5 + [1] * 2
    sizes = [[20 + i, 30] for i in range(5)] + [[20, 30], [21, 30]]
    assert found.sizes.tolist() == sizes
    np.testing.assert_array_equal(found.images[5], photograph(20, 30, seed=0))
    assert found.fingerprint.startswith("7 images of 2 classes")


def test_every_kind_of_file(folder):
    image = Image.fromarray(photograph(40, 24))
    (folder / "c").mkdir()
    kinds = {
        "grey.png": image.convert("L"),
        "palette.png": image.convert("P"),
        "alpha.png": image.convert("RGBA"),
        "cmyk.jpg": image.convert("CMYK"),
        "plain.webp": image,
    }
    for name, kind in kinds.items():
        kind.save(folder / "c" / name)
    exif = Image.Exif()
    exif[0x0112] = 6
    image.save(folder / "c" / "turned.jpg", exif=exif)
    found = ImageFolder(folder)
    images = found.images[-6:]
    shapes = [image.shape for image in images]
    # The order is by name: alpha, cmyk, grey, palette, plain, turned.
    assert shapes == [(40, 24, 3)] * 5 + [(24, 40, 3)]
    grey = images[2]
    np.testing.assert_array_equal(grey[..., 0], grey[..., 2])
    np.testing.assert_array_equal(images[0], np.asarray(image))


def test_transparent_images_are_on_white(folder):
    pixels = photograph(9, 7, 4)
    pixels[..., 3] = 0
    Image.fromarray(pixels).save(folder / "b" / "clear.png")
    assert (ImageFolder(folder).images[-1] == 255).all()


def test_a_broken_image_is_left_out_with_a_warning(folder):
    (folder / "a" / "broken.png").write_bytes(b"no image")
    whole = (folder / "a" / "0.png").read_bytes()
    (folder / "b" / "cut.png").write_bytes(whole[: len(whole) // 2])
    with pytest.warns(UserWarning, match="left out") as caught:
        found = ImageFolder(folder)
    assert len(found) == 7
    text = " ".join(str(warning.message) for warning in caught)
    assert "broken.png: is not an image" in text and "cut.png" in text


def test_large_images_are_scaled_down_with_their_aspect(folder):
    Image.fromarray(photograph(200, 100)).save(folder / "b" / "large.png")
    Image.fromarray(photograph(300, 1)).save(folder / "b" / "thin.png")
    found = ImageFolder(folder, max_side=50)
    assert found.sizes[-2:].tolist() == [[50, 25], [50, 1]]
    assert found.sizes[0].tolist() == [20, 30]


def test_of_each_class_the_last_by_name_validate(folder):
    found = ImageFolder(folder)
    learned, held_out = found.split(0.4)
    assert held_out.tolist() == [3, 4, 6]
    assert learned.tolist() == [0, 1, 2, 5]
    # Each class validates with at least one image, and never with all.
    assert found.split(0.01)[1].tolist() == [4, 6]
    assert found.split(1)[0].tolist() == [0, 5]
    learned, held_out = found.split(0)
    assert len(learned) == 7 and len(held_out) == 0


def test_other_images_have_another_fingerprint(folder):
    before = ImageFolder(folder).fingerprint
    assert ImageFolder(folder).fingerprint == before
    (folder / "a" / "0.png").rename(folder / "a" / "9.png")
    assert ImageFolder(folder).fingerprint != before


def test_folders_that_will_not_do_are_named(folder, tmp_path):
    with pytest.raises(ValueError, match="nowhere: is not a folder"):
        ImageFolder(tmp_path / "nowhere")
    shutil.copytree(folder / "a", tmp_path / "one" / "only")
    with pytest.raises(ValueError, match="at least two. Received: .'only'"):
        ImageFolder(tmp_path / "one")
    with pytest.raises(ValueError, match="Received: ..; it holds images"):
        ImageFolder(tmp_path / "one" / "only")
    (tmp_path / "two" / "train").mkdir(parents=True)
    (tmp_path / "one").rename(tmp_path / "two" / "train" / "deep")
    with pytest.raises(ValueError, match="; give .*train$"):
        ImageFolder(tmp_path / "two")
    shutil.rmtree(tmp_path / "two")
    (folder / "broken").mkdir()
    (folder / "broken" / "broken.png").write_bytes(b"no image")
    with (
        pytest.warns(UserWarning, match="left out"),
        pytest.raises(ValueError, match="class 'broken' has no image"),
    ):
        ImageFolder(folder)


def test_folders_without_images_are_left_out(folder):
    (folder / "__MACOSX").mkdir()
    (folder / "empty").mkdir()
    with pytest.warns(UserWarning, match="1 of 3 folders left out.*: empty"):
        found = ImageFolder(folder)
    assert found.class_names == ["a", "b"]


def test_many_broken_images_are_one_warning(folder):
    for index in range(7):
        (folder / "a" / f"x{index}.png").write_bytes(b"no image")
    with pytest.warns(
        UserWarning, match="7 of 14 images left out: .*x4.*; ...$"
    ):
        assert len(ImageFolder(folder)) == 7


def test_files_that_are_too_large_are_left_out(folder):
    with pytest.warns(UserWarning, match="1 of 7 images left out.*24.*pixels"):
        found = ImageFolder(folder, max_pixels=23 * 30)
    assert len(found) == 6
    with pytest.raises(ValueError, match="`max_pixels`.*Received"):
        ImageFolder(folder, max_pixels=0)


@pytest.mark.parametrize("side", [0, -4, 1.5, "9"])
def test_a_bad_side_is_quoted(side, folder):
    with pytest.raises(ValueError, match="`max_side`.*Received"):
        ImageFolder(folder, side)


@pytest.mark.parametrize("share", [-0.1, 1.1, None])
def test_a_bad_share_is_quoted(share, folder):
    with pytest.raises(ValueError, match="`share`.*Received"):
        ImageFolder(folder).split(share)


def test_images_of_a_dataset(datasets):
    def example(index):
        image = photograph(20 + index, 30, seed=index)
        return {"image": image, "label": index % 2}

    name = datasets(
        "signs", {"train": 4, "validation": 3}, example, ["stop", "yield"]
    )
    found = ImageFolder(name)
    assert found.class_names == ["stop", "yield"]
    # The heights identify the examples, whose order may vary.
    for image, label in zip(found.images, found.labels, strict=True):
        index = image.shape[0] - 20
        assert label == index % 2
        np.testing.assert_array_equal(
            image, photograph(20 + index, 30, seed=index)
        )
    assert len(found) == 4 and "4 of signs/1.0.0, train" in found.fingerprint
    assert len(ImageFolder(name, split="validation")) == 3
    with pytest.raises(ValueError, match="split 'test'.*'validation'"):
        ImageFolder(name, split="test")


def test_a_dataset_without_labels_is_named(datasets):
    name = datasets(
        "unlabelled", {"train": 2}, lambda i: {"image": photograph(9, 9)}
    )
    with pytest.raises(ValueError, match="must have 'image' and 'label'"):
        ImageFolder(name)


def test_foreign_files_beside_the_images(folder):
    os.mkfifo(folder / "a" / "pipe.png")
    (folder / "a" / "link.png").symlink_to("nowhere")
    (folder / "a" / "._0.png").write_bytes(b"resources")
    (folder / "a" / "Thumbs.db").write_bytes(b"thumbnails")
    name = os.path.join(os.fsencode(folder), b"b", b"\xff\n.png")
    shutil.copy(folder / "a" / "0.png", os.fsdecode(name))
    with pytest.warns(UserWarning, match="2 left out: link.png, pipe.png;"):
        found = ImageFolder(folder)
    assert len(found) == 8 and found.fingerprint.startswith("8 images of 2")


def test_class_names_must_be_text(folder):
    name = os.path.join(os.fsencode(folder), b"\xff")
    os.mkdir(name)
    shutil.copy(
        folder / "a" / "0.png", os.path.join(os.fsdecode(name), "0.png")
    )
    with pytest.raises(ValueError, match="must be UTF-8 text"):
        ImageFolder(folder)


def test_any_error_of_one_file_is_its_own(folder, monkeypatch):
    def read(path, max_pixels):
        if path.name == "0.png":
            raise RuntimeError("a decoder failed")
        return photograph(9, 9)

    name = "convzoo.training.classification.class_folders.read_photograph"
    monkeypatch.setattr(name, read)
    with pytest.warns(UserWarning, match="2 of 7 .*out: a decoder failed"):
        assert len(ImageFolder(folder)) == 5


def test_a_dataset_with_alpha_or_16_bits(monkeypatch):
    def example(index):
        image = np.full((9, 8, 4), 200, "uint16" if index else "uint8")
        image[..., 3] = 0
        return {"image": image, "label": index}

    info = types.SimpleNamespace(
        features={
            "image": None,
            "label": types.SimpleNamespace(names=["a", "b"]),
        },
        splits={"train": types.SimpleNamespace(num_examples=2)},
        full_name="clear/1.0.0",
    )
    name = "convzoo.training.classification.image_folder.load_tfds"
    examples = {"train": [example(0), example(1)]}
    monkeypatch.setattr(name, lambda name: (examples, info))
    images = ImageFolder("tfds:clear").images
    assert [image.shape for image in images] == [(9, 8, 3)] * 2
    assert all((image == 255).all() for image in images)


def test_the_train_folder_of_a_set_is_named(folder, tmp_path):
    parts = tmp_path / "set"
    for part in ("train", "test"):
        for name in ("a", "b"):
            shutil.copytree(folder / name, parts / part / name)
    with pytest.raises(ValueError, match="give .*set/train"):
        ImageFolder(parts)


def test_photographs_are_scaled_and_small_images_are_not(tmp_path):
    for name, side in (("a", 200), ("b", 160)):
        (tmp_path / name).mkdir()
        image = Image.fromarray(photograph(side, 240))
        image.save(tmp_path / name / "0.png")
    found = ImageFolder(tmp_path, 512, short_side="auto")
    assert found.short_side == 96
    assert found.sizes.tolist() == [[96, 115], [96, 144]]
    assert found.original_sizes.tolist() == [[200, 240], [160, 240]]
    Image.fromarray(photograph(30, 40)).save(tmp_path / "b" / "1.png")
    Image.fromarray(photograph(30, 40)).save(tmp_path / "b" / "2.png")
    found = ImageFolder(tmp_path, 512, short_side="auto")
    assert found.short_side is None
    np.testing.assert_array_equal(found.sizes, found.original_sizes)


def test_reading_is_told_line_by_line(folder, monkeypatch, capsys):
    monkeypatch.setattr(
        "convzoo.training.classification.told_reading._SECONDS", 0
    )
    ImageFolder(folder, told=True)
    lines = capsys.readouterr().out.splitlines()
    assert lines[-1] == "read 7 of 7 images, about 0 s left"
    ImageFolder(folder)
    assert not capsys.readouterr().out


def test_many_classes_are_split_in_one_pass(folder):
    found = ImageFolder(folder)
    found.labels = np.array([1, 0, 1, 1, 0, 0, 1])
    learned, held_out = found.split(0.5)
    assert learned.tolist() == [1, 0, 2]
    assert held_out.tolist() == [4, 5, 3, 6]
