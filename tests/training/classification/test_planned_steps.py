"""Number of steps in a time, worked by hand."""

import pytest

from convzoo.training.classification.planned_steps import (
    planned_steps,
    stored_steps,
)


@pytest.mark.parametrize(
    ("minutes", "expected"),
    [
        # Epochs of 10 steps and 30 seconds, with 5 for the validation.
        (5, 100),
        (1.2, 20),
        (0.5, 10),
        # Less than an epoch: (24 - 5) / 2.5 steps.
        (0.4, 7),
        # The validation alone takes longer.
        (0.01, 1),
    ],
)
def test_whole_epochs_or_a_part_of_the_first(minutes, expected):
    assert planned_steps(minutes, 2.5, 30.0, 10) == expected


@pytest.mark.parametrize(
    ("settings", "minutes", "expected"),
    [
        (None, 15, None),
        ({"epochs": 60}, 15, None),
        ({"minutes": None, "steps": 4}, 15, None),
        ({"minutes": "ten", "steps": 4}, 15, None),
        ({"minutes": 0, "steps": 4}, 15, None),
        ({"minutes": 15.0, "steps": 105}, 15, 105),
        ({"minutes": 10.0, "steps": 100}, 25, 250),
        ({"minutes": 10.0, "steps": 100}, 25.4, 250),
        # Never fewer than were planned.
        ({"minutes": 10.0, "steps": 7}, 11, 7),
    ],
)
def test_a_run_keeps_its_plan(settings, minutes, expected):
    assert stored_steps(settings, minutes, 10) == expected
