"""The examples in docstrings run, and print what they say."""

import doctest
import importlib
import pkgutil

import pytest

import convzoo.layers
import convzoo.losses
import convzoo.zoo

MODULES = [
    f"{package.__name__}.{module.name}"
    for package in (convzoo.layers, convzoo.losses, convzoo.zoo)
    for module in pkgutil.iter_modules(package.__path__)
]


def test_modules_are_found():
    assert "convzoo.layers.spp" in MODULES


# TensorFlow's, since some print a shape; the backends share the code.
@pytest.mark.parametrize("name", MODULES)
def test_examples(name):
    module = importlib.import_module(name)
    assert doctest.testmod(module).failed == 0
