"""Checks of every public class, called by the tests of each package."""

import ast
import inspect
import re

import keras


def classes(package):
    """Return the names of the public classes of a package."""
    return [
        name
        for name in package.__all__
        if inspect.isclass(getattr(package, name))
    ]


def snake_case(name):
    name = re.sub(r"([a-z])([A-Z])", r"\1_\2", name)
    return re.sub(r"([A-Z])([A-Z][a-z])", r"\1_\2", name).lower()


def check_tested(name, folder, helper):
    """Check that the test file of a class calls the common checks."""
    path = folder / f"test_{snake_case(name)}.py"
    calls = [
        node
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == helper
    ]
    assert name in [getattr(call.args[0], "id", "") for call in calls]


def check_place(cls, package):
    """Check that a class has a file of its name and is registered by it."""
    name = cls.__name__
    check_file(cls, package)
    assert keras.saving.get_registered_name(cls) == f"convzoo>{name}"


def check_file(cls, package):
    """Check that a class is in the package, in a file of its name."""
    assert cls.__module__.startswith(f"{package.__name__}.")
    assert cls.__module__.split(".")[-1] == snake_case(cls.__name__)


def check_paper(cls):
    """Check that the module cites its paper and lists the differences."""
    text = inspect.getmodule(cls).__doc__
    assert "https://arxiv.org/abs/" in text or "https://doi.org/" in text
    assert "What differs from the paper" in text
