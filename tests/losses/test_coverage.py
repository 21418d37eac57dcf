"""Every public loss has its own file, a test and the common checks."""

from pathlib import Path

import keras
import pytest

from convzoo import losses
from tests.public_classes import (
    check_paper,
    check_place,
    check_tested,
    classes,
)

CLASSES = classes(losses)
LOSSES = [
    name
    for name in CLASSES
    if issubclass(getattr(losses, name), keras.losses.Loss)
]
# Losses of the ball compare positions with a dictionary, not two images.
OF_IMAGES = [name for name in LOSSES if not name.startswith("Ball")]
# A sum of other losses has no paper.
WITH_PAPER = [name for name in LOSSES if name != "WeightedSum"]


def test_classes_are_found():
    assert {"SSIM", "LPIPS", "WeightedSum"} <= set(LOSSES)
    assert set(CLASSES) - set(LOSSES) == {"FeatureExtractor", "LossMetric"}


@pytest.mark.parametrize("name", OF_IMAGES)
def test_every_loss_goes_through_run_loss_test(name):
    check_tested(name, Path(__file__).parent, "run_loss_test")


@pytest.mark.parametrize("name", CLASSES)
def test_every_class_has_a_file_of_its_name(name):
    check_place(getattr(losses, name), losses)


@pytest.mark.parametrize("name", CLASSES)
@pytest.mark.parametrize(
    "part", ["Args:", "Call arguments:", "Raises:", "Example:", ">>> "]
)
def test_every_docstring_is_complete(name, part):
    assert part in getattr(losses, name).__doc__


@pytest.mark.parametrize("name", LOSSES)
def test_every_docstring_says_what_comes_out(name):
    assert "Output shape:" in getattr(losses, name).__doc__


@pytest.mark.parametrize("name", WITH_PAPER)
def test_every_loss_names_its_paper(name):
    check_paper(getattr(losses, name))
