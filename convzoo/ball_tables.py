"""Tables of `convzoo evaluate ball`, at most 80 columns wide."""

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from convzoo.plain import plain

if TYPE_CHECKING:
    from rich.table import Table

    from convzoo.training.football.ball_quality import BallQuality
    from convzoo.training.football.carrier_quality import CarrierQuality
    from convzoo.training.football.fill_holes import HoleError, HoleErrors

# Columns of `BallQuality`: metres, then percentages. With names of 19
# characters they fit into the 80 of a terminal.
_BALL_COLUMNS = (
    "mean",
    "95 %",
    "median",
    "90 %",
    "in\n2 m",
    "in\n5 m",
    "in\n10 m",
    "top\n1",
    "top\n3",
    "r\n50",
    "r\n90",
)
_BALL_NAMES = 19


def ball_table(title: str, qualities: Mapping[str, "BallQuality"]) -> "Table":
    """Metrics of predictors over all frames."""
    table = _table(title)
    table.add_column("", max_width=_BALL_NAMES, overflow="fold")
    for column in _BALL_COLUMNS:
        table.add_column(column, justify="right", vertical="bottom")
    for name, quality in qualities.items():
        table.add_row(plain(name), *_ball_cells(quality))
    return table


def _ball_cells(quality: "BallQuality") -> list[str]:
    within = quality.within_2, quality.within_5, quality.within_10
    coverage = quality.coverage_50, quality.coverage_90
    return [
        _metres(quality.mean),
        _interval(quality.mean_low, quality.mean_high),
        _metres(quality.median),
        _metres(quality.percentile_90),
        *(_share(share, 0) for share in within),
        *(_share(share, 1) for share in (quality.top_1, quality.top_3)),
        *(_share(share, 0) for share in coverage),
    ]


def carrier_table(
    title: str, qualities: Mapping[str, "CarrierQuality"]
) -> "Table":
    """Precision and recall of ways to tell who has the ball."""
    table = _table(title)
    table.add_column("")
    for column in ("precision", "recall", "F1"):
        table.add_column(f"{column}\n%", justify="right")
    for name, quality in qualities.items():
        table.add_row(plain(name), *(_share(share, 1) for share in quality))
    return table


def hole_table(
    title: str, names: Sequence[str], rows: Sequence["HoleErrors"]
) -> "Table":
    """Mean distance in holes of several lengths, with its 95 % interval.

    Args:
        title: Title of the table.
        names: Names of the fillers, the columns.
        rows: Lengths without holes are left out, see `too_long`.
    """
    table = _table(title)
    table.add_column("hole", justify="right", vertical="bottom")
    table.add_column("holes", justify="right", vertical="bottom")
    for name in names:
        table.add_column(
            f"{plain(name)}\n(95 %)", justify="right", vertical="bottom"
        )
    for row in rows:
        if row.holes:
            cells = [_with_interval(row.errors[name]) for name in names]
            table.add_row(*_hole(row), *cells)
    return table


def _hole(row: "HoleErrors") -> tuple[str, str]:
    """Length and number of holes."""
    if math.isinf(row.seconds):
        return "all", ""
    return f"{row.seconds:g} s", str(row.holes)


def coverage_line(shares: tuple[float, float]) -> str:
    """How many balls the radii hold over time, if none is known."""
    first, second = shares
    return (
        f"all, over time: the radii of 50 and 90 % hold {100 * first:.0f} and "
        f"{100 * second:.0f} % of the balls"
    )


def too_long(rows: Sequence["HoleErrors"]) -> Iterator[str]:
    """Lines about the lengths without holes."""
    for row in rows:
        if not row.holes and math.isfinite(row.seconds):
            yield (
                f"{row.seconds:g} s: no hole fits into a stretch of play with "
                "a known ball"
            )


def _with_interval(error: "HoleError") -> str:
    mean, interval = _metres(error.mean), _interval(error.low, error.high)
    return f"{mean} ({interval})" if interval else mean


def _table(title: str) -> "Table":
    from rich import box
    from rich.table import Table

    return Table(
        title=plain(title), box=box.SIMPLE_HEAD, show_edge=False, padding=0
    )


def _interval(low: float, high: float) -> str:
    ends = _metres(low), _metres(high)
    return "-".join(ends) if all(ends) else ""


def _metres(length: float) -> str:
    """Three digits, or four."""
    if math.isnan(length):
        return ""
    return f"{length:.2f}" if length < 9.995 else f"{length:.1f}"


def _share(share: float, digits: int) -> str:
    return "" if math.isnan(share) else f"{100 * share:.{digits}f}"
