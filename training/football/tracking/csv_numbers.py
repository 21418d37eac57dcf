"""Numbers in the cells of CSV files."""

import math
import re

# Texts of unknown values, in lower case.
_UNKNOWN = {"na", "n/a", "#n/a", "<na>", "null", "none", "-"}
_BLANK = {*_UNKNOWN, "", "nan"}
_SHORT = 60
_INTEGER = re.compile(r"[+-]?[0-9]+")
# Below it, floats have all whole numbers; 2**53 + 1 is rounded to it.
_EXACT = 2**53
_INT64 = 2**63


def number(text: str, frame: str, name: str) -> float:
    """Convert a cell to a number; NaN where it is unknown.

    Raises:
        ValueError: If it is no number. The message has the frame and the
            column.
    """
    try:
        # Python's digit groups, 1_000, are no number elsewhere.
        return float("" if "_" in text else text)
    except ValueError as error:
        if text.strip().lower() in _UNKNOWN:
            return math.nan
        raise ValueError(
            f"`{name}` in frame {short(frame)} must be a number. "
            f"Received: {short(text)!r}"
        ) from error


def whole_number(text: str, name: str = "frame") -> int:
    """Convert the number of a frame, or of a period.

    Args:
        text: The cell.
        name: The column, for the message.

    Raises:
        ValueError: If it is not whole, or does not fit 64 bits.
    """
    if _INTEGER.fullmatch(text.strip()):
        # Python limits the number of digits that it converts.
        value = int(text) if len(text) < 40 else _INT64
        fits = -_INT64 <= value < _INT64
    else:
        found = _float(text)
        fits = found.is_integer() and abs(found) < _EXACT
        value = int(found) if fits else 0
    if not fits:
        raise ValueError(
            f"`{name}` must be a whole number of 64 bits. "
            f"Received: {short(text)!r}"
        )
    return value


def is_unknown(text: str) -> bool:
    """Whether a cell is empty, or stands for an unknown value."""
    return text.strip().lower() in _BLANK


def _float(text: str) -> float:
    try:
        return number(text, text, "frame")
    except ValueError:
        # The message of `whole_number` says what is wanted.
        return math.nan


def short(text: str) -> str:
    """Shorten a text for a message."""
    return text if len(text) <= _SHORT else f"{text[:_SHORT]}..."
