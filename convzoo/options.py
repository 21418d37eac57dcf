"""Options that commands share, and commands made of the options of a recipe."""

import dataclasses
import inspect
import os
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import (
    Annotated,
    Any,
    Literal,
    Union,
    get_args,
    get_origin,
)

from cyclopts import Group, Parameter, Token

from convzoo.common import option as options_of
from convzoo.common.choices import Motion
from convzoo.common.option import Described

DEFAULT_PRESET = "sr_x4_tiny"
FAITHFUL_PRESET = "sr_x4_base"
BALL_PRESET = "ball_players"
PRESET_HELP = "Built-in name, preset folder, run or .keras file."
_GROUPS = {
    title: Group(title, sort_key=index)
    for index, title in enumerate(get_args(options_of.Group))
}
_NUMBERS = {int: "integers", float: "numbers"}
# Arguments of the library with another name on the command line.
_RENAMED = {"alpha": "perceptual", "formats": "format"}

_PATH = Parameter(metavar="PATH")

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
MotionChoice = Literal["smooth", "causal", "none"]
MotionOption = Annotated[
    MotionChoice,
    Parameter(
        help="How the ball is followed over time: smooth sees past and future, "
        "causal the past only; none predicts each frame by itself.",
    ),
]
Overwrite = Annotated[bool, Parameter(help="Replace files that exist.")]
Out = Annotated[Path, Parameter(alias="-o")]
Preset = Annotated[str, Parameter(help=PRESET_HELP)]


def command_of(
    options: type, run: Callable[[Any], None], doc: str
) -> Callable[..., None]:
    """Return a command with the options of a recipe.

    Args:
        options: The dataclass of the options.
        run: Called with them.
        doc: The help of the command.
    """

    def command(**keywords: Any) -> None:
        run(options(**keywords))

    signature = inspect.Signature(
        [_parameter(each, options) for each in options_of.described(options)]
    )
    vars(command)["__signature__"] = signature
    command.__annotations__ = {
        each.name: each.annotation for each in signature.parameters.values()
    }
    command.__doc__ = doc
    return command


def _parameter(each: Described, options: type) -> inspect.Parameter:
    default = inspect.Parameter.empty
    if each.default is not dataclasses.MISSING:
        default = each.default
    kind = command_line_type(each.kind)
    is_path = kind != each.kind
    found = Parameter(
        help=as_typed(each.option.help, inspect.signature(options).parameters),
        group=_GROUPS[each.option.group],
        alias="-o" if each.name == "out" else None,
        show_default=joined if isinstance(default, tuple) else None,
    )
    return inspect.Parameter(
        each.name,
        inspect.Parameter.KEYWORD_ONLY,
        default=default,
        annotation=Annotated[
            kind, found, *([_PATH] if is_path else _converters(kind))
        ],
    )


def command_line_type(kind: Any) -> Any:
    """Return the type with which the command line parses an option."""
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
    """Return the converter of comma-separated tuples and dictionaries."""
    members = [kind, *get_args(kind)]
    if int in members and get_origin(kind) not in (tuple, Literal):
        return [WHOLE]
    for each in members:
        if get_origin(each) is tuple:
            return [commas(get_args(each)[0])]
        if get_origin(each) is dict:
            return [
                Parameter(
                    converter=lambda _, tokens: mirrors(_only(tokens)),
                    n_tokens=1,
                    accepts_keys=False,
                )
            ]
    return []


def commas(kind: Callable[[str], Any]) -> Parameter:
    """Return the converter of comma-separated values, such as 1,2,4.

    Args:
        kind: Converts one value; may raise a `ValueError`.
    """

    def convert(_: Any, tokens: Sequence[Token]) -> tuple[Any, ...]:
        text = _only(tokens)
        try:
            return tuple(kind(part) for part in text.split(","))
        except ValueError as error:
            if kind not in _NUMBERS:
                raise
            raise ValueError(
                f"{text!r} must be {_NUMBERS[kind]} with commas between"
            ) from error

    metavar = f"{kind.__name__.upper()},..." if kind in _NUMBERS else None
    return Parameter(converter=convert, n_tokens=1, metavar=metavar)


def _only(tokens: Sequence[Token]) -> str:
    if len(tokens) > 1:
        raise ValueError(
            f"give {tokens[0].keyword} once, with commas between the values"
        )
    return tokens[0].value


def integer(_: Any, tokens: Sequence[Token]) -> int:
    """Convert an integer, which cyclopts would round."""
    try:
        return int(tokens[0].value)
    except ValueError as error:
        raise ValueError(f"{tokens[0].value!r} must be an integer") from error


Pitch = Annotated[
    tuple[float, float] | None,
    commas(float),
    Parameter(
        help="Length and width of the pitch of the data, in metres, to which "
        "PROVIDER:FILES are scaled. Without it, that of the model.",
    ),
]


def motion_of(choice: MotionChoice) -> Motion | None:
    """The argument `motion` of the library."""
    return None if choice == "none" else choice


WHOLE = Parameter(converter=integer, n_tokens=1)


def _box(_: Any, tokens: Sequence[Token]) -> tuple[int, int]:
    """`"3840x2160"` -> its width and height."""
    found = re.fullmatch(r"(\d+)x(\d+)", tokens[0].value, re.IGNORECASE)
    sides = found and (int(found[1]), int(found[2]))
    if not sides or 0 in sides:
        raise ValueError(
            f"{tokens[0].value!r} must be WIDTHxHEIGHT in pixels, such as "
            "3840x2160"
        )
    return sides


BOX = Parameter(converter=_box, n_tokens=1, metavar="WIDTHxHEIGHT")


def joined(values: Iterable[Any]) -> str:
    """Spell a default as it is typed: (1, 2) -> 1,2."""
    return ",".join(str(value) for value in values)


def mirrors(text: str) -> dict[str, str]:
    """`"a,b=c"` -> the class of the mirror image of each class."""
    becomes: dict[str, str] = {}
    for part in text.split(","):
        name, _, other = part.partition("=")
        if not name:
            raise ValueError(f"{text!r} has an empty name")
        becomes |= {name: other or name, other or name: name}
    return becomes


def as_typed(message: str, parameters: Mapping[str, inspect.Parameter]) -> str:
    """Spell the options in an error of the library as they are typed.

    Args:
        message: Error message with Python arguments: `hold_out`, hold_out=2.
        parameters: Parameters of the command by name.
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
        typed = option(found[2])
        return found[0] if typed is None else f"{found[1]}{typed}="

    message = re.sub(r"`(\w+)(?:=True)?`", quoted, message)
    # Nowhere else: a path may have `scale=5` in it.
    told, received, values = message.partition("Received: ")
    return told + received + re.sub(r"(^|, )(\w+)=", given, values)


def check_there(paths: Sequence[str | Path]) -> None:
    """Check that an input exists, before Keras is imported."""
    # tfds:NAME and PROVIDER:FILES are not paths.
    missing = [
        path
        for path in map(str, paths)
        if ":" not in path and not (path and os.path.exists(path))
    ]
    if missing and len(missing) == len(paths):
        raise ValueError(f"{missing[0]}: does not exist")


def check_preset(name: str, class_name: str, command: str) -> None:
    """Check the class of a preset, before Keras is imported."""
    from convzoo.presets import find_preset

    find_preset(name).check_class(class_name, f"`convzoo {command}`")
