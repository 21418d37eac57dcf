"""Names of players and teams in `Tracking`."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from convzoo.training.football.tracking.checked_arrays import checked_whole

# Names of teams without one.
TEAM_NAMES = ("team 0", "team 1")


def checked_names(
    names: Sequence[str] | None, who: ArrayLike | None, shape: tuple[int, int]
) -> tuple[tuple[str, ...], np.ndarray]:
    """Check the names of players, and whose column it is in each frame.

    Args:
        names: Names of players; None if unknown.
        who: Indices `(frames, n)` of names, -1 for none. None if each column
            has one player, of the same index.
        shape: Numbers of frames and columns.

    Returns:
        The names, and `who` as an array.

    Raises:
        ValueError: If `names` are not strings, or not as many as `who` needs.
    """
    if names is None:
        _refuse_alone(who)
        return (), np.broadcast_to(np.int32(-1), shape)
    known = _strings("names", names)
    if who is None:
        if len(known) != shape[1]:
            raise ValueError(
                f"`names` must be {shape[1]}, one per player, or `who` must "
                f"tell whose column it is. Received: {len(known)} names"
            )
        return known, np.broadcast_to(np.arange(len(known), dtype="i4"), shape)
    whose = checked_whole("who", who, shape, -1)
    if whose.min() < -1 or whose.max() >= len(known):
        raise ValueError(
            f"`who` must be from -1 to {len(known) - 1}, for {len(known)} "
            f"names. Received: from {whose.min()} to {whose.max()}"
        )
    return known, whose.astype("int32")


def checked_team_names(names: Sequence[str] | None) -> tuple[str, str]:
    """Check the names of team 0 and team 1.

    Empty names, and two that are equal, are replaced by `TEAM_NAMES`.

    Raises:
        ValueError: If they are not two strings.
    """
    given = TEAM_NAMES if names is None else _strings("team_names", names)
    if len(given) != 2:
        raise ValueError(
            f"`team_names` must be two names. Received: team_names={names!r}"
        )
    first, second = given
    if first == second:
        return TEAM_NAMES
    return first or TEAM_NAMES[0], second or TEAM_NAMES[1]


def _strings(name: str, values: Sequence[str]) -> tuple[str, ...]:
    if isinstance(values, str) or not all(isinstance(v, str) for v in values):
        raise ValueError(
            f"`{name}` must be strings. Received: {name}={values!r}"
        )
    return tuple(str(value).strip() for value in values)


def _refuse_alone(who: ArrayLike | None) -> None:
    if who is not None:
        raise ValueError("`who` needs `names`. Received: names=None")
