"""Calls in a child process, since converters may crash theirs."""

import inspect
import os
import subprocess
import sys
from collections.abc import Callable


def run_in_child(
    function: Callable[..., None], *arguments: object
) -> subprocess.CompletedProcess[str]:
    """Call a function in another Python process.

    Args:
        function: A self-contained function: only its source is passed on, so
            it imports what it needs.
        *arguments: Arguments of the function, which receives them as strings.

    Returns:
        A `subprocess.CompletedProcess` with stdout and stderr as text.
    """
    call = f"{function.__name__}(*sys.argv[1:])"
    code = f"import sys\n{inspect.getsource(function)}\n{call}"
    return subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments)],
        env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"},
        capture_output=True,
        text=True,
        check=False,
    )


def cause(
    result: subprocess.CompletedProcess[str],
    explained: Callable[[str], str | None] = lambda message: None,
) -> str:
    """Summarise in one line why a child process failed.

    Args:
        result: Result of `run_in_child`.
        explained: Function from stderr to an explanation or None.
    """
    if result.returncode < 0:
        return f"terminated by signal {-result.returncode}"
    if explanation := explained(result.stderr):
        return explanation
    lines = [line.strip() for line in result.stderr.splitlines()]
    errors = [line for line in lines if "rror:" in line] or list(
        filter(None, lines)
    )
    return errors[-1] if errors else "no reason given"
