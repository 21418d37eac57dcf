import numpy as np
import pytest

from convzoo.training.football.over_time import OverTime
from convzoo.training.football.simulate_play import simulate_play
from convzoo.zoo import BallMotion, BallPositionPredictor
from tests.support import randomized

pytestmark = pytest.mark.usefixtures("uncompiled")


def test_coverage_is_of_the_balls_that_are_known_to_be_true():
    play = simulate_play(40)
    model = BallPositionPredictor(width=8, depth=1, heads=1, map_width=4)
    motion = randomized(BallMotion(width=8, dilations=(1,)))
    over_time = OverTime.of(model, play, motion)
    alone = over_time(play.with_ball(np.full((40, 2), np.nan)))
    # The first half lies within all radii, the second within none; one ball
    # is unknown.
    ball = alone + np.where(np.arange(40) < 20, 0, 500).reshape(-1, 1)
    ball[3] = np.nan
    assert over_time.coverage(ball) == pytest.approx((19 / 39, 19 / 39))
