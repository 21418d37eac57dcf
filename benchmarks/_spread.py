"""Tables of means and standard deviations over seeds."""

import numpy as np


def print_spread(title, columns, rows, digits):
    """Print a Markdown table.

    Args:
        title: Title of the first column, which holds the names of the rows.
        columns: Titles of the other columns.
        rows: Dict from names to the figures of each seed.
        digits: Number of decimals of each column.
    """
    print(f"| {title} | " + " | ".join(map(str, columns)) + " |")
    print("|---" * (len(columns) + 1) + "|")
    for name, figures in rows.items():
        cells = [
            f"{mean:.{places}f} ± {spread:.{places}f}"
            for mean, spread, places in zip(
                np.mean(figures, axis=0),
                np.std(figures, axis=0),
                digits,
                strict=True,
            )
        ]
        print(f"| {name} | " + " | ".join(cells) + " |")
