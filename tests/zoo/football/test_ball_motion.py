import numpy as np
import pytest

from convzoo.zoo import BallMotion
from convzoo.zoo.football.motion_block import shifted
from convzoo.zoo.football.motion_inputs import CANDIDATES, EVIDENCE
from tests.support import numpy_of, randomized

SMALL = {"width": 8, "dilations": (1, 3)}


@pytest.fixture(scope="module")
def model():
    return randomized(BallMotion(**SMALL))


@pytest.fixture(scope="module")
def causal():
    return randomized(BallMotion(**SMALL, causal=True))


def sequences(frames=20, batch=2, seed=0):
    model = BallMotion(width=1, dilations=(1,))
    shapes = {
        name: (batch, frames, *shape[2:])
        for name, shape in model.serving_inputs.items()
    }
    return model.serving_examples(shapes, np.random.default_rng(seed))


def answers(model, inputs):
    return {name: numpy_of(each) for name, each in model(inputs).items()}


def test_at_first_it_is_the_mean_of_the_candidates():
    inputs = sequences()
    found = answers(BallMotion(**SMALL), inputs)
    expected = np.nanmean(inputs["places"], axis=2)
    np.testing.assert_allclose(found["position"], expected, atol=1e-4)


def test_what_comes_out(model):
    found = answers(model, sequences())
    assert found["position"].shape == (2, 20, 2)
    assert (found["radius_90"] >= found["radius_50"]).all()
    assert (found["radius_50"] >= 0).all()


@pytest.mark.parametrize("name", ["model", "causal"])
def test_padding_changes_nothing(name, request):
    model, inputs = request.getfixturevalue(name), sequences()
    padded = {
        key: np.pad(
            each,
            [(0, 0), (0, 9)] + [(0, 0)] * (each.ndim - 2),
            constant_values=0 if key == "evidence" else np.nan,
        )
        for key, each in inputs.items()
    }
    whole, expected = answers(model, padded), answers(model, inputs)
    for key, each in expected.items():
        np.testing.assert_allclose(whole[key][:, :20], each, atol=1e-4)


def test_looking_back_only_sees_no_later_frame(model, causal):
    inputs = sequences()
    changed = {name: each.copy() for name, each in inputs.items()}
    for name, each in sequences(seed=1).items():
        changed[name][:, 12:] = each[:, 12:]
    for each, same in ((causal, True), (model, False)):
        before, after = (
            answers(each, given)["position"][:, :12]
            for given in (inputs, changed)
        )
        assert np.allclose(before, after, atol=1e-5) == same


def test_a_receptive_field_of_its_dilations(model):
    """Blocks of 1 and 3 frames see 4 frames, and velocities one more."""
    inputs = sequences()
    changed = {name: each.copy() for name, each in inputs.items()}
    changed["places"][:, 10] += 1
    apart = np.abs(
        answers(model, inputs)["position"] - answers(model, changed)["position"]
    ).max(axis=(0, 2))
    assert np.flatnonzero(apart > 1e-6).tolist() == list(range(6, 16))


def test_missing_candidates_do_not_count(model):
    inputs = sequences()
    hidden = np.isnan(inputs["places"]).any(axis=3)
    other = {name: each.copy() for name, each in inputs.items()}
    # A candidate that is half known is missing, too.
    other["places"][hidden] = [3.0, np.nan]
    for a, b in zip(
        answers(model, inputs).values(),
        answers(model, other).values(),
        strict=True,
    ):
        np.testing.assert_array_equal(a, b)


def test_frames_without_anything_are_finite(model):
    inputs = sequences()
    inputs["places"][:] = inputs["velocities"][:] = np.nan
    inputs["evidence"][:, :, 1:] = np.nan
    for each in answers(model, inputs).values():
        assert np.isfinite(each).all()


def test_scales_multiply_the_radii(model):
    other = BallMotion(**SMALL, radius_scales=(2.0, 0.5))
    other.set_weights(model.get_weights())
    inputs = sequences()
    plain, scaled = answers(model, inputs), answers(other, inputs)
    for name, scale in (("radius_50", 2), ("radius_90", 0.5), ("position", 1)):
        np.testing.assert_allclose(scaled[name], scale * plain[name], rtol=1e-5)


def test_fit_learns_the_right_candidate():
    inputs = sequences(frames=8, batch=16)
    ball = inputs["places"][:, :, 4]
    model = BallMotion(**SMALL, dropout=0)
    model.compile("adam")
    before = float(model.evaluate(inputs, ball, verbose=0))
    model.optimizer.learning_rate = 0.02
    model.fit(inputs, ball, epochs=12, verbose=0)
    assert float(model.evaluate(inputs, ball, verbose=0)) < before / 2


@pytest.mark.parametrize("frames", [-3, -1, 0, 1, 4, 9])
def test_shifted_frames(frames):
    x = np.random.default_rng(0).normal(size=(2, 6, 3)).astype("float32")
    expected = np.zeros_like(x)
    for frame in range(6):
        if 0 <= frame - frames < 6:
            expected[:, frame] = x[:, frame - frames]
    np.testing.assert_array_equal(numpy_of(shifted(x, frames)), expected)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("width", 0),
        ("dilations", ()),
        ("dilations", 3),
        ("dilations", (1, 0)),
        ("causal", 1),
        ("frame_rate", 0),
        ("dropout", 1.5),
        ("radius_scales", (1.0,)),
        ("radius_scales", (1.0, 0.0)),
    ],
)
def test_wrong_arguments_are_refused(name, value):
    with pytest.raises(ValueError, match=rf"`{name}.*Received"):
        BallMotion(**{**SMALL, name: value})


@pytest.mark.parametrize(
    ("change", "match"),
    [
        (lambda x: x["places"], "must be a dictionary"),
        (lambda x: {"places": x["places"]}, r"Received: \['places'\]"),
        (
            lambda x: {**x, "evidence": x["evidence"][:, :, 1:]},
            rf"`evidence`.*frames, {len(EVIDENCE)}\)",
        ),
        (
            lambda x: {**x, "places": x["places"][:, :, 1:]},
            rf"`places`.*frames, {len(CANDIDATES)}, 2\)",
        ),
        (lambda x: {**x, "velocities": x["evidence"]}, "`velocities`"),
    ],
)
def test_wrong_inputs_are_refused(change, match, model):
    with pytest.raises(ValueError, match=match):
        model(change(sequences()))


def test_a_saved_model_is_the_same(model, tmp_path):
    model.save_to_preset(tmp_path / "preset")
    other = BallMotion.from_preset(tmp_path / "preset")
    assert other.arguments == model.arguments
    inputs = sequences()
    for a, b in zip(
        answers(model, inputs).values(),
        answers(other, inputs).values(),
        strict=True,
    ):
        np.testing.assert_allclose(a, b, atol=1e-2)
