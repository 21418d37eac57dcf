"""The command line."""

import gc
import inspect
import logging
import os
import re
import signal
import sys
import threading
import warnings
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import FrameType
from typing import TextIO

from cyclopts import App, CycloptsError, Parameter

import convzoo
from convzoo.ball_command import ball
from convzoo.classify_command import classify
from convzoo.common.printable import printable
from convzoo.compare_command import compare
from convzoo.evaluate_commands import evaluate_app
from convzoo.export_command import export
from convzoo.options import Out, as_typed
from convzoo.request_command import request
from convzoo.standard_streams import prepare_streams
from convzoo.train_commands import train_app
from convzoo.upscale_command import upscale

# Environment variable that lets internal errors show where they happened.
_TRACEBACK = "CONVZOO_TRACEBACK"
_SIGNALS = ("SIGTERM", "SIGHUP")

app = App(
    name="convzoo",
    version=convzoo.__version__,
    help="Layers, losses and trained models beyond plain convolutions.",
    # No `--no-flip` beside `--flip`, and no `--empty-data`.
    default_parameter=Parameter(negative=""),
    # `main` prints errors as one line, with exit code 2.
    exit_on_error=False,
    print_error=False,
    help_on_error=False,
    result_action="return_value",
)
app.command(upscale)
app.command(compare)
app.command(classify)
app.command(ball)
app.command(train_app)
app.command(evaluate_app)
app.command(export)
app.command(request)
app.register_install_completion_command(add_to_startup=False)


@app.command(name="list")
def list_presets() -> None:
    """List the built-in presets."""
    from rich import box
    from rich.console import Console
    from rich.table import Column, Table

    from convzoo.presets import built_in

    # Fits into the 80 characters of a terminal.
    table = Table(
        "name",
        "model",
        Column("size", justify="right"),
        "description",
        box=box.SIMPLE_HEAD,
        show_edge=False,
        padding=0,
    )
    for name, preset in built_in().items():
        kilobytes = preset.weights_path.stat().st_size / 1000
        table.add_row(
            name,
            preset.class_name,
            f"{kilobytes:.0f} kB",
            preset.description,
        )
    Console().print(table)


@app.command
def info(name: str, /) -> None:
    """Print the model card of a preset.

    Args:
        name: Built-in name, preset folder or run.
    """
    from convzoo.presets import find_preset

    for line in find_preset(name).card.splitlines():
        print(printable(line))


@app.command
def demo(*, out: Out = Path("demo")) -> None:
    """Upscale, export and measure, on the photographs of scikit-image.

    Args:
        out: Folder to write to.
    """
    from rich.console import Console
    from rich.table import Table

    from convzoo.demo import run_demo

    table = Table(show_header=False)
    for title, text in run_demo(out).items():
        table.add_row(title, text)
    Console().print(table)


def main(tokens: Sequence[str] | None = None) -> None:
    """Run the command line and exit; errors are one line and exit code 2."""
    prepare_streams()
    warnings.showwarning = _warn
    _stop_cleanly()
    # TensorFlow warns about retracing for images of many sizes.
    logging.getLogger("tensorflow").setLevel(logging.ERROR)
    parameters: dict[str, inspect.Parameter] = {}
    try:
        given = sys.argv[1:] if tokens is None else tokens
        # A standard stream; cyclopts would take it for an option.
        given = ["./-" if token == "-" else token for token in given]
        command, bound, _ = app.parse_args(given)
        parameters.update(bound.signature.parameters)
        # The errors of files that failed while others were processed.
        failures = command(*bound.args, **bound.kwargs) or []
        if sys.stdout is not None:
            sys.stdout.flush()
        code = _report(failures, parameters)
    except KeyboardInterrupt as error:
        # Temporary files were removed on the way here.
        number, *told = error.args or (signal.SIGINT,)
        name = signal.Signals(number).name
        text = _one_line("; ".join([f"stopped by {name}", *told]))
        _tell(text)
        code = 128 + number
    except CycloptsError as error:
        chain = " ".join(["convzoo", *(error.command_chain or ())])
        text = re.sub(
            r'^Command ".*" parameter (\S+) requires an argument',
            r"\1 is missing",
            str(error),
        )
        code = _fail(f"{text} (see {chain} --help)")
    except ValueError as error:
        code = _fail(as_typed(str(error), parameters))
    except BrokenPipeError:
        # The reader, such as `head`, has seen enough.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    except MemoryError:
        code = _fail("out of memory")
    except OSError as error:
        named = error.filename is not None and error.strerror
        code = _fail(
            f"{error.filename}: {error.strerror}" if named else str(error)
        )
    except Exception as error:
        if os.environ.get(_TRACEBACK):
            raise
        code = _fail(
            f"internal error, please report it: {type(error).__name__}: "
            f"{error} ({_TRACEBACK}=1 shows where)"
        )
    if code:
        # Datasets of TensorFlow that an error left open: at the end of the
        # interpreter, their threads would wait for it forever.
        gc.collect()
    sys.exit(code)


def _stop_cleanly() -> None:
    """Let other signals stop the command as Ctrl-C does, with its clean-up."""
    if threading.current_thread() is not threading.main_thread():
        return
    for name in _SIGNALS:
        number = getattr(signal, name, None)
        # `nohup` ignores SIGHUP, which then stays ignored.
        if number and signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, _interrupt)


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt(number)


def _report(
    failures: Sequence[Exception], parameters: Mapping[str, inspect.Parameter]
) -> int:
    for failure in failures:
        text = as_typed(str(failure), parameters)
        _tell(f"failed: {_one_line(text)}")
    return 1 if failures else 0


def _fail(message: str) -> int:
    _tell(f"error: {_one_line(message)}")
    return 2


def _tell(text: str) -> None:
    # Where it cannot be told, the exit code stays what it is.
    with suppress(OSError):
        print(f"convzoo: {text}", file=sys.stderr)


def _one_line(message: object) -> str:
    return printable(" ".join(str(message).split()))


def _warn(
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,
    line: str | None = None,
) -> None:
    _tell(f"warning: {_one_line(message)}")


if __name__ == "__main__":
    main()
