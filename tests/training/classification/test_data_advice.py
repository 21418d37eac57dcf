"""Each thing that is unusual about a set is one line, and nothing else is."""

import numpy as np
import pytest

from convzoo.training.classification.classifier_options import (
    ClassifierOptions,
)
from convzoo.training.classification.data_advice import data_advice


def advice(tmp_path, counts, held_out=None, names=None, data=None, **options):
    counts = np.array(counts)
    names = names or [f"c{i}" for i in range(len(counts))]
    held_out = counts // 10 if held_out is None else np.array(held_out)
    chosen = ClassifierOptions(
        data or tmp_path / "data", tmp_path / "run", **options
    )
    return data_advice(chosen, names, counts, held_out)


def test_a_usual_set_is_no_matter(tmp_path):
    assert advice(tmp_path, [300, 900, 400]) == []


def test_small_classes_are_named(tmp_path):
    (line,) = advice(tmp_path, [300, 4, 300, 300], [1, 1, 1, 1], balance=True)
    assert line.startswith("1 of 4 classes has fewer than 5 images")
    assert "c1 (4); add images" in line
    counts = [300] * 10 + [4] * 7
    (line,) = advice(tmp_path, counts, counts, balance=True)
    assert "c14 (4), ...;" in line and "c15" not in line


def test_a_class_that_outweighs_another(tmp_path):
    (line,) = advice(tmp_path, [300, 301, 3001])
    assert line.startswith("c2 has 3001 images and c0 300: with --balance")
    assert advice(tmp_path, [300, 301, 3001], balance=True) == []
    assert advice(tmp_path, [300, 301, 3000]) == []


def test_one_image_a_class(tmp_path):
    lines = advice(tmp_path, [1, 1], [0, 0])
    assert any("nothing is held out" in line for line in lines)
    lines = advice(tmp_path, [1, 300, 300], [0, 30, 30], balance=True)
    assert any("1 class has one image" in line for line in lines)
    for options in ({"hold_out": 0.0}, {"validation": tmp_path}):
        lines = advice(tmp_path, [1, 1], [0, 0], **options)
        assert not any("held out" in line for line in lines)


def test_few_images_for_random_weights(tmp_path):
    (line,) = advice(tmp_path, [199, 199, 300])
    assert "--backbone squeezenet" in line and "199 images a class" in line


@pytest.mark.parametrize("name", ["test", "Val", "validation"])
def test_a_test_folder_beside_its_train(name, tmp_path):
    (tmp_path / name).mkdir()
    counts = [300, 300]
    assert advice(tmp_path, counts, data=tmp_path / name) == []
    (tmp_path / "train").mkdir()
    (line,) = advice(tmp_path, counts, data=tmp_path / name)
    assert f"{tmp_path / 'train'} is beside it" in line


def test_parts_of_a_set_are_no_classes(tmp_path):
    (line,) = advice(tmp_path, [300, 300], names=["test", "train"])
    assert line.startswith("the classes are test, train: if these are parts")
