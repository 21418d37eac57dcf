"""predict_ball: metres for every kind of model input."""

import numpy as np
import pytest

from convzoo.training import simulate_play
from convzoo.training.football.drawing.ball_scene import map_edges
from convzoo.training.football.drawing.pitch_view import view_of
from convzoo.training.football.drawing.render_pitch import render_pitch
from convzoo.training.football.fill_ball import fill_ball
from convzoo.training.football.predict_ball import predict_ball
from convzoo.training.football.tracking.tracking import Tracking
from convzoo.training.football.tracking.with_past import with_past
from convzoo.zoo import BallPositionPredictor
from tests.support import numpy_of, randomized

pytestmark = pytest.mark.usefixtures("uncompiled")

KEYS = ["carrier", "position", "radius_50", "radius_90", "team"]


@pytest.mark.compiled
def test_players():
    play = simulate_play(20, seed=0)
    model = randomized(BallPositionPredictor(width=8, depth=1, map_width=4))
    found = predict_ball(model, play, batch_size=8)
    assert sorted(found) == KEYS
    expected = model(play.inputs(), training=False)
    for name in KEYS:
        np.testing.assert_allclose(
            found[name], numpy_of(expected[name]), atol=2e-3
        )


def test_batches_have_one_shape_and_are_reported():
    play = simulate_play(7, seed=0)
    model = randomized(BallPositionPredictor(width=8, depth=1, map_width=4))
    shapes, reports = [], []
    predict = model.predict_on_batch

    def seen(inputs):
        shapes.append(inputs["players"].shape)
        return predict(inputs)

    model.predict_on_batch = seen
    found = predict_ball(
        model, play, 3, heatmaps=True, progress=lambda *r: reports.append(r)
    )
    assert shapes == [(3, 22, 2)] * 3
    assert reports == [(3, 7), (6, 7), (7, 7)]
    expected = predict(play.inputs())
    assert found.keys() == expected.keys()
    for name, array in found.items():
        np.testing.assert_allclose(array, expected[name], atol=2e-3)


@pytest.mark.compiled
@pytest.mark.long
def test_each_call_chooses_its_views():
    """Compiled functions of one choice do not answer for the other."""
    play = simulate_play(6, seed=0)
    arguments = {"width": 8, "depth": 1, "map_width": 4}
    model = randomized(BallPositionPredictor(**arguments))
    four = BallPositionPredictor(**arguments, flips=True)
    four.set_weights(model.get_weights())
    expected = {
        flips: predict_ball(m, play)["position"]
        for flips, m in ((False, model), (True, four))
    }
    assert np.abs(expected[True] - expected[False]).max() > 0.1
    for flips in (True, False, True):
        for one in (model, four):
            found = predict_ball(one, play, flips=flips)["position"]
            np.testing.assert_allclose(found, expected[flips], atol=1e-3)
            filled = fill_ball(
                play.with_ball(np.full((6, 2), np.nan)),
                one,
                flips=flips,
                motion=None,
            )
            np.testing.assert_allclose(
                filled.tracking.ball, expected[flips], atol=1e-3
            )
    # New weights are used at once.
    model.set_weights([0 * w for w in model.get_weights()])
    found = predict_ball(model, play, flips=True)["position"]
    assert np.abs(found - expected[True]).max() > 0.01
    with pytest.raises(ValueError, match="`flips`.*Received: flips='yes'"):
        predict_ball(model, play, flips="yes")


def test_pictures():
    play = simulate_play(5, seed=0)
    model = randomized(
        BallPositionPredictor(
            sees="image", map_width=4, spatial="plain", pixels_per_metre=2.0
        )
    )
    found = predict_ball(model, play, batch_size=2)
    assert sorted(found) == KEYS[1:4]
    view = view_of(model)
    assert view.pixels_per_metre == 2
    pictures = render_pitch(play.players, play.team, play.velocities, view)
    expected = {
        name: numpy_of(array)
        for name, array in model(pictures, training=False).items()
    }
    np.testing.assert_allclose(
        found["radius_90"], expected["radius_90"] / 2, atol=1e-2
    )
    rows, columns = view.size
    x = (expected["position"][:, 0] - columns / 2) / 2
    y = (rows / 2 - expected["position"][:, 1]) / 2
    np.testing.assert_allclose(
        found["position"], np.stack([x, y], axis=1), atol=1e-2
    )


@pytest.mark.parametrize("sees", ["players", "image"])
def test_heatmaps_lie_within_their_edges(sees):
    """Equality of the position and the heatmap's mean within these edges."""
    play = simulate_play(3, seed=1)
    model = randomized(
        BallPositionPredictor(
            sees=sees,
            read_out="mean",
            width=8,
            depth=1,
            map_width=4,
            spatial="plain",
            pixels_per_metre=1.5,
        )
    )
    found = predict_ball(model, play, heatmaps=True)
    left, right, bottom, top = map_edges(model)
    _, rows, columns = found["heatmap"].shape
    x = left + (np.arange(columns) + 0.5) * (right - left) / columns
    y = bottom + (np.arange(rows) + 0.5) * (top - bottom) / rows
    mean = [(found["heatmap"] * x).sum((1, 2)), found["heatmap"].sum(2) @ y]
    # Players beyond the outermost cells are clipped to them.
    np.testing.assert_allclose(found["position"], np.stack(mean, 1), atol=0.5)


@pytest.mark.parametrize("sees", ["players", "image"])
def test_another_pitch_is_scaled_and_answers_are_scaled_back(sees):
    model = randomized(
        BallPositionPredictor(
            sees=sees,
            width=8,
            depth=1,
            map_width=4,
            spatial="plain",
            pixels_per_metre=1.5,
        )
    )
    play = simulate_play(3)
    scale = np.array([100 / 105, 64 / 68])
    small = Tracking(
        play.players * scale,
        play.team,
        play.velocities * scale,
        pitch=(100.0, 64.0),
    )
    expected = predict_ball(model, play, heatmaps=True)
    found = predict_ball(model, small, heatmaps=True)
    position = expected["position"] * scale
    np.testing.assert_allclose(found["position"], position, atol=1e-2)
    for name in ("radius_50", "radius_90"):
        # The larger factor, that of the length.
        radius = expected[name] * 100 / 105
        np.testing.assert_allclose(found[name], radius, rtol=1e-3)
    np.testing.assert_allclose(
        found["heatmap"], expected["heatmap"], rtol=1e-2, atol=1e-5
    )


def test_the_past_is_the_one_that_a_model_takes():
    model = randomized(
        BallPositionPredictor(
            width=8, depth=1, map_width=4, frames=3, frame_rate=5.0
        )
    )
    play = simulate_play(12, 10.0)
    expected = predict_ball(model, play)["position"]
    for other in (with_past(play, 3, 10.0), with_past(play, 2, 5.0)):
        found = predict_ball(model, other)["position"]
        np.testing.assert_array_equal(found, expected)
    # Selected frames keep their past.
    chosen = with_past(play, 3, 5.0)[6:]
    np.testing.assert_allclose(
        predict_ball(model, chosen)["position"], expected[6:], atol=1e-4
    )
    single = BallPositionPredictor(width=8, depth=1, map_width=4)
    found = predict_ball(single, with_past(play, 3, 5.0))["position"]
    np.testing.assert_array_equal(found, predict_ball(single, play)["position"])


def test_what_cannot_be_used_is_quoted():
    model = BallPositionPredictor(width=8, depth=1, map_width=4)
    play = simulate_play(3)
    with pytest.raises(ValueError, match="`tracking` must have a frame"):
        predict_ball(model, play[:0])
    for size in (0, -1, "a"):
        with pytest.raises(ValueError, match="`batch_size`.*Received: batch"):
            predict_ball(model, play, size)
