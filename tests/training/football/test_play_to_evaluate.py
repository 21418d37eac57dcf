import numpy as np
import pytest

from convzoo.training.football.play_to_evaluate import play_to_evaluate
from convzoo.training.football.simulate_play import simulate_play
from convzoo.training.football.tracking.runs_of_play import runs_of_play
from convzoo.zoo import BallPositionPredictor


@pytest.fixture
def read(tmp_path):
    """Write arrays and read them for a model."""
    play = simulate_play(20)
    model = BallPositionPredictor(width=4, depth=1, heads=1, map_width=4)

    def run(positions_only=False, **arrays):
        given = {
            name: getattr(play, name)
            for name in ("players", "team", "velocities", "ball")
        }
        path = tmp_path / "game.npz"
        np.savez(path, **given | arrays)
        return play, play_to_evaluate(path, model, positions_only)

    return run


@pytest.mark.parametrize("timed", [True, False])
def test_runs_end_where_frames_are_left_out(read, timed):
    split = np.ones(20)
    split[[0, 6, 10, 11, 12]] = 0
    time = np.arange(20) / 5
    # Across the three frames that are left out, time seems to go on.
    time[13:] -= 0.6
    whole, play = read(split=split, **({"time": time} if timed else {}))
    np.testing.assert_array_equal(play.players, whole.players[split == 1])
    assert runs_of_play(play).tolist() == 5 * [0] + 3 * [1] + 7 * [2]
    steps = np.diff(play.time)
    np.testing.assert_allclose(steps[steps < 1], 0.2)


def test_without_a_test_set_all_frames_count(read):
    ball = np.full((20, 2), np.nan)
    ball[3] = 1
    whole, play = read(ball=ball, positions_only=True)
    assert len(play) == 20 and not runs_of_play(play).any()
    assert np.isnan(play.velocities).all()
    assert play.has_ball.tolist() == 3 * [False] + [True] + 16 * [False]
    with pytest.raises(ValueError, match=r"game\.npz: has no frame with a b"):
        read(ball=np.full((20, 2), np.nan))
