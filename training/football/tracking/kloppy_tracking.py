"""Conversion of kloppy datasets to `Tracking`."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from convzoo.common.checks import check_lengths
from convzoo.training.football.tracking.kloppy_pitch import (
    KloppyPitch,
    has_place,
    turns,
)
from convzoo.training.football.tracking.timed_velocities import with_velocities
from convzoo.training.football.tracking.tracking import Tracking

if TYPE_CHECKING:
    from kloppy.domain import Player, Team, TrackingDataset

# More minutes than a period has.
_MINUTES = 1000


def kloppy_tracking(
    dataset: "TrackingDataset", pitch: tuple[float, float] | None = None
) -> Tracking:
    """Convert a kloppy dataset to `Tracking`, frame by frame.

    The home team is team 0 and always plays to the right, if kloppy knows the
    directions. The number of columns is the maximum number of simultaneous
    players; a player keeps a column while visible, and `who` tells whose it is.
    Referees are dropped.
    Missing balls are NaN. Velocities are computed by `running_velocities`.
    Frames of the same minute form a group.

    Args:
        dataset: A kloppy `TrackingDataset` in any coordinate system.
        pitch: Length and width in metres to which the pitch is scaled. None for
            no scaling.

    Raises:
        ValueError: If `dataset` has the wrong type, its coordinates have no
            scale, or it has no frames or no players.
    """
    ground = KloppyPitch(dataset)
    if pitch is None:
        pitch = ground.size
    check_lengths("pitch", pitch)
    scale = np.array(pitch) / ground.size * turns(dataset)
    places, who, team, names = _players(dataset)
    players = ground.to_metres(places) * np.expand_dims(scale, 1)
    times = np.array([f.timestamp.total_seconds() for f in dataset.records])
    # Frames between periods may belong to none.
    periods = np.array(
        [f.period.id if f.period else -1 for f in dataset.records], int
    )
    tracking = Tracking(
        players,
        team,
        ball=ground.to_metres(_balls(dataset, ground)) * scale,
        group=periods.clip(0) * _MINUTES + (times // 60).astype(int),
        number=np.array([frame.frame_id for frame in dataset.records]),
        time=times,
        period=periods,
        pitch=pitch,
        names=names,
        team_names=_team_names(dataset.metadata.teams),
        who=who,
    )
    return with_velocities(tracking, players, times, periods)


def _balls(dataset: "TrackingDataset", ground: KloppyPitch) -> np.ndarray:
    """Balls `(frames, 2)` in the coordinates of the dataset, or NaN."""
    return np.array(
        [
            (frame.ball_coordinates.x, frame.ball_coordinates.y)
            if ground.has_ball(frame)
            else (np.nan, np.nan)
            for frame in dataset.records
        ]
    ).reshape(-1, 2)


def _players(
    dataset: "TrackingDataset",
) -> tuple[np.ndarray, np.ndarray, np.ndarray, list[str]]:
    """Positions `(frames, n, 2)`, numbers and teams `(frames, n)`, and names.

    Numbers are indices of names.
    """
    numbers = _Numbers(dataset.metadata.teams)
    columns = _Columns()
    cells: list[tuple[int, int]] = []
    found: list[int] = []
    places: list[tuple[float, float]] = []
    for index, frame in enumerate(dataset.records):
        seen = [
            (number, data.coordinates)
            for player, data in frame.players_data.items()
            if has_place(data.coordinates)
            and (number := numbers.of(player)) is not None
        ]
        present = [number for number, _ in seen]
        cells += [(index, column) for column in columns.of(present)]
        found += present
        places += [(point.x, point.y) for _, point in seen]
    shape = len(dataset.records), len(columns)
    state = np.full((*shape, 2), np.nan)
    who = np.full(shape, -1)
    team = np.zeros(shape, "int8")
    if cells:
        at = tuple(np.array(cells).T)
        state[at], who[at] = places, found
        team[at] = np.array(numbers.teams)[found]
    return state, who, team, numbers.names


def _name(player: "Player") -> str:
    """Name of a player, or else the shirt number."""
    parts = player.first_name, player.last_name
    name = player.name or " ".join(part for part in parts if part)
    number = "" if player.jersey_no is None else str(player.jersey_no)
    return name or number or str(player.player_id)


def _team_names(teams: "Iterable[Team]") -> list[str]:
    names = [team.name or str(team.ground) for team in [*teams][:2]]
    return (names + ["", ""])[:2]


class _Numbers:
    """Numbers for the players of two teams; None for everybody else."""

    def __init__(self, teams: "Iterable[Team]") -> None:
        self.teams: list[int] = []
        self.names: list[str] = []
        self._known: dict[Player, int | None] = {}
        self._sides = list(teams)[:2]

    def of(self, player: "Player") -> int | None:
        if player not in self._known:
            team = getattr(player, "team", None)
            ours = team is not None and team in self._sides
            self._known[player] = len(self.teams) if ours else None
            if ours:
                self.teams.append(self._sides.index(team))
                self.names.append(_name(player))
        return self._known[player]


class _Columns:
    """Columns for the maximum number of simultaneous players."""

    def __init__(self) -> None:
        self._last: dict[int, int] = {}
        self._owners: list[int | None] = []

    def __len__(self) -> int:
        return len(self._owners)

    def of(self, present: Sequence[int]) -> list[int]:
        """Columns of players: the previous one of each, or a free one."""
        taken: set[int] = set()
        waiting: list[int] = []
        for player in present:
            column = self._last.get(player)
            if column is None or self._owners[column] != player:
                waiting.append(player)
            else:
                taken.add(column)
        if waiting:
            free = [c for c in range(len(self)) if c not in taken]
            more = range(len(self), len(self) + len(waiting) - len(free))
            self._owners += [None] * len(more)
            for player, column in zip(
                waiting, [*free, *more][: len(waiting)], strict=True
            ):
                self._last[player], self._owners[column] = column, player
        return [self._last[player] for player in present]
