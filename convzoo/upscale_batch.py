"""Upscaling of files, one after the other."""

import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from convzoo.common.inputs_kept import file_identity
from convzoo.common.printable import printable
from convzoo.common.progress_bars import progress_bars

if TYPE_CHECKING:
    from rich.progress import TaskID

Pair = tuple[Path, Path]


def upscale_batch(
    plan: Sequence[Pair], work: Callable[..., None], quiet: bool = False
) -> list[Exception]:
    """Upscale files, and print the names of the results.

    Args:
        plan: Pairs of source and target.
        work: Upscales one file; takes source, target and `progress`.
        quiet: Whether to print no names.

    Returns:
        The errors of files, while the others were processed.
    """
    from rich.markup import escape

    failures: list[Exception] = []
    # Two names may be one file where the file system ignores case.
    written: set[tuple[int, int] | None] = set()
    with progress_bars() as progress:
        files = progress.add_task("files", total=len(plan))
        for source, target in plan:
            name = escape(printable(source.name))
            tiles = progress.add_task(name, total=None)

            def report(done: int, total: int, tiles: "TaskID" = tiles) -> None:
                progress.update(tiles, completed=done, total=total)

            try:
                if file_identity(target) in written - {None}:
                    raise ValueError(
                        f"{target}: was written before, of another input, "
                        "whose name differs in case only"
                    )
                work(source, target, progress=report)
            except ValueError as error:
                failures.append(error)
            # Libraries raise many kinds; the other files are processed.
            except Exception as error:
                failures.append(ValueError(f"{source}: {_described(error)}"))
            else:
                written.add(file_identity(target))
                if not quiet:
                    print(printable(target))
            progress.remove_task(tiles)
            progress.advance(files)
    return failures


def without_existing(plan: Sequence[Pair]) -> list[Pair]:
    """Leave out what is there, and print how many."""
    left = [pair for pair in plan if not os.path.exists(pair[1])]
    if len(left) < len(plan):
        print(
            f"convzoo: {len(plan) - len(left)} of {len(plan)} skipped, whose "
            "results exist",
            file=sys.stderr,
        )
    return left


def _described(error: Exception) -> str:
    first, *_ = str(error).splitlines() or [""]
    named = f"{type(error).__name__}: {first}" if first else repr(error)
    return f"cannot be upscaled ({named.removesuffix('()')})"
