import numpy as np
import pytest

from convzoo.losses import BallPath
from tests.layer_checks import gradients
from tests.support import numpy_of


def paths(seed=0):
    """Balls, some unknown, and the outputs of a model."""
    random = np.random.default_rng(seed)
    ball = random.normal(0, 20, (3, 7, 2))
    ball[0, 2] = ball[1, :4] = ball[2] = np.nan
    found = {
        "position": np.nan_to_num(ball) + random.normal(0, 3, ball.shape),
        "radius_50": random.uniform(0, 4, (3, 7)),
        "radius_90": random.uniform(2, 9, (3, 7)),
    }
    return ball.astype("float32"), {
        name: array.astype("float32") for name, array in found.items()
    }


def looped(ball, found, weight):
    losses = []
    for sequence in range(len(ball)):
        values = []
        for frame in range(ball.shape[1]):
            if np.isnan(ball[sequence, frame]).any():
                continue
            way = found["position"][sequence, frame] - ball[sequence, frame]
            distance = np.hypot(*way)
            value = distance
            for name, share in (("radius_50", 0.5), ("radius_90", 0.9)):
                outside = distance - found[name][sequence, frame]
                value += weight * max(share * outside, (share - 1) * outside)
            values.append(value)
        losses.append(np.mean(values) if values else 0)
    return np.array(losses)


@pytest.mark.parametrize("weight", [0, 0.3])
def test_equals_loops(weight):
    ball, found = paths()
    loss = BallPath(radius_weight=weight, reduction="none")
    np.testing.assert_allclose(
        numpy_of(loss(ball, found)), looped(ball, found, weight), atol=1e-3
    )


def test_radii_are_best_at_their_quantiles():
    """The best constant radius holds 50 or 90 % of 1,000 distances."""
    random = np.random.default_rng(0)
    ball = random.normal(0, 5, (1, 1000, 2)).astype("float32")
    lengths = np.linalg.norm(ball[0], axis=1)
    radii = np.linspace(2, 14, 61)
    zeros = np.zeros((1, 1000), "float32")
    for name, share in (("radius_50", 0.5), ("radius_90", 0.9)):
        values = [
            float(
                BallPath()(
                    ball,
                    {
                        "position": np.zeros_like(ball),
                        "radius_50": zeros,
                        "radius_90": zeros,
                        name: np.full_like(zeros, radius),
                    },
                )
            )
            for radius in radii
        ]
        best = radii[np.argmin(values)]
        assert best == pytest.approx(np.quantile(lengths, share), abs=0.2)


def test_radii_do_not_move_the_position():
    ball, found = paths()
    names = list(found)

    def value(weight):
        loss = BallPath(radius_weight=weight)
        return lambda *arrays: loss(ball, dict(zip(names, arrays, strict=True)))

    arrays = [found[name] for name in names]
    with_radii, without = (
        gradients(value(weight), arrays, 1.0)[0] for weight in (5.0, 0.0)
    )
    np.testing.assert_allclose(with_radii, without, atol=1e-6)


def test_gradients_are_finite_at_the_ball():
    ball, found = paths()
    at_ball = np.nan_to_num(ball)
    (gradient,) = gradients(
        lambda position: BallPath()(ball, {**found, "position": position}),
        [at_ball],
        1.0,
    )
    assert np.isfinite(gradient).all()


@pytest.mark.parametrize(
    "given", [np.zeros((1, 2, 2)), {"position": np.zeros((1, 2, 2))}]
)
def test_other_predictions_are_refused(given):
    with pytest.raises(ValueError, match=r"`y_pred` must be .*Received"):
        BallPath()(np.zeros((1, 2, 2)), given)


@pytest.mark.parametrize("weight", [-1, "1", None, float("nan")])
def test_wrong_weights_are_refused(weight):
    with pytest.raises(ValueError, match=r"`radius_weight`.*Received"):
        BallPath(radius_weight=weight)


def test_config_makes_an_equal_loss():
    loss = BallPath.from_config(BallPath(radius_weight=0.7).get_config())
    assert loss.radius_weight == 0.7
