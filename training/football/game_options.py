"""Options that recipes of tracking data share, with their checks. No Keras."""

import os
from collections.abc import Sequence
from typing import Annotated, Any, TypeAlias

from convzoo.common.checks import (
    check_above,
    check_fraction,
    check_lengths,
    check_number,
)
from convzoo.common.option import Option
from convzoo.common.types import PathLike
from convzoo.training.shared_options import (
    check_patience,
    check_shared_options,
)

SharesOption: TypeAlias = Annotated[
    tuple[float, ...] | None,
    Option(
        "Data",
        "Relative frequencies of the files in a batch, such as 3,1,1. Without "
        "it, they are proportional to the square roots of the numbers of "
        "frames.",
    ),
]
PitchOption: TypeAlias = Annotated[
    tuple[float, float],
    Option("Data", "Length and width of the pitch, in metres."),
]


def listed(paths: PathLike | Sequence[PathLike]) -> list[PathLike]:
    """Files, of which one may stand alone."""
    return [paths] if isinstance(paths, (str, os.PathLike)) else list(paths)


def check_game_options(options: Any) -> None:
    """Check the options above, and those that every recipe has.

    Raises:
        ValueError: A value is not as described.
    """
    paths = listed(options.data)
    if not paths:
        raise ValueError("`data` must name a file. Received: none")
    check_shared_options(options)
    check_number("dropout", options.dropout, 0, 1)
    check_lengths("pitch", options.pitch)
    if options.shares is not None:
        check_shares(options.shares, len(paths))
    check_fraction("hold_out", options.hold_out)
    check_patience(options.patience, options.hold_out > 0)


def check_shares(shares: Sequence[float], count: int) -> None:
    if not isinstance(shares, (tuple, list)) or len(shares) != count:
        raise ValueError(
            f"`shares` must be {count} numbers, one per game. "
            f"Received: shares={shares!r}"
        )
    for index, share in enumerate(shares):
        check_above(f"shares[{index}]", share, 0)
