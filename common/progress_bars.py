"""Progress bars on standard error."""

from typing import TYPE_CHECKING

# Imported when it is needed: it takes longer than `--help` may.
if TYPE_CHECKING:
    from rich.progress import Progress


def progress_bars(shows: bool = True) -> "Progress":
    """Return bars that show themselves on a terminal only.

    Args:
        shows: Whether they may show themselves.
    """
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
        disable=not (shows and console.is_terminal),
        transient=True,
    )
