"""Timing shared by the benchmarks."""

import statistics
import time


def medians(runs, rounds):
    """Return the median seconds of some calls, which take turns.

    The first round traces, compiles and allocates, and is not measured.

    Args:
        runs: Dict of functions without arguments.
        rounds: Number of measured rounds.
    """
    seconds = {name: [] for name in runs}
    for _ in range(rounds + 1):
        for name, run in runs.items():
            start = time.perf_counter()
            run()
            seconds[name].append(time.perf_counter() - start)
    return {name: statistics.median(s[1:]) for name, s in seconds.items()}
