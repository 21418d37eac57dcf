"""Rows of a table that compares ours with a peer, timed in turn."""

import functools

import tensorflow as tf

from benchmarks._timing import medians

_ROUNDS = 9


def calling(function, arguments, **options):
    """Return a call of the function, compiled to a graph."""
    return functools.partial(tf.function(function, **options), *arguments)


def compare(work, bar, ours, arguments, peer=None, rounds=_ROUNDS, **options):
    """Print median times and their ratio, without XLA and with it.

    Args:
        work: Label of the row.
        bar: Ratio and its target, such as "peer/ours >= 3".
        ours: Function of tensors.
        arguments: Tensors.
        peer: Function without arguments, or None if the peer is missing.
        rounds: Number of measured rounds.
        **options: Options of `tf.function`.
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
    """Print a row; the first word of `bar` names the ratio."""
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
