"""What is shown while images are read."""

import time
from collections.abc import Iterable, Iterator
from typing import TypeVar

from convzoo.common.progress_bars import progress_bars

Item = TypeVar("Item")

# Seconds between two lines where there is no terminal.
_SECONDS = 10.0


def told_reading(
    items: Iterable[Item], count: int, told: bool
) -> Iterator[Item]:
    """Yield items, with a bar on a terminal, and a line at times elsewhere.

    Args:
        items: What is read.
        count: Number of them.
        told: Whether to show it.
    """
    with progress_bars(told) as bars:
        task = bars.add_task("reading images", total=count)
        last = started = time.monotonic()
        for number, item in enumerate(items):
            yield item
            bars.advance(task)
            now = time.monotonic()
            if told and bars.disable and now - last >= _SECONDS:
                left = (now - started) / (number + 1) * (count - number - 1)
                print(
                    f"read {number + 1} of {count} images, about {left:.0f} s "
                    "left",
                    flush=True,
                )
                last = now
