"""Lines of a table: ours beside a peer, in one process, in turn."""

import functools

import tensorflow as tf

from benchmarks._timing import medians

_ROUNDS = 9


def calling(function, arguments, **options):
    """A call of the function's graph."""
    return functools.partial(tf.function(function, **options), *arguments)


def compare(work, bar, ours, arguments, peer=None, rounds=_ROUNDS, **options):
    """Print the medians and their ratio, of graphs without XLA and with it.

    Args:
        work: what both do, in words.
        bar: what divides what, and the aim: "peer/ours >= 3".
        ours: a function of tensors.
        arguments: the tensors.
        peer: a function without arguments, or None if there is not one here.
        rounds: how often each is counted.
        **options: of `tf.function`.
    """
    runs = {
        "ours": calling(ours, arguments, **options),
        "xla": calling(ours, arguments, jit_compile=True, **options),
    }
    if peer is not None:
        runs["peer"] = peer
    times = {name: 1e3 * s for name, s in medians(runs, rounds).items()}
    print_ratio(work, times["ours"], times.get("peer"), bar)
    print_ratio(f"{work}, XLA", times["xla"], times.get("peer"), bar)


def print_ratio(work, ours, peer, bar):
    """One line; the bar's first word says which is divided by which."""
    if peer is None:
        print_line(work, f"{ours:.2f}", "-", "-", bar)
        return
    values = {"ours": ours, "peer": peer}
    above, below = bar.split()[0].strip(",").split("/")
    ratio = values[above] / values[below]
    print_line(work, f"{ours:.2f}", f"{peer:.2f}", f"{ratio:.2f}", bar)


def print_line(work, ours, peer, ratio, bar):
    line = f"{work:<60} {ours:>8} {peer:>8} {ratio:>7}  {bar}"
    print(line.rstrip(), flush=True)
