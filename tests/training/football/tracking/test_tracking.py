import numpy as np
import pytest

from convzoo.training.football.tracking.tracking import Tracking


def arrays(frames=6, count=5, seed=0):
    random = np.random.default_rng(seed)
    players = random.uniform((-52, -34), (52, 34), (frames, count, 2))
    players[1, 2] = np.nan
    players[2, 3, 0] = np.nan
    velocities = random.normal(0, 2, (frames, count, 2))
    velocities[3] = 0
    ball = random.uniform((-52, -34), (52, 34), (frames, 2))
    ball[4, 1] = np.nan
    return {
        "players": players,
        "team": random.integers(2, size=(frames, count)),
        "velocities": velocities,
        "ball": ball,
        "test": np.arange(frames) >= 3,
    }


def test_what_is_not_known_is_nan():
    given = arrays()
    tracking = Tracking(**given)
    assert np.isnan(tracking.players[1, 2]).all()
    assert np.isnan(tracking.players[2, 3]).all()
    assert np.isnan(tracking.velocities[1, 2]).all()
    # A frame of zero velocities has unknown velocities.
    assert np.isnan(tracking.velocities[3]).all()
    assert np.isnan(tracking.ball[4]).all()
    known = ~np.isnan(tracking.velocities).any(2)
    np.testing.assert_allclose(
        tracking.velocities[known], given["velocities"][known], rtol=1e-6
    )
    # A single zero velocity is kept.
    given["velocities"][0, 0] = 0
    assert np.all(Tracking(**given).velocities[0, 0] == 0)
    assert given["players"][2, 3, 1] == arrays()["players"][2, 3, 1]


def test_what_is_left_out_is_not_known():
    given = arrays()
    tracking = Tracking(given["players"], given["team"])
    assert np.isnan(tracking.velocities).all()
    assert np.isnan(tracking.ball).all() and not tracking.test.any()
    assert not tracking.has_ball.any() and len(tracking.learned) == 0


def test_frames_are_taken():
    tracking = Tracking(**arrays())
    assert len(tracking) == 6
    np.testing.assert_array_equal(tracking[2:4].ball, tracking.ball[2:4])
    assert len(tracking.learned) == 3 and len(tracking.tested) == 2
    np.testing.assert_array_equal(
        tracking.tested.players, tracking.players[[3, 5]]
    )


def test_groups_stay_together():
    given = arrays(40)
    groups = np.random.default_rng(0).integers(10, size=40)
    learned, held = Tracking(**given, group=groups).split(0.2)
    assert set(held.group) == set(np.unique(groups)[::5])
    assert not set(held.group) & set(learned.group)
    assert len(held) + len(learned) == 40
    learned, held = Tracking(**given).split(0.25)
    np.testing.assert_array_equal(held.ball, Tracking(**given).ball[30:])
    assert [len(part) for part in Tracking(**given).split(0.0)] == [40, 0]
    assert len(Tracking(**given, group=groups).split(0.0)[1]) == 0


def test_inputs_are_filled_up():
    tracking = Tracking(**arrays())
    inputs = tracking.inputs(8)
    assert sorted(inputs) == ["players", "team", "velocities"]
    assert inputs["players"].shape == (6, 8, 2)
    assert np.isnan(inputs["players"][:, 5:]).all()
    assert np.isnan(inputs["velocities"][:, 5:]).all()
    np.testing.assert_array_equal(inputs["team"][:, :5], tracking.team)
    assert tracking.inputs()["players"].shape == (6, 5, 2)
    with pytest.raises(ValueError, match="`count`.*5 players.*count=4"):
        tracking.inputs(4)


@pytest.mark.parametrize(
    ("change", "likely"),
    [
        (lambda p: 100 * p, "centimetres"),
        (lambda p: p / (105, 68) + 0.5, "from 0 to 1"),
        (lambda p: p / (52.5, 34), "from -1 to 1"),
        (lambda p: p + (52.5, 34), "count from a corner"),
        (lambda p: p - (52.5, -34) * np.array([-1, 1]), "must be metres"),
        (lambda p: p / 0.9144, "look like yards; multiply them by 0.9144"),
        (lambda p: p / (105, 68) * (120, 80), "look like yards"),
        (lambda p: (p / (105, 68) + 0.5) * (120, 80), "look like yards"),
        (lambda p: p / 0.3048, "look like feet; multiply them by 0.3048"),
        (lambda p: p / 0.0254, "inches"),
        (lambda p: 10 * p, "decimetres"),
        (lambda p: 1000 * p, "millimetres"),
        (lambda p: 100 * p / (105, 68), "from -50 to 50; multiply x by 1.05"),
        (lambda p: p / (105, 68), "from -0.5 to 0.5"),
        (lambda p: 100 * (p / (105, 68) + 0.5), "from 0 to 100"),
        (lambda p: 100 * p / (52.5, 34), "from -100 to 100"),
        (lambda p: p[..., ::-1], "x and y look swapped"),
    ],
)
def test_other_units_are_refused_by_their_name(change, likely):
    given = arrays(40)
    given["players"] = change(given["players"])
    with pytest.raises(ValueError, match="`players` must be.*Received") as e:
        Tracking(**given)
    assert likely in str(e.value)


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize(
    "size", [(90, 45), (100, 64), (105, 68), (110, 70), (110, 75), (120, 90)]
)
def test_metres_of_other_pitches_are_metres(size, seed):
    given = arrays(60, 22, seed)
    given["players"] *= np.array(size) / (105, 68)
    assert len(Tracking(**given, pitch=size)) == 60
    # Training on half a pitch, mirrored or not.
    half = given["players"] / (2, 1) + (size[0] / 4, 0)
    for players in (half, -half):
        tracking = Tracking(players, given["team"], pitch=size)
        known = ~np.isnan(players).any(2)
        np.testing.assert_allclose(
            tracking.players[known], players[known], rtol=1e-6
        )


def test_a_bad_measurement_is_no_unit():
    given = arrays(400)
    given["players"][0, 0] = 900, 3
    with pytest.warns(UserWarning, match=r"1 player pos.*\(900, 3\), in 1 of"):
        tracking = Tracking(**given)
    assert np.isnan(tracking.players[0, 0]).all()
    assert np.isnan(tracking.velocities[0, 0]).all()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("players", np.zeros((6, 5))),
        ("players", np.zeros((6, 0, 2))),
        ("players", np.full((6, 5, 2), np.nan)),
        ("team", np.zeros((6, 4))),
        ("team", np.full((6, 5), 2)),
        ("velocities", np.zeros((6, 5))),
        ("ball", np.zeros((5, 2))),
        ("test", np.zeros(5, bool)),
        ("group", np.zeros((6, 1))),
    ],
)
def test_bad_arrays_are_named(name, value):
    with pytest.raises(ValueError, match=f"`{name}`.*Received"):
        Tracking(**{**arrays(), name: value})


@pytest.mark.parametrize(
    "name", ["players", "velocities", "ball", "time", "past"]
)
def test_infinite_values_are_refused(name):
    given = arrays()
    given["time"] = np.arange(6) / 5
    given["past"] = np.zeros((6, 2, 5, 4))
    given[name] = np.array(given[name], "float32")
    given[name].flat[0] = np.inf
    with pytest.raises(ValueError, match=f"`{name}` must be finite"):
        Tracking(**given)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("team", np.full((6, 5), 0.4)),
        ("team", np.full((6, 5), 256)),
        ("team", np.full((6, 5), np.nan)),
        ("team", np.full((6, 5), "home")),
        ("team", np.ones((6, 4), int)),
        ("test", np.full(6, "test")),
        ("past", np.zeros(3)),
        ("past", 5),
        ("number", [0, 1, 2, 3, 4, np.nan]),
        ("number", [0, 1, 2, 3, 4, 1e19]),
        ("number", np.arange(6) + 0.5),
        ("number", np.full(6, np.iinfo("uint64").max)),
        ("number", [0, 1, 2, 3, 4, 2**64]),
        ("number", ["0", "1", "2", "3", "4", "5"]),
        ("group", np.full(6, np.inf)),
        ("period", np.full(6, 100)),
        ("period", np.full(6, -2)),
        ("period", [1, 1, 1, 2, 2, 2.5]),
        ("players", np.zeros((6, 201, 2))),
        (
            "velocities",
            np.full((6, 5, 2), 25.0) * np.arange(30).reshape(6, 5, 1),
        ),
        ("ball", 100 * arrays()["ball"]),
    ],
)
def test_what_an_array_must_be_is_quoted(name, value):
    with pytest.raises(ValueError, match=f"`{name}` must .*Received"):
        Tracking(**{**arrays(), name: value})


def test_a_corner_is_found_in_one_half():
    given = arrays(50)
    given["players"] = np.abs(given["players"])
    with pytest.raises(ValueError, match="which look like they count from a c"):
        Tracking(**given)
    # Few frames do not determine the origin.
    few = {k: v[:6] for k, v in given.items()}
    assert len(Tracking(**few)) == 6


def test_frames_where_nobody_is_seen_are_not_learned_from():
    given = arrays()
    given["players"][0] = given["players"][5] = np.nan
    tracking = Tracking(**given)
    assert tracking.has_players.tolist() == [False] + 4 * [True] + [False]
    assert len(tracking.learned) == 2 and len(tracking.tested) == 1


def test_one_frame_stays_a_game():
    tracking = Tracking(**arrays())
    assert tracking[3].players.shape == (1, 5, 2)


def test_frames_are_found_by_what_the_file_calls_them():
    tracking = Tracking(**arrays(), number=np.arange(6) + 100)
    assert tracking.index_of(104) == 4 and tracking[2:].index_of(104) == 2
    assert Tracking(**arrays()).index_of(3) == 3
    with pytest.raises(ValueError, match="no frame 6; there are 6, from 100 t"):
        tracking.index_of(6)


def halves(**arguments):
    """Two periods of three frames, of the same numbers and times."""
    return Tracking(
        **arrays(),
        number=[0, 1, 2] * 2,
        time=[0.0, 0.2, 0.4] * 2,
        period=[1, 1, 1, 2, 2, 2],
        **arguments,
    )


def test_numbers_and_times_start_again_in_each_period():
    game = halves()
    assert game.index_of(2, period=1) == 2 and game.index_of(2, period=2) == 5
    assert game[3:].index_of(0) == 0 and game[3:].period.tolist() == [2] * 3
    np.testing.assert_allclose(game.clock, [0, 0.2, 0.4] * 2, atol=1e-9)
    # Frames of two periods are no neighbours.
    assert np.diff(game.time)[2] > 10_000
    assert [game.frame_of(i) for i in (0, 5)] == [
        "0 of period 1",
        "2 of period 2",
    ]
    assert game[:3].frame_of(1) == "1"
    for arguments, message in (
        ((1,), "frame 1 in more than one period; `period` .*1 and 2$"),
        ((3, 2), "no frame 3 in period 2; there are 3, from 0 to 2"),
        ((0, 3), "no period 3; there are 1 and 2"),
    ):
        with pytest.raises(ValueError, match=message):
            game.index_of(*arguments)
    with pytest.raises(ValueError, match="no period 1; periods are unknown"):
        Tracking(**arrays()).index_of(0, 1)


def test_without_periods_the_first_of_equal_numbers_is_found():
    game = Tracking(**arrays(), number=[7] * 6, time=np.arange(6.0))
    assert game.index_of(7) == 0 and game.frame_of(3) == "7"
    np.testing.assert_array_equal(game.clock, game.time)


def test_another_pitch_is_a_matter_of_scale():
    past = np.random.default_rng(1).uniform(-9, 9, (6, 2, 5, 4))
    game = Tracking(**arrays(), past=past)
    other = game.scaled_to((210.0, 34.0))
    scale = np.array([2, 0.5])
    assert other.pitch == (210, 34) and other.scaled_to((210, 34)) is other
    for name in ("players", "velocities", "ball"):
        expected = getattr(game, name) * scale
        np.testing.assert_allclose(getattr(other, name), expected, rtol=1e-6)
    np.testing.assert_allclose(other.past[..., :2], past[..., :2] * scale)
    np.testing.assert_allclose(other.past[..., 2:], past[..., 2:] * scale)
    with pytest.raises(ValueError, match="`pitch` must be two lengths"):
        game.scaled_to(105)


@pytest.mark.parametrize("ball", [np.zeros((3, 2)), [[1, 2]], np.inf])
def test_another_ball_is_checked(ball):
    with pytest.raises(ValueError, match="`ball` must.*Received"):
        Tracking(**arrays()).with_ball(ball)


@pytest.mark.filterwarnings("error")
def test_frame_numbers_of_any_float_type():
    """No stray warning for half precision, no rounded number for others."""
    players = np.reshape([-20.0, -9, 15, 11, 4, -8, 30, 2], (2, 2, 2))
    team = np.zeros((2, 2), int)
    for dtype in ("float16", "float32", "float64"):
        found = Tracking(players, team, number=np.array([7, 9], dtype))
        assert found.number.tolist() == [7, 9]
    with pytest.raises(ValueError, match="`number`.*64 bits"):
        Tracking(players, team, number=[2.0**53, 1])
