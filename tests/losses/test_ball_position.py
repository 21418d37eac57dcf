import json

import keras
import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from convzoo.losses import BallPosition
from tests.layer_checks import BACKEND, examples, gradients
from tests.support import numpy_of

ROWS, COLUMNS, PLAYERS = 7, 10, 5


def scene(batch=3, seed=0):
    """Return ball positions and outputs of a network."""
    random = np.random.default_rng(seed)
    heatmap = random.random((batch, ROWS, COLUMNS)) ** 4
    heatmap /= heatmap.sum((1, 2), keepdims=True)
    carrier = random.dirichlet(np.ones(PLAYERS), batch)
    players = random.uniform((-9, -6), (9, 6), (batch, PLAYERS, 2))
    ball = players[:, 2] + random.normal(0, 0.7, (batch, 2))
    players[0, 1] = np.nan
    carrier[0, 1] = 0
    y_pred = {
        "heatmap": heatmap,
        "carrier": carrier,
        "players": players,
        "team": random.integers(2, size=(batch, PLAYERS)),
    }
    return ball.astype("float32"), {
        name: array.astype("float32") for name, array in y_pred.items()
    }


def looped(loss, ball, y_pred):
    """Compute the loss frame by frame, in float64."""
    frames = [
        {name: array[i].astype("float64") for name, array in y_pred.items()}
        for i in range(len(ball))
    ]
    return np.array(
        [
            looped_one(loss, b.astype("float64"), f)
            for b, f in zip(ball, frames, strict=True)
        ]
    )


def looped_one(loss, ball, frame):
    x, y = (
        [(k + 0.5 - (n / 2 if loss.origin == "center" else 0)) * loss.cell
         for k in range(n)]
        for n in (COLUMNS, ROWS)
    )  # fmt: skip
    blurred = np.zeros((ROWS, COLUMNS))
    for row, column in np.ndindex(ROWS, COLUMNS):
        shares = gaussian(loss, y, y[row])[:, None] * gaussian(
            loss, x, x[column]
        )
        blurred += frame["heatmap"][row, column] * shares
    target = gaussian(loss, y, min(max(ball[1], y[0]), y[-1]))[
        :, None
    ] * gaussian(loss, x, min(max(ball[0], x[0]), x[-1]))
    value = -np.sum(target * np.log(blurred + 1e-7))
    value += loss.distance_weight * huber(loss, frame["heatmap"], x, y, ball)
    if "carrier" not in frame:
        return value
    distances = np.linalg.norm(frame["players"] - ball, axis=1)
    if not np.nanmin(distances) < loss.carrier_radius:
        return value
    nearness = np.exp(-2 * (distances / loss.cell) ** 2)
    share = np.nan_to_num(nearness) / np.nansum(nearness)
    entropy = -sum(
        s * np.log(c + 1e-7)
        for s, c in zip(share, frame["carrier"], strict=True)
    )
    truth, odds = frame["team"] @ share, frame["team"] @ frame["carrier"]
    of_team = -truth * np.log(odds + 1e-7)
    of_team -= (1 - truth) * np.log(1 - odds + 1e-7)
    return value + loss.carrier_weight * entropy + loss.team_weight * of_team


def gaussian(loss, centres, place):
    shares = np.exp(-(((np.array(centres) - place) / loss.sigma) ** 2) / 2)
    return shares / shares.sum()


def huber(loss, heatmap, x, y, ball):
    row, column = np.unravel_index(heatmap.argmax(), heatmap.shape)
    half = loss.window // 2
    mass, mean = 0.0, np.zeros(2)
    for r, c in np.ndindex(heatmap.shape):
        if abs(r - row) <= half and abs(c - column) <= half:
            mass += heatmap[r, c]
            mean += heatmap[r, c] * np.array([x[c], y[r]])
    distance = np.linalg.norm(mean / mass - ball) / loss.delta
    return distance**2 / 2 if distance <= 1 else distance - 0.5


@pytest.mark.parametrize(
    "arguments",
    [
        {},
        {"origin": "corner", "cell": 4.0, "sigma": 6.0},
        {"window": 3, "distance_weight": 1.0, "delta": 0.5},
        {"carrier_weight": 2.0, "team_weight": 1.0, "carrier_radius": 0.8},
    ],
)
@pytest.mark.long
def test_frame_by_frame(arguments):
    loss = BallPosition(reduction="none", **arguments)
    ball, y_pred = scene(6)
    found = numpy_of(loss(ball, y_pred))
    np.testing.assert_allclose(found, looped(loss, ball, y_pred), rtol=1e-4)


@examples(15)
@given(
    st.floats(0.3, 6),
    st.floats(0.5, 9),
    st.integers(1, 9),
    st.integers(0, 99),
)
# The cell is nearly impossible, and no blur raises its probability.
@example(5.0, 1.0, 1, 29)
@pytest.mark.long
def test_any_cell(cell, sigma, window, seed):
    loss = BallPosition(cell, sigma=sigma, window=window, reduction="none")
    ball, y_pred = scene(2, seed)
    found = numpy_of(loss(ball, y_pred))
    expected = looped(loss, ball, y_pred)
    np.testing.assert_allclose(found, expected, rtol=2e-3, atol=2e-3)


@pytest.mark.long
def test_without_players_the_heatmap_counts_alone():
    loss = BallPosition(reduction="none")
    ball, y_pred = scene()
    alone = {"heatmap": y_pred["heatmap"]}
    found = numpy_of(loss(ball, alone))
    np.testing.assert_allclose(found, looped(loss, ball, alone), rtol=1e-4)


def test_weights_and_reductions():
    ball, y_pred = scene()
    each = numpy_of(BallPosition(reduction="none")(ball, y_pred))
    weights = np.array([0.5, 2, 0], "float32")
    found = BallPosition()(ball, y_pred, weights)
    np.testing.assert_allclose(
        numpy_of(found), (each * weights).mean(), rtol=1e-5
    )


def test_gradients_are_finite_where_it_is_certain_and_wrong():
    ball, y_pred = scene()
    heatmap = np.zeros((3, ROWS, COLUMNS), "float32")
    heatmap[:, 0, 0] = 1
    carrier = np.eye(PLAYERS, dtype="float32")[[0, 0, 0]]
    loss = BallPosition(reduction="none")

    def value(heatmap, carrier):
        return loss(ball, {**y_pred, "heatmap": heatmap, "carrier": carrier})

    upstream = np.ones(3, "float32")
    for gradient in gradients(value, [heatmap, carrier], upstream):
        assert np.isfinite(gradient).all() and np.any(gradient != 0)


@pytest.mark.parametrize("team", [0.0, 1.0])
def test_one_team_alone_may_add_up_to_more_than_one(team):
    ball, y_pred = scene()
    y_pred["team"] = np.full_like(y_pred["team"], team)
    y_pred["carrier"] = y_pred["carrier"] * np.float32(1 + 1e-6)
    loss = BallPosition(reduction="none", team_weight=1.0)
    assert np.isfinite(numpy_of(loss(ball, y_pred))).all()

    def value(carrier):
        return loss(ball, {**y_pred, "carrier": carrier})

    upstream = np.ones(3, "float32")
    (gradient,) = gradients(value, [y_pred["carrier"]], upstream)
    assert np.isfinite(gradient).all()


@pytest.mark.long
def test_a_sharp_heatmap_is_no_worse_for_being_sharp():
    ball = np.array([[1.0, 2.0]], "float32")
    loss = BallPosition(distance_weight=0)
    cells = np.zeros((2, 1, ROWS, COLUMNS), "float32")
    cells[0, 0, 3:5, 5] = 0.5
    cells[1] = 1 / ROWS / COLUMNS
    sharp, flat = (float(loss(ball, {"heatmap": h})) for h in cells)
    # The best heatmap is concentrated at the ball.
    shares = gaussian(loss, np.arange(-9, 10, 2.0), 1.0)
    down = gaussian(loss, np.arange(-6, 7, 2.0), 2.0)
    target = np.outer(down, shares)
    assert sharp < flat
    assert sharp - -np.sum(target * np.log(target)) < 0.1


def test_configuration_returns():
    arguments = {
        "cell": 1.5,
        "origin": "corner",
        "sigma": 3.0,
        "window": 3,
        "distance_weight": 0.2,
        "delta": 1.0,
        "carrier_weight": 0.7,
        "carrier_radius": 2.0,
        "team_weight": 0.3,
    }
    config = BallPosition(**arguments).get_config()
    again = BallPosition.from_config(json.loads(json.dumps(config)))
    assert again.get_config() == config
    assert all(config[name] == value for name, value in arguments.items())


@pytest.mark.skipif(
    BACKEND == "torch", reason="its compiler is another product"
)
def test_compiled_it_is_the_same():
    ball, y_pred = scene()
    loss = BallPosition(reduction="none")
    expected = numpy_of(loss(ball, y_pred))
    if BACKEND == "jax":
        import jax

        call = jax.jit(loss)
    else:
        import tensorflow as tf

        call = tf.function(loss, jit_compile=True)
    tensors = {n: keras.ops.convert_to_tensor(a) for n, a in y_pred.items()}
    found = numpy_of(call(keras.ops.convert_to_tensor(ball), tensors))
    np.testing.assert_allclose(found, expected, rtol=1e-4)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("cell", 0),
        ("origin", "top"),
        ("sigma", -1),
        ("window", 2.5),
        ("distance_weight", -0.1),
        ("delta", np.inf),
        ("carrier_weight", "1"),
        ("carrier_radius", None),
        ("team_weight", np.nan),
    ],
)
def test_arguments_are_quoted(name, value):
    with pytest.raises(ValueError, match=f"`{name}`.*Received: {name}"):
        BallPosition(**{name: value})
