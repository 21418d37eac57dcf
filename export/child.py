"""Functions in processes of their own, since converters may end theirs."""

import inspect
import os
import subprocess
import sys
from collections.abc import Callable


def run_in_child(
    function: Callable[..., None], *arguments: object
) -> subprocess.CompletedProcess[str]:
    """Call a function, in another Python, with strings.

    Args:
        function: knows nothing but its arguments: it imports what it needs.
        *arguments: of it; it gets them as strings.

    Returns:
        A `subprocess.CompletedProcess`, with what was printed as text.
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
    """What a person can act on in what a failed child said, on one line.

    Args:
        result: of `run_in_child`.
        explained: maps all that it wrote to a line, or to None.
    """
    if result.returncode < 0:
        return f"it was ended by signal {-result.returncode}"
    if said := explained(result.stderr):
        return said
    lines = [line.strip() for line in result.stderr.splitlines()]
    errors = [line for line in lines if "rror:" in line] or list(
        filter(None, lines)
    )
    return errors[-1] if errors else "it gave no reason"
