import dataclasses

import numpy as np
import pytest

from convzoo.training.football.tracking.kloppy_tracking import kloppy_tracking
from tests.training.football.tracking.provider_files import (
    PITCH,
    load_by_kloppy,
)

pytest.importorskip("kloppy")

PROVIDERS = ["epts", "metrica", "skillcorner", "tracab"]
# Tolerance in metres for positions in whole centimetres.
CENTIMETRE = 0.006


def rows(team, players, *more):
    """Rows of the visible players of each frame, sorted by team and x."""
    for frame, places in enumerate(players):
        seen = np.flatnonzero(~np.isnan(places[:, 0]))
        order = seen[np.lexsort((places[seen, 0], team[frame, seen]))]
        yield np.column_stack(
            [team[frame, order], *(n[frame, order] for n in (players, *more))]
        )


def truth(game, scale=(1, 1)):
    """Expected players and ball, computed with NumPy alone."""
    players, _, ball = (n * scale for n in game.facing_right())
    team = np.tile([0] * 4 + [1] * 4, (len(ball), 1))
    return np.concatenate(list(rows(team, players))), ball


def assert_same(found, game, scale=(1, 1), atol=CENTIMETRE):
    players, ball = truth(game, scale)
    np.testing.assert_allclose(
        np.concatenate(list(rows(found.team, found.players))),
        players,
        atol=atol,
    )
    np.testing.assert_allclose(found.ball, ball, atol=atol)


@pytest.mark.parametrize("coordinates", [None, "tracab", "sportec:tracking"])
@pytest.mark.parametrize("provider", ["epts", "skillcorner", "tracab"])
def test_metres_whatever_the_coordinates(provider, coordinates, tmp_path):
    game, dataset = load_by_kloppy(provider, tmp_path, coordinates=coordinates)
    found = kloppy_tracking(dataset)
    assert found.pitch == PITCH and len(found) == 80
    assert_same(found, game)
    scaled = kloppy_tracking(dataset, (105.0, 68.0))
    assert scaled.pitch == (105, 68)
    assert_same(scaled, game, np.array((105, 68)) / PITCH)
    np.testing.assert_allclose(
        scaled.velocities, found.velocities * (105 / 104, 68 / 67), rtol=1e-4
    )


def test_a_pitch_without_a_size(tmp_path):
    game, dataset = load_by_kloppy("metrica", tmp_path)
    found = kloppy_tracking(dataset)
    assert found.pitch == (105, 68)
    assert_same(found, game)
    assert_same(
        kloppy_tracking(dataset, PITCH), game, PITCH / np.array((105, 68))
    )


@pytest.mark.parametrize("provider", ["epts", "tracab"])
def test_lines_of_the_pitch_lie_elsewhere(provider, tmp_path):
    """Opta's slightly larger penalty area, which kloppy corrects for."""
    game, dataset = load_by_kloppy(provider, tmp_path, coordinates="opta")
    assert_same(kloppy_tracking(dataset), game, atol=0.03)


@pytest.mark.parametrize("provider", PROVIDERS)
def test_columns_are_few_and_kept(provider, tmp_path):
    game, dataset = load_by_kloppy(provider, tmp_path)
    found = kloppy_tracking(dataset)
    # At half-time, two of eight players replace two others.
    assert found.players.shape == (80, 6, 2)
    for half in (slice(0, 40), slice(40, 80)):
        steps = np.linalg.norm(np.diff(found.players[half], axis=0), axis=2)
        assert np.nanmax(steps) < 1
        assert (np.diff(found.team[half][14:], axis=0) == 0).all()
    # A player who leaves returns to the free column.
    away = np.isnan(found.players[:, :, 0]).any(1)
    assert np.flatnonzero(away).tolist() == [*range(10, 14), *range(50, 54)]


def test_names_follow_their_players(tmp_path):
    game, dataset = load_by_kloppy("skillcorner", tmp_path)
    found = kloppy_tracking(dataset)
    players, _, _ = game.facing_right()
    assert found.team_names == ("Home", "Away")
    seen = np.argwhere(~np.isnan(found.players[:, :, 0]))
    assert len(seen) > 400
    for frame, column in seen:
        away = np.abs(players[frame] - found.players[frame, column]).sum(1)
        assert found.name_of(frame, column) == f"A {np.nanargmin(away)}"


def test_a_player_without_a_name_has_a_number(tmp_path):
    _, dataset = load_by_kloppy("tracab", tmp_path)
    for team in dataset.metadata.teams:
        team.name = None
    found = kloppy_tracking(dataset)
    assert sorted(found.names) == [str(number) for number in range(1, 9)]
    assert found.team_names == ("home", "away")


@pytest.mark.parametrize("provider", PROVIDERS)
def test_velocities_are_those_of_the_motion(provider, tmp_path):
    game, dataset = load_by_kloppy(provider, tmp_path)
    found = kloppy_tracking(dataset)
    players, velocities, _ = game.facing_right()
    team = np.tile([0] * 4 + [1] * 4, (80, 1))
    expected = np.concatenate(list(rows(team, players, velocities)))
    ours = np.concatenate(
        list(rows(found.team, found.players, found.velocities))
    )
    # At the ends and beside gaps, the error is 2 m/s^2 times 0.1 s.
    np.testing.assert_allclose(ours[:, 3:], expected[:, 3:], atol=0.35)
    middle = [*range(5, 35)]
    for frames in (middle[12:], [40 + i for i in middle[12:]]):
        ours = list(rows(found.team, found.players, found.velocities))
        expected = list(rows(team, players, velocities))
        for frame in frames:
            np.testing.assert_allclose(
                ours[frame][:, 3:], expected[frame][:, 3:], atol=0.06
            )


def test_minutes_stay_together(tmp_path):
    _, dataset = load_by_kloppy("tracab", tmp_path)
    for i, frame in enumerate(dataset.records):
        frame.timestamp *= 100
        assert frame.timestamp.total_seconds() == pytest.approx(i % 40 * 4)
    found = kloppy_tracking(dataset)
    minutes = [1000, 1001, 1002, 2000, 2001, 2002]
    assert sorted(set(found.group)) == minutes
    assert [np.sum(found.group == m) for m in minutes] == [15, 15, 10] * 2
    assert np.diff(found.time[:40]) == pytest.approx(4)
    assert np.diff(found.time)[39] > 1e4
    # With 4 s between frames, velocities are unknown.
    assert np.isnan(found.velocities).all()


def test_marks_of_a_missing_ball(tmp_path):
    from kloppy.domain import Point, Point3D

    _, dataset = load_by_kloppy("skillcorner", tmp_path, coordinates="tracab")
    marks = [
        None,
        Point(float("nan"), float("nan")),
        Point3D(float("nan"), 1.0, 0.0),
        Point3D(0.0, 0.0, -1000.0),
        Point3D(100.0, 200.0, -20.0),
        Point3D(100.0, 200.0, None),
        Point(100.0, 200.0),
    ]
    for frame, mark in zip(dataset.records, marks, strict=False):
        frame.ball_coordinates = mark
    found = kloppy_tracking(dataset)
    assert found.has_ball[:7].tolist() == [False] * 4 + [True] * 3
    np.testing.assert_allclose(found.ball[4:7], [[1, 2]] * 3, atol=1e-6)


def test_only_players_of_the_two_teams(tmp_path):
    from kloppy.domain import Ground, Official, Player, PlayerData, Point, Team

    game, dataset = load_by_kloppy("skillcorner", tmp_path)
    third = Team(team_id="99", name="Ball boys", ground=Ground.REFEREE)
    strangers = [
        Official(official_id="7"),
        Player(player_id="8", team=third, jersey_no=8),
        Player(player_id="9", team=None, jersey_no=9),
    ]
    unseen = Player("10", team=dataset.metadata.teams[0], jersey_no=10)
    for frame in dataset.records:
        for i, stranger in enumerate(strangers):
            frame.players_data[stranger] = PlayerData(Point(0.1 * i, 0.1))
        frame.players_data[unseen] = PlayerData(None)
    assert_same(kloppy_tracking(dataset), game)


def test_directions_of_play(tmp_path):
    from kloppy.domain import Orientation

    game, dataset = load_by_kloppy("epts", tmp_path)
    for orientation in (
        Orientation.AWAY_HOME,
        Orientation.STATIC_HOME_AWAY,
        Orientation.STATIC_AWAY_HOME,
    ):
        turned = dataset.transform(to_orientation=orientation)
        assert_same(kloppy_tracking(turned), game)
    # With an unknown orientation, positions are unchanged.
    dataset.metadata.orientation = Orientation.NOT_SET
    found = kloppy_tracking(dataset)
    np.testing.assert_allclose(found.ball, game.ball, atol=1e-4)


def test_frames_between_the_halves(tmp_path):
    _, dataset = load_by_kloppy("epts", tmp_path)
    dataset.records[3].period = None
    found = kloppy_tracking(dataset)
    assert found.period.tolist() == [1, 1, 1, -1] + 36 * [1] + 40 * [2]
    np.testing.assert_allclose(found.clock[40:], np.arange(40) / 25, atol=1e-9)
    assert found.group[3] == 0 and np.isnan(found.velocities[3]).all()


def test_bad_arguments(tmp_path):
    with pytest.raises(ValueError, match="`dataset` must be.*Received: dict"):
        kloppy_tracking({})
    _, dataset = load_by_kloppy("tracab", tmp_path, coordinates="tracab")
    with pytest.raises(ValueError, match="`pitch` must be two lengths"):
        kloppy_tracking(dataset, 105)
    system = dataset.metadata.coordinate_system
    system._pitch_length = None
    with pytest.raises(ValueError, match="`dataset` must state.*TracabCoord"):
        kloppy_tracking(dataset)
    dataset.metadata.coordinate_system = None
    with pytest.raises(ValueError, match="`dataset` must state.*NoneType"):
        kloppy_tracking(dataset)
    _, dataset = load_by_kloppy("tracab", tmp_path)
    dataset.records.clear()
    with pytest.raises(ValueError, match="`players` must have.*frame"):
        kloppy_tracking(dataset)


def test_placeholders_are_unknown_and_have_no_velocities(tmp_path):
    """One position that is none does not change the velocities around it."""
    from kloppy.domain import Point

    _, dataset = load_by_kloppy("tracab", tmp_path)
    before = kloppy_tracking(dataset)
    frame = dataset.records[20]
    player = next(iter(frame.players_data))
    data = frame.players_data[player]
    frame.players_data[player] = dataclasses.replace(
        data, coordinates=Point(-99999.0, -99999.0)
    )
    with pytest.warns(UserWarning, match="1 player positions.* in 1 of 80"):
        found = kloppy_tracking(dataset)
    gone = np.isnan(found.players).any(2) & ~np.isnan(before.players).any(2)
    assert gone.sum() == 1 and gone[20].sum() == 1
    moved = np.abs(found.velocities - before.velocities)
    assert np.nanmax(moved) < 1.5
    assert np.isnan(moved).sum() == 2 + np.isnan(before.velocities).sum()
