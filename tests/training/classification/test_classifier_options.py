"""Options that are chosen where none are given."""

import pytest

from convzoo.training.classification.classifier_options import (
    ClassifierOptions,
)


def options(tmp_path, **arguments):
    return ClassifierOptions(tmp_path, tmp_path / "run", **arguments)


@pytest.mark.parametrize(
    ("arguments", "flips"),
    [
        ({}, True),
        ({"mirror": {"a": "a"}}, False),
        ({"flip": False}, False),
        ({"flip": True}, True),
    ],
)
def test_photographs_are_flipped_unless_it_is_said_which(
    arguments, flips, tmp_path
):
    found = options(tmp_path, **arguments)
    assert found.flips == flips == found.augmentation().flip


def test_the_time_ends_a_run_unless_epochs_do(tmp_path):
    assert options(tmp_path).planned_minutes == 15
    assert options(tmp_path, minutes=2).planned_minutes == 2
    assert options(tmp_path, epochs=3).planned_minutes is None
    with pytest.raises(ValueError, match="give one. Received: epochs=3, min"):
        options(tmp_path, epochs=3, minutes=2)
