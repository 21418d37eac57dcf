import numpy as np
import pytest

from convzoo.training import simulate_play
from convzoo.training.football.ball_quality import ball_quality
from convzoo.training.football.ball_temperature import ball_temperature
from convzoo.training.football.predict_ball import predict_ball
from convzoo.zoo import BallPositionPredictor


def coverage(games, temperature):
    model = BallPositionPredictor.from_preset(
        "ball_players", temperature=temperature
    )
    model.run_eagerly = True
    return np.mean(
        [
            ball_quality(game, predict_ball(model, game)).coverage_90
            for game in games
        ]
    )


@pytest.mark.long
def test_the_radius_holds_what_it_says():
    games = [simulate_play(30, seed=seed) for seed in range(2)]
    model = BallPositionPredictor.from_preset("ball_players", temperature=1.0)
    low, high = (coverage(games, t) for t in (0.5, 2.0))
    assert low < high
    wanted = (low + high) / 2
    found = ball_temperature(model, games, wanted)
    assert model.temperature == 1.0 and not model.run_eagerly
    assert 0.5 < found < 2
    assert coverage(games, found / 1.1) <= wanted
    assert coverage(games, found * 1.1) >= wanted


def test_games_are_needed():
    model = BallPositionPredictor(width=8, depth=1, map_width=4)
    with pytest.raises(ValueError, match="`games`.*Received: none"):
        ball_temperature(model, [])
