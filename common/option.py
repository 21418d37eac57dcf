"""Options of a recipe, defined once for Python and the command line."""

import dataclasses
import inspect
import numbers
import os
import re
import textwrap
from collections.abc import Callable
from typing import (
    Any,
    Literal,
    NamedTuple,
    TypeVar,
    get_args,
    get_type_hints,
)

Group = Literal[
    "Data", "Model", "Losses", "Optimization", "Augmentation", "Output"
]
Options = TypeVar("Options")


class Option(NamedTuple):
    """Group and help text of an option.

    Attributes:
        group: Title of its group in `--help`.
        help: Its meaning, in full sentences.
        identifies: Whether a run with another value is a different run.
    """

    group: Group
    help: str
    identifies: bool = True


class Described(NamedTuple):
    """Name, type, default and help of an option.

    Attributes:
        name: Name of the field.
        kind: Its type.
        default: Its default; `dataclasses.MISSING` without one.
        option: Its group and help text.
    """

    name: str
    kind: Any
    default: Any
    option: Option


def described(options: type) -> list[Described]:
    """Return the options of a dataclass with `Annotated` fields."""
    hints = get_type_hints(options, include_extras=True)
    found = []
    for field in dataclasses.fields(options):
        kind, *extras = get_args(hints[field.name])
        (option,) = (extra for extra in extras if isinstance(extra, Option))
        found.append(Described(field.name, kind, field.default, option))
    return found


def documented(options: type[Options]) -> type[Options]:
    """Add an `Args:` section to the docstring of an options class."""
    doc = inspect.cleandoc(options.__doc__ or "")
    options.__doc__ = with_arguments(doc, options)
    return options


def with_arguments(doc: str, options: type) -> str:
    """Add an `Args:` section to a docstring, before its other sections.

    Args:
        doc: A docstring without indentation.
        options: The dataclass of the options.
    """
    arguments = "\n".join(
        textwrap.fill(
            f"{each.name}: {each.option.help}",
            initial_indent="    ",
            subsequent_indent="        ",
            width=80,
            break_on_hyphens=False,
        )
        for each in described(options)
    )
    at = re.search(r"^(Returns|Raises):$", doc, re.MULTILINE)
    start = at.start() if at else len(doc)
    return f"{doc[:start]}Args:\n{arguments}\n\n{doc[start:]}"


def identity(options: Any) -> dict[str, Any]:
    """Return the options that identify a run, as JSON values."""
    values = {
        each.name: getattr(options, each.name)
        for each in described(type(options))
        if each.option.identifies
    }
    return {name: _json(value) for name, value in values.items()}


def _json(value: Any) -> Any:
    """Return a path as a string, and NumPy's numbers as Python's."""
    if isinstance(value, os.PathLike):
        return os.fspath(value)
    if isinstance(value, (tuple, list)):
        return [_json(each) for each in value]
    if isinstance(value, bool):
        return value
    if isinstance(value, numbers.Integral):
        return int(value)
    return float(value) if isinstance(value, numbers.Real) else value


def arguments_of(target: Callable[..., Any], options: Any) -> dict[str, Any]:
    """Return the options that `target` takes as arguments of that name."""
    names = inspect.signature(target).parameters
    return {
        each.name: getattr(options, each.name)
        for each in described(type(options))
        if each.name in names
    }
