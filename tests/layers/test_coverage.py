"""No public layer without its own file, its test, and the common checks."""

import ast
import inspect
import re
from pathlib import Path

import keras
import pytest

from convzoo import layers

CLASSES = [
    name for name in layers.__all__ if inspect.isclass(getattr(layers, name))
]


def snake_case(name):
    name = re.sub(r"([a-z])([A-Z])", r"\1_\2", name)
    return re.sub(r"([A-Z])([A-Z][a-z])", r"\1_\2", name).lower()


def test_classes_are_found():
    assert {"SPP", "DeformableConv2D"} <= set(CLASSES)
    assert [snake_case(n) for n in ("SPP", "MLPConv", "DeformableConv2D")] == [
        "spp",
        "mlp_conv",
        "deformable_conv2d",
    ]


@pytest.mark.parametrize("name", CLASSES)
def test_every_layer_goes_through_run_layer_test(name):
    path = Path(__file__).with_name(f"test_{snake_case(name)}.py")
    calls = [
        node
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
        and getattr(node.func, "id", "") == "run_layer_test"
    ]
    assert name in [getattr(call.args[0], "id", "") for call in calls]


@pytest.mark.parametrize("name", CLASSES)
def test_every_layer_has_a_file_of_its_name(name):
    module = getattr(layers, name).__module__
    assert module == f"convzoo.layers.{snake_case(name)}"
    registered = keras.saving.get_registered_name(getattr(layers, name))
    assert registered == f"convzoo>{name}"


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
    module = inspect.getmodule(getattr(layers, name))
    assert "https://arxiv.org/abs/" in module.__doc__
    assert "What differs from the paper" in module.__doc__
