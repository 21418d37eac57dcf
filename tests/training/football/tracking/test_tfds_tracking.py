import sys

import numpy as np
import pytest

from convzoo.training.football.tracking.tfds_tracking import tfds_tracking


def test_other_datasets_are_named(datasets):
    name = datasets(
        "pictures",
        {"train": 2},
        lambda i: {"image": np.zeros((4, 4, 3), "uint8")},
    )
    with pytest.raises(
        ValueError, match="tfds:pictures: has no tracking data.*"
    ):
        tfds_tracking(name.removeprefix("tfds:"))


def test_without_the_package_it_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "tensorflow_datasets", None)
    monkeypatch.setitem(
        sys.modules, "convzoo.training.football.tracking.metrica", None
    )
    with pytest.raises(ValueError, match=r"pip install convzoo\[datasets\]"):
        tfds_tracking("metrica")


def test_games_with_fewer_players_are_filled_up(monkeypatch):
    def frame(game, count, ball=(1.0, 2.0)):
        return {
            "players": np.full((count, 2), 10.0 * game, "float32"),
            "velocities": np.full((count, 2), 1.0, "float32"),
            "team": np.ones(count, "int64"),
            "ball": np.array(ball, "float32"),
            "game": game,
            "period": 2,
            "time": 431.5,
            "frame": 0,
        }

    class Info:
        features = frame(1, 1)

    splits = {"train": [frame(1, 2), frame(2, 3)], "test": [frame(3, 1)]}
    monkeypatch.setattr(
        "convzoo.training.football.tracking.tfds_tracking.load_tfds",
        lambda _: (splits, Info),
    )
    found = tfds_tracking("mine", (52.5, 68.0))
    assert found.test.tolist() == [True, False, False]
    assert found.group.tolist() == [32007, 12007, 22007]
    seconds = np.array([32, 12, 22]) * 60_000 + 431.5
    np.testing.assert_array_equal(found.time, seconds)
    assert found.players.shape == (3, 3, 2)
    seen = ~np.isnan(found.players[:, :, 0])
    assert seen.sum(1).tolist() == [1, 2, 3]
    np.testing.assert_allclose(found.players[0, 0], (15, 30))
    np.testing.assert_allclose(found.velocities[seen], [(0.5, 1)] * 6)
    np.testing.assert_allclose(found.ball, [(0.5, 2)] * 3)
    assert found.team[seen].all() and not found.team[~seen].any()
