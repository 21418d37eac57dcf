"""Progress of work on images, on a terminal and in a file."""

import time
from collections.abc import Iterator

import keras

from convzoo.common.choices import Verbose

# Seconds between two lines where no progress bar is shown.
_SECONDS = 30.0


def show_progress(
    counts: Iterator[int], total: int, verbose: Verbose = "auto"
) -> None:
    """Do work batch by batch, and show how far it is and how long it takes.

    Args:
        counts: Iterator that does the work of a batch and gives its number of
            images.
        total: Number of images.
        verbose: As in `keras.Model.fit`: 0 shows nothing, 2 lines, and other
            values a progress bar.
    """
    if verbose == 2:
        _in_lines(counts, total)
        return
    bar = keras.utils.Progbar(
        total, unit_name="image", verbose=int(bool(verbose))
    )
    for count in counts:
        bar.add(count)


def _in_lines(counts: Iterator[int], total: int) -> None:
    done, told = 0, float("-inf")
    started = None
    for count in counts:
        done += count
        now = time.monotonic()
        if started is None:
            # The first batch includes the time to compile.
            started, first = now, done
        elif now - told > _SECONDS and done < total:
            left = (now - started) / (done - first) * (total - done)
            print(f"{done} of {total}, about {left:.0f} s left", flush=True)
            told = now
