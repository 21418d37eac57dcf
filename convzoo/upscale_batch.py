"""Upscaling of files, several of them at the same time."""

import collections
import contextlib
import functools
import os
import sys
import time
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from pathlib import Path

from convzoo.common.described import described
from convzoo.common.inputs_kept import file_identity
from convzoo.common.printable import printable
from convzoo.common.progress_bars import progress_bars
from convzoo.common.turns import Turns

Pair = tuple[Path, Path]
Size = tuple[int, int]
# Bytes of the images that are held at the same time: at most so many, and this
# part of the free memory.
_MOST_BYTES = 1_000_000_000
_PART = 0.25
# One file is read while another is enlarged and, on each processor, one is
# written.
_MOST_WRITERS = 8
_SECONDS = 0.2


def upscale_batch(
    plan: Sequence[Pair], work: Callable[..., Size], quiet: bool = False
) -> list[Exception]:
    """Upscale files, and print the names of the results and a summary.

    While one is enlarged, others are read and written. Names are printed in the
    order of the plan.

    Args:
        plan: Pairs of source and target.
        work: Upscales one file; takes source, target, `progress` and `turns`,
            and returns the height and the width of the result.
        quiet: Whether to print nothing.

    Returns:
        The errors of files, while the others were processed.
    """
    from rich.markup import escape

    failures: list[Exception] = []
    # Two names may be one file where the file system ignores case.
    written: set[tuple[int, int] | None] = set()
    turns = Turns(_room())
    sizes: list[Size] = []
    start = time.perf_counter()
    with progress_bars() as progress:
        files = progress.add_task("files", total=len(plan))

        def upscaled(pair: Pair) -> Size:
            source, target = pair
            name = escape(printable(source.name))
            tiles = progress.add_task(name, total=None)

            def report(done: int, total: int) -> None:
                progress.update(tiles, completed=done, total=total)

            try:
                if file_identity(target) in written - {None}:
                    raise ValueError(
                        f"{target}: was written before, of another input, "
                        "whose name differs in case only"
                    )
                return work(source, target, progress=report, turns=turns)
            except ValueError:
                raise
            # Libraries raise many kinds; the other files are processed.
            except Exception as error:
                told = f"{source}: cannot be upscaled ({described(error)})"
                raise ValueError(told) from error
            finally:
                progress.remove_task(tiles)

        with contextlib.closing(_results(plan, upscaled, turns)) as results:
            for (_, target), result in results:
                try:
                    sizes.append(result())
                except ValueError as error:
                    # Anew, since its traceback holds the pixels of the file.
                    failures.append(ValueError(str(error)))
                else:
                    written.add(file_identity(target))
                    if not quiet:
                        print(printable(target))
                progress.advance(files)
    if len(plan) > 1 and not quiet:
        _print_summary(len(plan), sizes, time.perf_counter() - start)
    return failures


def without_existing(plan: Sequence[Pair]) -> list[Pair]:
    """Leave out what is there, and print how many."""
    left = [pair for pair in plan if not os.path.exists(pair[1])]
    if len(left) < len(plan):
        _tell(
            f"{len(plan) - len(left)} of {len(plan)} skipped, whose results "
            "exist"
        )
    return left


def _results(
    plan: Sequence[Pair], work: Callable[[Pair], Size], turns: Turns
) -> Generator[tuple[Pair, Callable[[], Size]], None, None]:
    """Each pair, and what returns its result or raises its error."""
    names = {str(target).casefold() for _, target in plan}
    # Names that differ in case only may be one file, and take turns.
    if len(names) < len(plan) or len(plan) < 2:
        for pair in plan:
            yield pair, functools.partial(work, pair)
        return
    writers = min(os.cpu_count() or 1, _MOST_WRITERS)
    with ThreadPoolExecutor(writers + 1) as pool:
        try:
            waiting = collections.deque((p, pool.submit(work, p)) for p in plan)
            while waiting:
                pair, future = waiting.popleft()
                _wait(future)
                yield pair, future.result
        except BaseException:
            turns.stop()
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _wait(future: Future[Size]) -> None:
    # A wait without an end would keep signals out on some systems.
    while not wait([future], _SECONDS).done:
        pass


def _room() -> int:
    from convzoo.zoo.images.memory import free_memory

    return min(_MOST_BYTES, int(_PART * free_memory()))


def _print_summary(number: int, sizes: Sequence[Size], seconds: float) -> None:
    megapixels = sum(height * width for height, width in sizes) / 1e6
    files = f"{number}" if len(sizes) == number else f"{len(sizes)} of {number}"
    _tell(
        f"{files} files, {megapixels:.1f} megapixels in {seconds:.1f} s, "
        f"{megapixels / seconds:.1f} megapixels/s"
    )


def _tell(text: str) -> None:
    print(f"convzoo: {text}", file=sys.stderr)
