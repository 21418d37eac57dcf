"""Options that several commands have, and what their values become."""

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
)

DEFAULT_PRESET = "sr_x4_tiny"
BALL_PRESET = "ball_players"

PresetOption = Annotated[
    str, typer.Option(help="A preset's name, or the folder of a run.")
]
DataOption = Annotated[
    str, typer.Option(help="Folder of photographs, or tfds:NAME.")
]
RunOption = Annotated[
    Path, typer.Option("-o", "--out", help="Folder of the run.")
]
ConfigOption = Annotated[str, typer.Option(help="Which architecture.")]
ValidationOption = Annotated[
    Path | None, typer.Option(help="Folder that chooses the best weights.")
]
InitOption = Annotated[
    str | None, typer.Option(help="Preset or run to start from.")
]
ReductionsOption = Annotated[
    str,
    typer.Option(
        help="Factors by which photographs are shrunk too, by commas, such as "
        "1,0.8,0.6."
    ),
]
PrecisionOption = Annotated[
    str, typer.Option(help="float32 or mixed_bfloat16.")
]
JudgeOption = Annotated[
    str, typer.Option(help="alex, vgg or squeezenet, or with :FILE of weights.")
]
EnsembleOption = Annotated[
    bool, typer.Option("--ensemble", help="The mean of eight views; slower.")
]
TensorboardOption = Annotated[
    bool, typer.Option("--tensorboard", help="Write for TensorBoard too.")
]
OverwriteOption = Annotated[
    bool, typer.Option("--overwrite", help="Replace what is there.")
]


def numbers(name, text):
    try:
        return tuple(float(part) for part in text.split(","))
    except ValueError as error:
        raise ValueError(
            f"`{name}` must be numbers with commas between. "
            f"Received: {name}={text!r}"
        ) from error


def integers(name, text):
    values = numbers(name, text)
    if any(value != int(value) for value in values):
        raise ValueError(
            f"`{name}` must be integers with commas between. "
            f"Received: {name}={text!r}"
        )
    return tuple(int(value) for value in values)


def verbosity():
    return "auto" if sys.stdout.isatty() else 2


def progress_bars():
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


def end(failures):
    """Name the files that failed while others went on, and exit."""
    for failure in failures:
        print(f"convzoo: failed: {failure}", file=sys.stderr)
    raise typer.Exit(1 if failures else 0)


def mirrors(text):
    """`"a,b=c"` -> what the mirror image of each class is of."""
    becomes = {}
    for part in text.split(","):
        name, _, other = part.partition("=")
        becomes |= {name: other or name, other or name: name}
    return becomes
