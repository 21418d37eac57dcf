"""Every public layer has its own file, a test and the common checks."""

from pathlib import Path

import pytest

from convzoo import layers
from tests.public_classes import (
    check_paper,
    check_place,
    check_tested,
    classes,
    snake_case,
)

CLASSES = classes(layers)


def test_classes_are_found():
    assert {"SPP", "DeformableConv2D"} <= set(CLASSES)
    assert [snake_case(n) for n in ("SPP", "MLPConv", "DeformableConv2D")] == [
        "spp",
        "mlp_conv",
        "deformable_conv2d",
    ]


@pytest.mark.parametrize("name", CLASSES)
def test_every_layer_goes_through_run_layer_test(name):
    check_tested(name, Path(__file__).parent, "run_layer_test")


@pytest.mark.parametrize("name", CLASSES)
def test_every_layer_has_a_file_of_its_name(name):
    check_place(getattr(layers, name), layers)


@pytest.mark.parametrize("name", CLASSES)
@pytest.mark.parametrize(
    "part",
    [
        "Args:",
        "Call arguments:",
        "Input shape:",
        "Output shape:",
        "Raises:",
        "Example:",
        ">>> ",
    ],
)
def test_every_docstring_is_complete(name, part):
    assert part in getattr(layers, name).__doc__


@pytest.mark.parametrize("name", CLASSES)
def test_every_layer_names_its_paper(name):
    check_paper(getattr(layers, name))
