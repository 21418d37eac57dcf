"""The first of many names, for one line."""

from collections.abc import Sequence


def first_of(names: Sequence[str], most: int = 5) -> str:
    """Return the first names with commas between, and dots if there are more.

    Args:
        names: The names.
        most: Largest number of names.
    """
    more = ["..."] if len(names) > most else []
    return ", ".join([*names[:most], *more])
