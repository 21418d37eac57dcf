"""Public classes of zoo and training: one file each, of the same name."""

import pytest

from convzoo import training, zoo
from tests.public_classes import check_file, check_place, classes


def test_classes_are_found():
    assert {"SRGenerator", "SRGAN"} <= set(classes(zoo))
    assert {"Tracking", "Run"} <= set(classes(training))


@pytest.mark.parametrize("name", classes(zoo))
def test_every_model_has_a_file_of_its_name(name):
    check_place(getattr(zoo, name), zoo)


@pytest.mark.parametrize("name", classes(training))
def test_every_class_of_training_has_a_file_of_its_name(name):
    check_file(getattr(training, name), training)
