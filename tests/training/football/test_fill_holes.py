import numpy as np
import pytest

from convzoo.training.football import ball_fillers as fillers_module
from convzoo.training.football.ball_fillers import ball_fillers
from convzoo.training.football.block_bootstrap import block_bootstrap
from convzoo.training.football.fill_holes import HoleErrors, fill_holes
from convzoo.training.football.hole_frames import hole_frames
from convzoo.training.football.interpolate_ball import interpolate_ball
from convzoo.training.football.simulate_play import simulate_play


def test_errors_are_means_over_the_frames_of_holes():
    play = simulate_play(900, seed=1)
    calls = []

    def off(holed):
        """One metre off in the first pass, two in the second, ..."""
        calls.append(np.flatnonzero(~holed.has_ball))
        return play.ball + np.array([0, len(calls)])

    seconds, passes = 1, 3
    found = fill_holes(play, {"off": off}, [seconds], passes)
    holes = hole_frames(play, seconds, passes)
    expected = np.repeat(np.arange(len(holes)) % passes + 1, holes.shape[1])
    # A block is one hole of each pass.
    block = np.repeat(np.arange(len(holes)) // passes, holes.shape[1])
    interval = block_bootstrap(expected, block, 15)
    assert len(found) == 1 and found[0][:2] == (1, len(holes))
    np.testing.assert_allclose(
        found[0].errors["off"], (expected.mean(), *interval), rtol=1e-5
    )
    assert not np.isnan(interval).any()
    for first, hidden in enumerate(calls):
        assert hidden.tolist() == holes[first::passes].ravel().tolist()


def test_fillers_see_no_ball_of_a_hole_and_all_others():
    play = simulate_play(400, seed=1)
    holes, passes = hole_frames(play, 2, 2), []

    def look(holed):
        cut = holes[len(passes) :: 2]
        expected = play.ball.copy()
        expected[cut] = np.nan
        np.testing.assert_array_equal(holed.ball, expected)
        for name in ("players", "velocities", "time"):
            np.testing.assert_array_equal(
                getattr(holed, name), getattr(play, name)
            )
        passes.append(len(cut))
        # Others still see the play as it was.
        holed.ball[:] = 0
        return holed.ball

    def second(holed):
        assert np.isnan(holed.ball).any()
        return interpolate_ball(holed)

    before = play.ball.copy()
    fill_holes(play, {"look": look, "second": second}, [2], 2)
    assert sum(passes) == len(holes)
    np.testing.assert_array_equal(play.ball, before)


def test_lines_and_parabolas_are_filled_exactly(monkeypatch):
    play = simulate_play(200)
    monkeypatch.setattr(
        fillers_module,
        "predict_ball",
        lambda model, game: {"position": np.zeros((len(game), 2))},
    )
    line = np.stack([play.time - 20, 3 - play.time / 2], axis=1)
    curve = np.stack([play.time**2 / 60, play.time], axis=1)
    errors = {}
    for name, ball in (("line", line), ("curve", curve)):
        game = play.with_ball(ball)
        fillers = ball_fillers(None, game, motion=None)
        assert list(fillers) == ["straight line", "cubic", "each frame"]
        (found,) = fill_holes(game, fillers, [4])
        errors[name] = {key: each.mean for key, each in found.errors.items()}
    assert errors["line"]["straight line"] < 1e-5
    assert errors["line"]["cubic"] < 1e-3
    assert errors["curve"]["cubic"] < 1e-3 < errors["curve"]["straight line"]
    # The prediction of each frame is the centre spot.
    assert errors["line"]["each frame"] > 5


def test_lengths_that_fit_nowhere_have_no_holes():
    play = simulate_play(60)
    fillers = {"straight line": interpolate_ball}
    short, long = fill_holes(play, fillers, [1, 100])
    # Few holes have no interval.
    assert short.holes and np.isnan(short.errors["straight line"].low)
    assert long == HoleErrors(100, 0, {})


def test_lengths_are_quoted():
    with pytest.raises(ValueError, match="`holes`.*Received: holes=-1"):
        fill_holes(simulate_play(9), {}, [1, -1])
