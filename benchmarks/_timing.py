"""What the benchmarks share; no benchmark of its own."""

import statistics
import time


def medians(runs, rounds):
    """Seconds of each of some calls, which take turns.

    The first round traces, compiles and allocates, and is not counted.

    Args:
        runs: a dictionary of functions without arguments.
        rounds: how often each is counted.
    """
    seconds = {name: [] for name in runs}
    for _ in range(rounds + 1):
        for name, run in runs.items():
            start = time.perf_counter()
            run()
            seconds[name].append(time.perf_counter() - start)
    return {name: statistics.median(s[1:]) for name, s in seconds.items()}
