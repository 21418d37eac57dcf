"""Plots of how far networks look, and of their errors."""

import numpy as np
from matplotlib.figure import Figure

# Width of a bin of distances, and the last edge, in metres.
_BIN, _LAST = 4, 60
_COLORS = {
    "plain": "#7a7a7a",
    "dilated": "#1f77b4",
    "deformable": "#2a9d5c",
    "non_local": "#c8342f",
}


def draw_curves(changes, figures, path):
    """Plot changes over distance, and errors over reach.

    Args:
        changes: For each network and seed, distances and changes, `(2,
            players)`.
        figures: For each network and seed, a row that ends with the mean error
            and the two reaches.
        path: Path of the plot.
    """
    figure = Figure(figsize=(11, 4.2), layout="constrained")
    left, right = figure.subplots(1, 2)
    edges = np.arange(0, _LAST + _BIN, _BIN)
    for kind, seeds in changes.items():
        # The scale of the logits differs between networks.
        curves = [_means(*seed, edges) / seed[1].mean() for seed in seeds]
        left.plot(
            edges[:-1] + _BIN / 2,
            np.mean(curves, axis=0),
            color=_COLORS[kind],
            label=kind.replace("_", "-"),
        )
        rows = np.array(figures[kind])
        right.plot(
            rows[:, -1],
            rows[:, -3],
            "o",
            color=_COLORS[kind],
            label=kind.replace("_", "-"),
        )
    left.set_yscale("log")
    left.set_xlabel("distance from the ball to the erased player (m)")
    left.set_ylabel("change of the logit at the ball, relative to its mean")
    right.set_xlabel("distance within which 90 % of all changes lie (m)")
    right.set_ylabel("mean error (m)")
    for axes in (left, right):
        axes.grid(alpha=0.3)
        axes.legend()
    figure.savefig(path, dpi=90)


def _means(distances, changes, edges):
    places = np.digitize(distances, edges)
    return np.array(
        [
            changes[places == index].mean() if np.any(places == index) else 0
            for index in range(1, len(edges))
        ]
    )
