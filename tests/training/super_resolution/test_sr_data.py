"""Sources of photographs: folders, and tensorflow-datasets on disk."""

import os
import sys

import numpy as np
import pytest

from convzoo.training import Patches
from convzoo.training.super_resolution.photographs import shrink
from convzoo.training.super_resolution.sr_data import read_sr_data
from convzoo.zoo.images.image_file import ImageFile
from convzoo.zoo.images.writing.write_image import write_image
from tests.support import photograph


def folder_of(tmp_path, count, name="photographs"):
    folder = tmp_path / name
    folder.mkdir()
    for seed in range(count):
        channels = 1 if seed % 3 == 2 else 3
        pixels = photograph(40 + seed, 50, channels, seed)
        write_image(folder / f"{seed:02}.png", ImageFile(pixels))
    return folder


def test_every_twentieth_by_name_is_held_out(tmp_path):
    folder = folder_of(tmp_path, 23)
    data = read_sr_data(folder, 2)
    names = [path.name for path in data.photographs]
    assert names == [f"{n:02}.png" for n in range(23) if n not in (0, 20)]
    assert [pair.high.shape[0] for pair in data.held_out] == [40, 60]
    assert data.fingerprints[0].startswith("21 photographs")


def test_another_folder_validates(tmp_path):
    folder, other = folder_of(tmp_path, 3), folder_of(tmp_path, 2, "other")
    data = read_sr_data(folder, 2, other)
    assert len(data.photographs) == 3 and len(data.held_out) == 2


def test_a_changed_photograph_changes_the_fingerprint(tmp_path):
    folder = folder_of(tmp_path, 4)
    before = read_sr_data(folder, 2).fingerprints
    assert read_sr_data(folder, 2).fingerprints == before
    write_image(folder / "01.png", ImageFile(photograph(99, 50)), True)
    after = read_sr_data(folder, 2).fingerprints
    assert after[0] != before[0] and after[1] == before[1]


def broken(path):
    path.write_bytes(b"no photograph")


def test_the_next_usable_photograph_validates(tmp_path):
    folder = folder_of(tmp_path, 23)
    broken(folder / "00.png")
    broken(folder / "21.png")

    def prepare(pair):
        if pair.high.shape[0] == 40:
            raise ValueError("too small")
        return pair

    data = read_sr_data(folder, 2, prepare=prepare)
    # 01.png is cropped to 40 rows, too; what is broken is left for training.
    names = [path.name for path in data.photographs]
    assert names == [f"{n:02}.png" for n in range(23) if n not in (2, 20)]
    assert [pair.high.shape[0] for pair in data.held_out] == [42, 60]


def test_broken_photographs_of_a_validation_folder_are_left_out(tmp_path):
    folder, other = folder_of(tmp_path, 3), folder_of(tmp_path, 2, "other")
    broken(other / "00.png")
    with pytest.warns(UserWarning, match="validation photograph.*00.png"):
        data = read_sr_data(folder, 2, other)
    assert [pair.high.shape[0] for pair in data.held_out] == [40]
    broken(other / "01.png")
    with pytest.raises(ValueError, match="no validation .* used: .*00.png"):
        read_sr_data(folder, 2, other)


def test_a_folder_of_broken_photographs_is_refused(tmp_path):
    folder = folder_of(tmp_path, 3)
    for path in folder.iterdir():
        broken(path)
    with pytest.raises(ValueError, match="photographs: no photograph.*00.png"):
        read_sr_data(folder, 2)


def test_folders_that_will_not_do_are_named(tmp_path, monkeypatch):
    with pytest.raises(ValueError, match="one photograph cannot both"):
        read_sr_data(folder_of(tmp_path, 1), 2)
    with pytest.raises(ValueError, match="nowhere: is not a folder"):
        read_sr_data(tmp_path / "nowhere", 2)

    def listdir(path):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr("os.listdir", listdir)
    with pytest.raises(ValueError, match="cannot be read .Permission denied"):
        read_sr_data(tmp_path, 2)


def pair(index):
    high = photograph(40, 48 + 4 * index, seed=index)
    return {"lr": shrink(high, 2), "hr": high}


def test_pairs_of_a_dataset_train_and_validate(datasets):
    name = datasets("small_pairs", {"train": 3, "validation": 2}, pair)
    data = read_sr_data(name, 2)
    found = sorted((p.high.shape[1], p.low.shape[1]) for p in data.photographs)
    assert found == [(48, 24), (52, 26), (56, 28)]
    # The widths identify the examples, whose order may vary.
    for low, high in data.held_out:
        expected = pair((high.shape[1] - 48) // 4)
        np.testing.assert_array_equal(high, expected["hr"])
        np.testing.assert_array_equal(low, expected["lr"])
    assert len(data.held_out) == 2
    assert "3 of small_pairs/1.0.0, train" in data.fingerprints[0]


def test_patches_come_from_a_dataset(datasets):
    name = datasets("more_pairs", {"train": 3, "validation": 1}, pair)
    patches = Patches(read_sr_data(name, 2).photographs, 2, 8, 4, 2, seed=0)
    low, high = patches[1]
    assert low.shape == (4, 8, 8, 3) and high.shape == (4, 16, 16, 3)
    with pytest.raises(ValueError, match="smaller than a patch of 60x60"):
        Patches(read_sr_data(name, 2).photographs, 2, 30, 4, 2, seed=0)


def test_a_dataset_of_photographs_is_shrunk_and_split(datasets):
    def image(index):
        return {"image": photograph(41, 50, seed=index)}

    data = read_sr_data(datasets("single_images", {"train": 21}, image), 3)
    photographs = list(data.photographs)
    assert len(photographs) == 19 and len(data.held_out) == 2
    for low, high in (*photographs, *data.held_out):
        assert high.shape == (39, 48, 3)
        np.testing.assert_array_equal(low, shrink(high, 3))


def test_a_dataset_of_another_scale_is_quoted(datasets):
    name = datasets("other_scale", {"train": 2, "validation": 1}, pair)
    with pytest.raises(
        ValueError, match=r"4 times.*\(40, 48, 3\) and \(20, 24"
    ):
        read_sr_data(name, 4)


def test_a_dataset_of_something_else_is_quoted(datasets):
    def labelled(index):
        return {"picture": photograph(20, 20)}

    name = datasets("something_else", {"train": 2, "validation": 1}, labelled)
    with pytest.raises(ValueError, match="Received: .'picture'"):
        read_sr_data(name, 2)
    name = datasets("no_training", {"test": 2}, pair)
    with pytest.raises(ValueError, match="split 'train'.*'test'"):
        read_sr_data(name, 2)


def test_an_unknown_dataset_is_one_line(datasets):
    with pytest.raises(ValueError, match="tfds:no_such_thing") as error:
        read_sr_data("tfds:no_such_thing", 2)
    assert "\n" not in str(error.value)


def test_without_the_package_it_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "tensorflow_datasets", None)
    with pytest.raises(ValueError, match=r"pip install convzoo\[datasets\]"):
        read_sr_data("tfds:div2k/bicubic_x4", 4)


def test_a_folder_may_be_given_as_a_string(tmp_path):
    folder = os.fspath(folder_of(tmp_path, 2))
    assert len(read_sr_data(folder, 2).photographs) == 1
