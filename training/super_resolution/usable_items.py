"""What can be used of many files, with one warning about the others."""

import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

from convzoo.common.output_file import cause_of

Item = TypeVar("Item")
Used = TypeVar("Used")

# Largest number of files that a warning names.
_NAMED = 20


def usable_items(
    items: Iterable[Item], use: Callable[[Item], Used], left_out: list[str]
) -> Iterator[Used]:
    """Yield what `use` makes of the items, one by one.

    Args:
        items: The items.
        use: Function of an item. May raise a `ValueError` or an `OSError`.
        left_out: The errors are appended to it.
    """
    for item in items:
        try:
            used = use(item)
        except OSError as error:
            left_out.append(f"{item}: {cause_of(error)}")
        except ValueError as error:
            left_out.append(str(error))
        else:
            yield used


def check_left_out(what: str, left_out: Sequence[str], used: int) -> None:
    """Warn about what is left out.

    Args:
        what: Name of an item, in the singular.
        left_out: Why each of them is left out.
        used: Number of those that are used.

    Raises:
        ValueError: None is used.
    """
    if not left_out and used:
        return
    named = "; ".join(left_out[:_NAMED])
    if len(left_out) > _NAMED:
        named += f"; and {len(left_out) - _NAMED} more"
    if not used:
        raise ValueError(f"no {what} can be used: {named or 'there is none'}")
    plural = "" if len(left_out) == 1 else "s"
    warnings.warn(
        f"{len(left_out)} {what}{plural} left out: {named}", stacklevel=3
    )
