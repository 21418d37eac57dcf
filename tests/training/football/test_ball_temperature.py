import numpy as np
import pytest

from convzoo.training import simulate_play
from convzoo.training.football.ball_quality import ball_quality
from convzoo.training.football.ball_temperature import ball_temperature
from convzoo.training.football.predict_ball import predict_ball
from convzoo.zoo import BallPositionPredictor


def coverage(model, games, temperature):
    model.temperature = temperature
    return np.mean(
        [
            ball_quality(game, predict_ball(model, game)).coverage_90
            for game in games
        ]
    )


def test_the_radius_holds_what_it_says():
    games = [simulate_play(30, seed=seed) for seed in range(2)]
    model = BallPositionPredictor.from_preset("ball_players")
    model.run_eagerly = True
    low, high = (coverage(model, games, t) for t in (0.5, 2.0))
    assert low < high
    wanted = (low + high) / 2
    model.temperature = 1.0
    found = ball_temperature(model, games, wanted)
    assert model.temperature == 1.0 and model.run_eagerly
    assert 0.5 < found < 2
    assert coverage(model, games, found / 1.1) <= wanted
    assert coverage(model, games, found * 1.1) >= wanted


def test_games_are_needed():
    model = BallPositionPredictor(width=8, depth=1, map_width=4)
    with pytest.raises(ValueError, match="`games`.*Received: none"):
        ball_temperature(model, [])
