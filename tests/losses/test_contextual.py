import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from convzoo.losses import Contextual, FeatureExtractor, contextual, matching
from tests.layer_checks import examples, gradients
from tests.loss_checks import random_pair
from tests.losses import similarity
from tests.support import numpy_of, rest_long, run_loss_test


def features(layers="block2_conv2", **arguments):
    return FeatureExtractor("vgg19", layers, weights=None, **arguments)


def maps(seed=0, shape=(2, 5, 4, 6), other=None):
    """Return two feature maps of different means, so that the mean matters."""
    random = np.random.default_rng(seed)
    target = random.normal(size=shape) + 0.3
    source = random.normal(size=other or shape)
    return target.astype("float32"), source.astype("float32")


def looped(target, source, bandwidth=0.5, epsilon=1e-5, distance="cosine"):
    """Compute the equations of the paper for one pair, in float64."""
    t, s = (
        m.reshape(-1, m.shape[-1]).astype("float64") for m in (target, source)
    )
    if distance == "cosine":
        t, s = t - t.mean(axis=0), s - t.mean(axis=0)
    d = np.empty((len(s), len(t)))
    for i, j in np.ndindex(d.shape):
        if distance == "cosine":
            cosine = s[i] @ t[j] / np.linalg.norm(s[i]) / np.linalg.norm(t[j])
            d[i, j] = (1 - cosine) / 2
        else:
            d[i, j] = np.sum((s[i] - t[j]) ** 2)
    relative = d / (d.min(axis=1, keepdims=True) + epsilon)
    w = np.exp((1 - relative) / bandwidth)
    cx = w / w.sum(axis=1, keepdims=True)
    return -np.log(np.mean(cx.max(axis=0)))


@pytest.mark.parametrize(
    "arguments",
    rest_long({}, {"distance": "l2", "bandwidth": 0.8, "epsilon": 0.1}),
)
def test_loss(arguments, tmp_path):
    run_loss_test(
        Contextual,
        {"features": features(), **arguments},
        random_pair((2, 16, 18, 3)),
        folder=tmp_path,
        other_pairs=[random_pair((1, 10, 30, 3))],
        tolerance=1e-4,
    )


@examples(20)
@given(
    st.integers(0, 1000),
    st.sampled_from(["cosine", "l2"]),
    st.sampled_from([0.1, 0.5, 2.0]),
    st.sampled_from([1e-5, 1e-3]),
)
def test_values_as_loops(seed, distance, bandwidth, epsilon):
    target, source = maps(seed, (2, 4, 5, 6), (2, 3, 7, 6))
    settings = {
        "bandwidth": bandwidth,
        "epsilon": epsilon,
        "distance": distance,
    }
    expected = [
        looped(t, s, **settings) for t, s in zip(target, source, strict=True)
    ]
    found = numpy_of(contextual(target, source, **settings))
    np.testing.assert_allclose(found, expected, rtol=1e-5)


@pytest.mark.parametrize("distance", ["cosine", "l2"])
@pytest.mark.long
def test_gradients_as_differences(distance):
    target, source = maps(shape=(1, 3, 4, 5))
    (found,) = gradients(
        lambda s: contextual(target, s, distance=distance),
        [source],
        np.ones(1, "float32"),
    )
    expected, step = np.empty(source.shape), 1e-6
    for index in np.ndindex(source.shape):
        values = []
        for sign in (-1, 1):
            moved = source.astype("float64")
            moved[index] += sign * step
            values.append(looped(target[0], moved[0], distance=distance))
        expected[index] = (values[1] - values[0]) / (2 * step)
    largest = np.max(np.abs(expected))
    np.testing.assert_allclose(found, expected, atol=1e-3 * largest)


@pytest.mark.parametrize("distance", ["cosine", "l2"])
@pytest.mark.parametrize("rows", [1, 3, 7, 19])
@pytest.mark.long
def test_parts_are_the_whole(monkeypatch, rows, distance):
    target, source = maps(shape=(2, 5, 4, 6))
    upstream = np.ones(2, "float32")

    def both():
        def call(t, s):
            return contextual(t, s, distance=distance)

        value = numpy_of(call(target, source))
        return [value, *gradients(call, [target, source], upstream)]

    whole = both()
    monkeypatch.setattr(matching, "_NUMBERS_AT_ONCE", rows * 2 * 20)
    for found, expected in zip(both(), whole, strict=True):
        np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-6)


def test_equal_maps():
    target, _ = maps()
    np.testing.assert_allclose(
        numpy_of(contextual(target, target)), 0, atol=1e-6
    )


def test_flat_maps_give_the_logarithm_of_their_size():
    flat = np.full((2, 5, 4, 6), 3.0, "float32")
    found = numpy_of(contextual(flat, flat))
    np.testing.assert_allclose(found, np.log(20), rtol=1e-6)


def test_vectors_without_a_direction_have_finite_gradients():
    target, source = maps(shape=(1, 3, 3, 4))
    source[0, 1, 1] = target.mean(axis=(0, 1, 2))
    target[0, 2, 2] = 0
    for pair in ((target, source), (target, 0 * source), (0 * target, source)):
        found = gradients(contextual, pair, np.ones(1, "float32"))
        assert all(np.all(np.isfinite(gradient)) for gradient in found)


def test_it_is_not_symmetric():
    target, source = maps()
    there, back = contextual(target, source), contextual(source, target)
    assert np.all(np.abs(numpy_of(there) - numpy_of(back)) > 1e-5)


def test_places_do_not_matter():
    target, source = maps()
    turned = source[:, ::-1, ::-1]
    np.testing.assert_allclose(
        numpy_of(contextual(target, source)),
        numpy_of(contextual(target, turned)),
        rtol=1e-5,
    )


def test_a_shift_costs_far_less_than_by_squares():
    """Compare a shift of three pixels with noise of the same squared error."""
    photograph = similarity.PAIRS["even"][0] / 255
    here, there = photograph[40:88, 40:88], photograph[40:88, 43:91]
    noise = np.random.default_rng(0).normal(size=here.shape)
    noisy = here + noise * np.sqrt(np.mean((here - there) ** 2))
    loss = Contextual(features())
    here, there, noisy = (
        np.expand_dims(y, 0).astype("float32") for y in (here, there, noisy)
    )
    shifted, changed = (float(numpy_of(loss(here, y))) for y in (there, noisy))
    assert shifted < 0.5 * changed


def test_layers_are_weighted_and_added():
    x, y = random_pair((2, 16, 16, 3))
    each = [
        numpy_of(Contextual(features(name))(x, y))
        for name in ("block1_conv1", "block2_conv1")
    ]
    both = features({"block1_conv1": 0.5, "block2_conv1": 2.0})
    expected = 0.5 * each[0] + 2 * each[1]
    np.testing.assert_allclose(
        numpy_of(Contextual(both)(x, y)), expected, rtol=1e-5
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("features", "vgg19"),
        ("bandwidth", 0),
        ("epsilon", 0.0),
        ("distance", "l1"),
    ],
)
def test_arguments_are_quoted(name, value):
    arguments = {"features": features(), name: value}
    with pytest.raises(ValueError, match=f"`{name}`.*{name}="):
        Contextual(**arguments)


def test_shapes_are_quoted():
    x, y = random_pair((1, 16, 16, 3))
    loss = Contextual(features())
    with pytest.raises(ValueError, match="same shape.*15, 3"):
        loss(x, y[:, :, :15])
    with pytest.raises(ValueError, match="`y_true`.*3 channels"):
        loss(x[:, :, :, :1], y[:, :, :, :1])


def test_maps_of_integers_are_compared_as_floats():
    target, source = (np.uint8(20 * m + 60) for m in maps())
    expected = contextual(target.astype("float32"), source.astype("float32"))
    np.testing.assert_array_equal(
        numpy_of(contextual(target, source)), numpy_of(expected)
    )


@pytest.mark.parametrize(
    ("target", "source", "named"),
    [
        ((2, 0, 4, 3), (2, 5, 4, 3), "target"),
        ((2, 5, 4, 3), (2, 5, 0, 3), "source"),
        ((2, 5, 4, 0), (2, 5, 4, 0), "target"),
        ((2, 5, 4), (2, 5, 4, 3), "target"),
        ((2, 5, 4, 3), (2, 5, 4, 2), "source"),
        ((2, 5, 4, 3), (3, 5, 4, 3), "source"),
    ],
)
def test_invalid_maps_are_named(target, source, named):
    with pytest.raises(ValueError, match=f"`{named}"):
        contextual(np.zeros(target, "float32"), np.zeros(source, "float32"))
