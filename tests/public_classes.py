"""Checks that no public class escapes; each package's tests call them."""

import ast
import inspect
import re

import keras


def classes(package):
    """The names of the public classes of a package."""
    return [
        name
        for name in package.__all__
        if inspect.isclass(getattr(package, name))
    ]


def snake_case(name):
    name = re.sub(r"([a-z])([A-Z])", r"\1_\2", name)
    return re.sub(r"([A-Z])([A-Z][a-z])", r"\1_\2", name).lower()


def check_tested(name, folder, helper):
    """The test of a class, in a file of its name, calls the common checks."""
    path = folder / f"test_{snake_case(name)}.py"
    calls = [
        node
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == helper
    ]
    assert name in [getattr(call.args[0], "id", "") for call in calls]


def check_place(cls, package):
    """A file of its own, with its name, and registered by that."""
    name = cls.__name__
    check_file(cls, package)
    assert keras.saving.get_registered_name(cls) == f"convzoo>{name}"


def check_file(cls, package):
    """A file of its name, in the folder of the package or one inside."""
    assert cls.__module__.startswith(f"{package.__name__}.")
    assert cls.__module__.split(".")[-1] == snake_case(cls.__name__)


def check_paper(cls):
    """Its module says where it comes from, and what is another way there."""
    text = inspect.getmodule(cls).__doc__
    assert "https://arxiv.org/abs/" in text or "https://doi.org/" in text
    assert "What differs from the paper" in text
