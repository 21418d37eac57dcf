"""Options of the command line: those of recipes, and those of many commands."""

import dataclasses
import inspect
import os
import re
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import (
    TYPE_CHECKING,
    Annotated,
    Any,
    Literal,
    Union,
    get_args,
    get_origin,
)

from cyclopts import Group, Parameter, Token

from convzoo.common import option as options_of
from convzoo.common.option import Described

if TYPE_CHECKING:
    from rich.progress import Progress

DEFAULT_PRESET = "sr_x4_tiny"
FAITHFUL_PRESET = "sr_x4_base"
BALL_PRESET = "ball_players"
_GROUPS = {
    title: Group(title, sort_key=index)
    for index, title in enumerate(get_args(options_of.Group))
}
_NUMBERS = {int: "integers", float: "numbers"}
# Arguments of the library that the command line calls otherwise.
_RENAMED = {"alpha": "perceptual", "formats": "format"}

Ensemble = Annotated[
    bool,
    Parameter(
        help="Average eight flipped and rotated views; eight times slower.",
    ),
]
Flips = Annotated[
    bool,
    Parameter(
        help="Average four mirrored views; four times slower.",
    ),
]
Overwrite = Annotated[bool, Parameter(help="Replace files that exist.")]
Out = Annotated[Path, Parameter(alias="-o")]


def command_of(
    options: type, run: Callable[[Any], None], doc: str
) -> Callable[..., None]:
    """A command with the options of a recipe.

    Args:
        options: The dataclass of the options.
        run: Called with them.
        doc: The help of the command.
    """

    def command(**keywords: Any) -> None:
        run(options(**keywords))

    signature = inspect.Signature(
        [_parameter(each) for each in options_of.described(options)]
    )
    vars(command)["__signature__"] = signature
    command.__annotations__ = {
        each.name: each.annotation for each in signature.parameters.values()
    }
    command.__doc__ = doc
    return command


def _parameter(each: Described) -> inspect.Parameter:
    default = inspect.Parameter.empty
    if each.default is not dataclasses.MISSING:
        default = each.default
    kind = command_line_type(each.kind)
    found = Parameter(
        help=_as_typed(each.option.help),
        group=_GROUPS[each.option.group],
        alias="-o" if each.name == "out" else None,
        show_default=joined if isinstance(default, tuple) else None,
    )
    return inspect.Parameter(
        each.name,
        inspect.Parameter.KEYWORD_ONLY,
        default=default,
        annotation=Annotated[kind, *_converters(kind), found],
    )


def _as_typed(text: str) -> str:
    """Options in a help text as they are typed: `hold_out` -> --hold-out."""
    return re.sub(
        r"`([a-z_]+)`", lambda found: f"--{found[1].replace('_', '-')}", text
    )


def command_line_type(kind: Any) -> Any:
    """The type by which the command line reads a value of an option."""
    if get_origin(kind) is Literal or not get_args(kind):
        return kind
    members = [each for each in get_args(kind) if each is not Ellipsis]
    if any(get_origin(each) is Sequence for each in members):
        return list[str]
    if not any(get_origin(each) is os.PathLike for each in members):
        return kind
    kept = [each for each in members if get_origin(each) is not os.PathLike]
    return Union[tuple(kept)]  # noqa: UP007  (of members that are computed)


def _converters(kind: Any) -> list[Parameter]:
    """How tuples and dictionaries are written: with commas, in one word."""
    members = [kind, *get_args(kind)]
    for each in members:
        if get_origin(each) is tuple:
            return [commas(get_args(each)[0])]
        if get_origin(each) is dict:
            return [
                Parameter(
                    converter=lambda _, tokens: mirrors(tokens[0].value),
                    n_tokens=1,
                    accepts_keys=False,
                )
            ]
    return []


def commas(kind: Callable[[str], Any]) -> Parameter:
    """Values with commas between, such as 1,2,4.

    Args:
        kind: Makes a value of each part; may raise a `ValueError`.
    """

    def convert(_: Any, tokens: Sequence[Token]) -> tuple[Any, ...]:
        text = tokens[0].value
        try:
            return tuple(kind(part) for part in text.split(","))
        except ValueError as error:
            if kind not in _NUMBERS:
                raise
            raise ValueError(
                f"{text!r} must be {_NUMBERS[kind]} with commas between"
            ) from error

    return Parameter(converter=convert, n_tokens=1)


def joined(values: Iterable[Any]) -> str:
    """A default as it is typed: (1, 2) -> 1,2."""
    return ",".join(str(value) for value in values)


def mirrors(text: str) -> dict[str, str]:
    """`"a,b=c"` -> the class of the mirror image of each class."""
    becomes: dict[str, str] = {}
    for part in text.split(","):
        name, _, other = part.partition("=")
        becomes |= {name: other or name, other or name: name}
    return becomes


def as_typed(message: str, parameters: Mapping[str, inspect.Parameter]) -> str:
    """An error of the library, with options as they are typed.

    Args:
        message: With arguments as Python names them: `hold_out`, hold_out=2.
        parameters: Those of the command, by their names in Python.
    """

    def option(name: str) -> str | None:
        name = _RENAMED.get(name, name)
        if name not in parameters:
            return None
        if parameters[name].kind is inspect.Parameter.POSITIONAL_ONLY:
            return name.upper()
        return f"--{name.replace('_', '-')}"

    def quoted(found: re.Match[str]) -> str:
        typed = option(found[1])
        if typed is None:
            return found[0]
        return f"`{typed}`"

    def given(found: re.Match[str]) -> str:
        typed = option(found[1])
        return found[0] if typed is None else f"{typed}="

    message = re.sub(r"`(\w+)(?:=True)?`", quoted, message)
    return re.sub(r"(?<![\w.-])(\w+)=", given, message)


def check_there(paths: Sequence[str | Path]) -> None:
    """Name a single input that does not exist before Keras is imported."""
    for path in paths if len(paths) == 1 else ():
        # tfds:NAME and PROVIDER:FILES are no paths.
        if ":" not in str(path) and not Path(path).exists():
            raise ValueError(f"{path}: does not exist")


def check_preset(name: str, class_name: str, command: str) -> None:
    """Name a preset that is missing or of another class, without Keras."""
    from convzoo.presets import find_preset

    find_preset(name).check_class(class_name, f"`convzoo {command}`")


def progress_bars() -> "Progress":
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    console = Console(stderr=True)
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=console,
        disable=not console.is_terminal,
        transient=True,
    )


def end(failures: Sequence[object]) -> int:
    """Name the files that failed while others went on; the exit code."""
    for failure in failures:
        print(f"convzoo: failed: {failure}", file=sys.stderr)
    return 1 if failures else 0
