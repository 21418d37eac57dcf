"""BallPositionPredictor: invariances, dependencies and bad input."""

import json
from typing import get_args

import keras
import numpy as np
import pytest

from convzoo.common.choices import Spatial
from convzoo.losses import BallPosition
from convzoo.zoo import BallPositionPredictor
from convzoo.zoo.football.spatial_network import SpatialNetwork
from tests.layer_checks import BACKEND
from tests.support import numpy_of, randomized

pytestmark = pytest.mark.usefixtures("one_process")

KEYS = ["carrier", "heatmap", "position", "radius_50", "radius_90", "team"]


def tiny(**arguments):
    """A small network with random weights."""
    defaults = {"width": 8, "depth": 1, "heads": 2, "map_width": 6}
    model = BallPositionPredictor(**{**defaults, **arguments})
    return randomized(model)


def scene(batch=3, count=7, frames=None, seed=0):
    """Players of two teams: one is missing, one has no velocity."""
    random = np.random.default_rng(seed)
    middle = (batch, count) if frames is None else (batch, frames, count)
    players = random.uniform((-45, -30), (45, 30), (*middle, 2))
    velocities = random.normal(0, 3, (*middle, 2))
    players[0, ..., 1, :] = velocities[0, ..., 1, :] = np.nan
    velocities[1, ..., 2, :] = np.nan
    return {
        "players": players.astype("float32"),
        "velocities": velocities.astype("float32"),
        "team": random.integers(2, size=(batch, count)).astype("float32"),
    }


def outputs(model, inputs):
    return {k: numpy_of(v) for k, v in model(inputs, training=False).items()}


def assert_alike(found, expected, atol=2e-3, carrier=lambda c: c):
    for name in KEYS:
        one, other = found[name], expected[name]
        if name == "carrier":
            other = carrier(other)
        np.testing.assert_allclose(one, other, atol=atol, err_msg=name)


@pytest.mark.parametrize("spatial", get_args(Spatial))
def test_what_comes_out(spatial):
    found = outputs(tiny(spatial=spatial), scene())
    assert sorted(found) == KEYS
    assert found["heatmap"].shape == (3, 38, 56)
    assert found["carrier"].shape == (3, 7)
    np.testing.assert_allclose(found["heatmap"].sum((1, 2)), 1, atol=1e-4)
    np.testing.assert_allclose(found["carrier"].sum(1), 1, atol=1e-4)
    assert found["carrier"][0, 1] == 0
    assert np.all(found["heatmap"] >= 0)
    assert np.all(found["radius_50"] < found["radius_90"])
    team = (found["carrier"] * scene()["team"]).sum(1)
    np.testing.assert_allclose(found["team"], team, atol=1e-5)


def test_order_of_players_does_not_count():
    model, inputs = tiny(), scene()
    order = np.random.default_rng(3).permutation(7)
    other = {name: array[:, order] for name, array in inputs.items()}
    assert_alike(
        outputs(model, other),
        outputs(model, inputs),
        carrier=lambda c: c[:, order],
    )


@pytest.mark.parametrize("spatial", ["dilated", "all"])
@pytest.mark.long
def test_missing_players_are_not_seen(spatial):
    model, inputs = tiny(spatial=spatial), scene()
    gone = {name: array[:1, 1:2] for name, array in inputs.items()}
    more = {
        name: np.concatenate([array, np.repeat(gone[name], 3, axis=0)], axis=1)
        for name, array in inputs.items()
    }
    assert_alike(
        {**(found := outputs(model, more)), "carrier": found["carrier"][:, :7]},
        outputs(model, inputs),
    )
    assert np.all(found["carrier"][:, 7:] == 0)


def test_velocities_that_nobody_knows_may_be_left_out():
    model, inputs = tiny(), scene()
    unknown = np.full_like(inputs["players"], np.nan)
    without = {k: v for k, v in inputs.items() if k != "velocities"}
    found = outputs(model, without)
    assert_alike(found, outputs(model, {**inputs, "velocities": unknown}), 1e-6)
    still = outputs(model, {**inputs, "velocities": 0 * inputs["players"]})
    assert np.abs(found["carrier"] - still["carrier"]).max() > 1e-3


def test_nobody_there_leaves_the_cells():
    inputs = scene()
    inputs["players"][:] = np.nan
    found = outputs(tiny(), inputs)
    assert all(np.isfinite(array).all() for array in found.values())
    np.testing.assert_array_equal(found["carrier"], 0)
    np.testing.assert_allclose(found["heatmap"].sum((1, 2)), 1, atol=1e-4)


@pytest.mark.parametrize("signs", [(-1, 1), (1, -1), (-1, -1)])
def test_four_views_know_no_side(signs):
    model, inputs = tiny(flips=True), scene()
    mirrored = {
        **inputs,
        "players": inputs["players"] * np.array(signs, "float32"),
        "velocities": inputs["velocities"] * np.array(signs, "float32"),
    }
    found, expected = outputs(model, mirrored), outputs(model, inputs)
    expected["position"] = expected["position"] * np.array(signs)
    expected["heatmap"] = expected["heatmap"][:, :: signs[1], :: signs[0]]
    assert_alike(found, expected)


def test_one_view_knows_sides():
    model, inputs = tiny(), scene()
    mirrored = {**inputs, "players": -inputs["players"]}
    mirrored["velocities"] = -inputs["velocities"]
    found, expected = outputs(model, mirrored), outputs(model, inputs)
    assert np.abs(found["position"] + expected["position"]).max() > 0.01


@pytest.mark.parametrize("read_out", ["geometric_median", "mean", "mode"])
def test_read_outs_are_of_the_heatmap(read_out):
    model = tiny(read_out=read_out)
    found = outputs(model, scene())
    x, y = model.branch.raster.centres
    if read_out == "mean":
        mean = [(found["heatmap"] * x).sum((1, 2))]
        mean.append(found["heatmap"].sum(2) @ y)
        # The raster clips positions to its outermost cell centres.
        np.testing.assert_allclose(
            found["position"], np.stack(mean, 1), atol=0.5
        )
    if read_out == "geometric_median":
        cells = np.stack(np.meshgrid(x, y), -1).reshape(-1, 2)
        shares = found["heatmap"].reshape(3, -1)
        for position, share in zip(found["position"], shares, strict=True):
            least = min(
                share @ np.linalg.norm(cells - place, axis=1)
                for place in cells[::7]
            )
            distance = share @ np.linalg.norm(cells - position, axis=1)
            assert distance <= least + 0.1
    if read_out == "mode":
        row, column = np.unravel_index(
            found["heatmap"].reshape(3, -1).argmax(1), (38, 56)
        )
        peak = np.stack([x[column], y[row]], 1)
        assert np.abs(found["position"] - peak).max() <= 2 * np.sqrt(2)


def test_frames_of_the_past_count():
    model = tiny(frames=3, frame_rate=5)
    inputs = scene(frames=3)
    expected = outputs(model, inputs)
    assert expected["heatmap"].shape == (3, 38, 56)
    earlier = {**inputs, "players": inputs["players"].copy()}
    earlier["players"][:, 0] += 1
    changed = outputs(model, earlier)
    assert np.abs(changed["heatmap"] - expected["heatmap"]).max() > 1e-6


@pytest.mark.parametrize("spatial", get_args(Spatial))
@pytest.mark.parametrize("width", [8, 24, 32])
def test_all_see_with_the_same_parameters(spatial, width):
    counts = []
    for kind in ("plain", spatial):
        network = SpatialNetwork(28, width, kind)
        network.build((None, 19, 28, 28))
        counts.append(network.count_params())
    # One channel is about a tenth of a narrow network's parameters.
    assert abs(counts[1] / counts[0] - 1) < 1 / width + 0.01


@pytest.mark.long
def test_it_learns_who_runs_after_the_ball():
    """Training data in which all players run to the carrier."""
    random = np.random.default_rng(0)
    players = random.uniform((-40, -30), (40, 30), (128, 6, 2))
    carrier = random.integers(6, size=128)
    ball = players[np.arange(128), carrier]
    ways = ball[:, None] - players
    length = np.linalg.norm(ways, axis=2, keepdims=True)
    inputs = {
        "players": players.astype("float32"),
        "velocities": (4 * ways / np.maximum(length, 1)).astype("float32"),
        "team": np.tile([0.0, 1.0], (128, 3)).astype("float32"),
    }
    keras.utils.set_random_seed(0)
    model = BallPositionPredictor(
        width=16, depth=1, map_width=4, spatial="plain", dropout=0.0
    )
    model.compile(keras.optimizers.Adam(1e-2))
    history = model.fit(inputs, ball, 32, epochs=8, verbose=0).history
    assert history["loss"][-1] < 0.7 * history["loss"][0]
    found = model.predict(inputs, verbose=0)
    error = np.linalg.norm(found["position"] - ball, axis=1)
    assert np.median(error) < 3
    assert np.mean(found["carrier"].argmax(1) == carrier) > 0.8


@pytest.mark.long
def test_loss_is_that_of_the_loss_object():
    model, inputs = tiny(dropout=0.0), scene()
    ball = np.array([[3, 4], [-20, 10], [0, 0]], "float32")
    loss = BallPosition(carrier_radius=30.0)
    model.compile("sgd", loss)
    found = model.evaluate(inputs, ball, verbose=0)
    y_pred = {**outputs(model, inputs), "players": inputs["players"]}
    y_pred["team"] = inputs["team"]
    expected = numpy_of(loss(ball, y_pred))
    np.testing.assert_allclose(found, expected, rtol=1e-4)
    with pytest.raises(ValueError, match="`loss` must be a BallPosition.*mse"):
        model.compile("sgd", "mse")


def test_it_is_saved(tmp_path):
    model, inputs = tiny(read_out="mode", flips=True), scene()
    config = json.loads(json.dumps(model.get_config()))
    assert BallPositionPredictor.from_config(config).get_config() == {
        **model.get_config(),
        "pitch": model.pitch,
    }
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    assert_alike(outputs(loaded, inputs), outputs(model, inputs), 1e-5)


@pytest.mark.skipif(BACKEND != "tensorflow", reason="export needs TensorFlow")
@pytest.mark.slow
def test_it_leaves_keras(tmp_path):
    from convzoo.export import LiteRTModel, SavedModel
    from convzoo.export.litert import write_litert
    from convzoo.export.saved_model import write_saved_model

    model = tiny(spatial="all")
    write_saved_model(model, tmp_path / "saved")
    write_litert(tmp_path / "saved", tmp_path / "model.tflite")
    runs = (
        SavedModel(tmp_path / "saved"),
        LiteRTModel(tmp_path / "model.tflite"),
    )
    for batch, count in ((3, 7), (2, 22), (2, 1)):
        inputs = scene(batch, max(count, 3))
        inputs = {name: array[:, -count:] for name, array in inputs.items()}
        expected = outputs(model, inputs)
        for run in runs:
            assert_alike(run(**inputs), expected)


@pytest.mark.skipif(BACKEND != "tensorflow", reason="export needs TensorFlow")
@pytest.mark.long
def test_several_frames_leave_keras(tmp_path):
    from convzoo.export import export_litert

    model = tiny(frames=3, frame_rate=5)
    # The export compares its outputs with Keras at these sizes.
    file = export_litert(
        model, tmp_path / "ball.tflite", sizes=[(1, 5, 8), (2, 9, 6)]
    )
    assert file.format == "litert"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("sees", "video"),
        ("channels", 0),
        ("pixels_per_metre", -4),
        ("spatial", "far"),
        ("read_out", "median"),
        ("flips", 1),
        ("pitch", 105),
        ("pitch", (105, 0)),
        ("cell", -1),
        ("temperature", 0),
        ("frames", 0),
        ("width", 1.5),
        ("depth", 0),
        ("heads", None),
        ("map_width", "8"),
        ("dropout", 1),
        ("frame_rate", 0),
    ],
)
def test_arguments_are_quoted(name, value):
    with pytest.raises(ValueError, match=f"`{name}.*Received: {name}"):
        BallPositionPredictor(**{name: value})


def test_frames_need_a_rate():
    with pytest.raises(ValueError, match="`frame_rate`.*None"):
        BallPositionPredictor(frames=2)


def test_pictures_are_of_one_frame():
    with pytest.raises(ValueError, match="`frames` must be 1.*frames=2"):
        BallPositionPredictor("image", frames=2, frame_rate=5.0)
    with pytest.raises(ValueError, match=r"a dictionary of \['players', 'te"):
        watching()(scene())


def test_inputs_are_quoted():
    model, inputs = tiny(), scene()
    for wrong, message in (
        (inputs["players"], "must be a dictionary"),
        ({"players": inputs["players"]}, r"Received: \['players'\]"),
        ({**inputs, "ball": inputs["team"]}, "'ball'"),
        ({**inputs, "players": inputs["players"][0]}, r"Received: \(7, 2\)"),
        ({**inputs, "team": inputs["team"][:, :3]}, r"`team` .*\(\d, 3\)"),
        ({**inputs, "team": inputs["team"][0]}, r"`team` .*\(7,\)"),
        (
            {**inputs, "velocities": inputs["velocities"][:, 1:]},
            r"`velocities` must.*, 6\)",
        ),
    ):
        with pytest.raises(ValueError, match=message):
            model(wrong)
    with pytest.raises(ValueError, match=r"\(batch, 2, n, 2\)"):
        tiny(frames=2, frame_rate=5)(scene(frames=3))


SEEN = ["heatmap", "position", "radius_50", "radius_90"]


def watching(**arguments):
    return tiny(sees="image", channels=2, **arguments)


def pictures(height=45, width=62, batch=2):
    random = np.random.default_rng(0)
    return random.random((batch, height, width, 2)).astype("float32")


@pytest.mark.parametrize("spatial", get_args(Spatial))
@pytest.mark.parametrize(("height", "width"), [(45, 62), (8, 12), (3, 5)])
@pytest.mark.long
def test_pictures_of_any_size(spatial, height, width):
    found = outputs(watching(spatial=spatial), pictures(height, width))
    assert sorted(found) == SEEN
    rows, columns = ((n + 7) // 8 * 2 for n in (height, width))
    assert found["heatmap"].shape == (2, rows, columns)
    np.testing.assert_allclose(found["heatmap"].sum((1, 2)), 1, atol=1e-4)
    assert np.all(found["position"] >= 2 - 1e-3)
    farthest = np.array([4 * columns - 2, 4 * rows - 2])
    assert np.all(found["position"] <= farthest + 1e-3)
    assert np.all(found["radius_50"] < found["radius_90"])


def test_light_and_contrast_do_not_count():
    """Invariance to the contrast, and to the mean of each channel."""
    model, image = watching(), pictures()
    expected = outputs(model, image)
    changed = 0.3 * image + np.array([0.5, -0.1], "float32")
    found = outputs(model, changed)
    for name in SEEN:
        np.testing.assert_allclose(
            found[name], expected[name], atol=5e-3, err_msg=name
        )


def test_an_empty_picture_is_as_good_as_any_other():
    model = watching()
    empty, grey = (
        outputs(model, np.full((1, 16, 24, 2), value, "float32"))
        for value in (0, 0.7)
    )
    for name in SEEN:
        assert np.all(np.isfinite(empty[name])), name
        np.testing.assert_allclose(grey[name], empty[name], rtol=1e-3)


def test_pixels_are_counted_from_the_corner():
    """Mean of the cell centres in pixels, weighted by the heatmap."""
    found = outputs(watching(read_out="mean"), pictures())
    x, y = (4 * np.arange(count) + 2 for count in (16, 12))
    mean = [(found["heatmap"] * x).sum((1, 2)), found["heatmap"].sum(2) @ y]
    np.testing.assert_allclose(found["position"], np.stack(mean, 1), rtol=1e-4)


@pytest.mark.parametrize("signs", [(-1, 1), (1, -1), (-1, -1)])
@pytest.mark.long
def test_four_views_of_a_picture_know_no_side(signs):
    model = watching(flips=True, spatial="all")
    image = pictures(24, 32)
    found = outputs(model, image[:, :: signs[1], :: signs[0]])
    expected = outputs(model, image)
    place = np.where(np.array(signs) < 0, (32, 24), 0)
    place = place + expected["position"] * signs
    np.testing.assert_allclose(found["position"], place, atol=1e-2)
    heatmap = expected["heatmap"][:, :: signs[1], :: signs[0]]
    np.testing.assert_allclose(found["heatmap"], heatmap, atol=1e-4)


@pytest.mark.long
def test_it_learns_where_the_bright_spot_is():
    random = np.random.default_rng(0)
    places = random.integers(4, 28, (128, 2))
    image = 0.1 * random.random((128, 32, 32, 1))
    image[np.arange(128), places[:, 1], places[:, 0]] = 3
    keras.utils.set_random_seed(0)
    model = BallPositionPredictor(
        sees="image", channels=1, map_width=8, spatial="plain"
    )
    model.compile(keras.optimizers.Adam(1e-2), BallPosition(4, "corner", 4.0))
    image, ball = image.astype("float32"), places.astype("float32") + 0.5
    model.fit(image, ball, 32, epochs=20, verbose=0)
    found = model.predict(image, verbose=0)["position"]
    assert np.median(np.linalg.norm(found - ball, axis=1)) < 4


def test_a_picture_is_measured_in_pixels():
    model = watching(pixels_per_metre=3.0, pitch=(100.0, 60.0))
    assert model.serving_scales["position"] == 300
    model.compile("sgd")
    assert model.loss.origin == "corner"
    assert (model.loss.sigma, model.loss.delta) == (7.5, 6.0)


@pytest.mark.skipif(BACKEND != "tensorflow", reason="export needs TensorFlow")
@pytest.mark.long
def test_pictures_leave_keras(tmp_path):
    from convzoo.export import LiteRTModel, SavedModel
    from convzoo.export.litert import write_litert
    from convzoo.export.saved_model import write_saved_model

    model = watching(spatial="all")
    write_saved_model(model, tmp_path / "saved")
    write_litert(tmp_path / "saved", tmp_path / "model.tflite")
    runs = (
        SavedModel(tmp_path / "saved"),
        LiteRTModel(tmp_path / "model.tflite"),
    )
    for height, width in ((45, 62), (3, 5), (64, 32)):
        image = pictures(height, width)
        expected = outputs(model, image)
        for run in runs:
            found = run(image=image)
            for name in SEEN:
                np.testing.assert_allclose(
                    found[name], expected[name], atol=2e-3, err_msg=name
                )


def test_pictures_are_quoted():
    with pytest.raises(ValueError, match=r"2 channels.*\(2, 45, 62, 1\)"):
        watching()(pictures()[..., :1])
    with pytest.raises(ValueError, match=r"rank 4.*\(45, 62, 2\)"):
        watching()(pictures()[0])
