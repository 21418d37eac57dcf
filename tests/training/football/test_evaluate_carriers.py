from types import SimpleNamespace

import numpy as np
import pytest

from convzoo.training.football import evaluate_carriers as evaluating
from convzoo.training.football.evaluate_carriers import evaluate_carriers
from convzoo.training.football.filled_ball import filled_ball
from convzoo.training.football.simulate_play import simulate_play

# All that is asked of a model here.
PLAYERS = SimpleNamespace(sees="players")


@pytest.fixture
def said(monkeypatch):
    """Carriers that are said to be found, where the ball is."""
    play = simulate_play(30)
    nearest = np.linalg.norm(
        play.players - np.expand_dims(play.ball, 1), axis=2
    ).argmin(axis=1)
    asked = []

    def fill(hidden, _, motion):
        asked.append(motion)
        assert np.isnan(hidden.ball).all()
        carrier = np.zeros(30, int) if motion is None else nearest
        possible, radius = np.ones(30, bool), np.zeros(30)
        found = filled_ball(hidden, play.ball, (radius, radius), possible)
        return found._replace(carrier=carrier, certainty=np.ones(30))

    monkeypatch.setattr(evaluating, "fill_ball", fill)
    return play, nearest, asked


def test_balls_are_hidden_and_carriers_compared(said):
    play, nearest, asked = said
    away = np.linalg.norm(
        play.players[np.arange(30), nearest] - play.ball, axis=1
    )
    held = away <= 1.5
    assert 5 < held.sum() < 30
    found = evaluate_carriers(PLAYERS, play, "causal")
    assert asked == [None, "causal"]
    hits = (nearest == 0) & held
    assert found["each frame"][:2] == (hits.sum() / 30, hits.sum() / held.sum())
    assert found["over time"][:2] == (held.sum() / 30, 1)
    # In possessions the ball is near; a frame by itself is none.
    assert found["possessions"].precision == 1
    assert found["over time"].recall > found["possessions"].recall > 0.5


def test_carriers_of_the_file_count_where_it_has_them(said):
    play, nearest, asked = said
    carrier = np.where(np.arange(30) < 20, nearest, -1)
    carrier[:5] = (nearest[:5] + 1) % 22
    found = evaluate_carriers(PLAYERS, play.with_(carrier=carrier))
    assert found["over time"] == (15 / 20, 15 / 20, 15 / 20)
    assert set(evaluate_carriers(PLAYERS, play, None)) == {"each frame"}
    assert asked == [None, "smooth", None]


def test_models_of_images_are_refused():
    with pytest.raises(ValueError, match="`model`.*Received: sees='image'"):
        evaluate_carriers(SimpleNamespace(sees="image"), simulate_play(2))
