"""Tables of means and standard deviations over seeds."""

import numpy as np


def print_spread(title, columns, rows, digits):
    """Print a table for Markdown.

    Args:
        title: of the first column, which has the names of the rows.
        columns: titles of the others.
        rows: by their name, for each seed its figures.
        digits: behind the point, of each column.
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
