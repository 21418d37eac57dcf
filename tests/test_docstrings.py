"""Doctests of the examples in docstrings."""

import doctest
import importlib
import pkgutil

import pytest

import convzoo.layers
import convzoo.losses
import convzoo.zoo


def _with_examples():
    """Yield the names of modules with examples, at any depth."""
    for package in (convzoo.layers, convzoo.losses, convzoo.zoo):
        prefix = f"{package.__name__}."
        for found in pkgutil.walk_packages(package.__path__, prefix):
            module = importlib.import_module(found.name)
            if any(t.examples for t in doctest.DocTestFinder().find(module)):
                yield found.name


MODULES = list(_with_examples())


def test_modules_are_found():
    """Modules are found at any depth, so that moved examples still run."""
    assert "convzoo.layers.spp" in MODULES
    assert "convzoo.zoo.super_resolution.sr_generator" in MODULES
    assert len(MODULES) >= 30


# Run on TensorFlow only: printed shapes depend on the backend.
@pytest.mark.parametrize("name", MODULES)
def test_examples(name):
    module = importlib.import_module(name)
    assert doctest.testmod(module).failed == 0
