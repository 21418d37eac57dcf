import numpy as np
import pytest

from convzoo.losses import Contextual, matching
from convzoo.losses.contextual_bilateral import (
    ContextualBilateral,
    bilateral_distance,
    bilateral_similarity,
)
from tests.layer_checks import BACKEND, gradients
from tests.loss_checks import random_pair
from tests.losses import similarity
from tests.losses.test_contextual import features, maps
from tests.support import numpy_of, rest_long, run_loss_test

FUNCTIONS = [bilateral_distance, bilateral_similarity]


def tables(target, source):
    """Return distances of features and of positions, by loops.

    Positions are fractions of a map.
    """
    t = target.reshape(-1, target.shape[-1]).astype("float64")
    s = source.reshape(-1, source.shape[-1]).astype("float64")
    t, s = t - t.mean(axis=0), s - t.mean(axis=0)
    likeness, ways = (np.empty((len(s), len(t))) for _ in range(2))
    for i, j in np.ndindex(likeness.shape):
        cosine = s[i] @ t[j] / np.linalg.norm(s[i]) / np.linalg.norm(t[j])
        likeness[i, j] = (1 - cosine) / 2
        here, there = (
            np.array(divmod(k, m.shape[1])) / m.shape[:2]
            for k, m in ((i, source), (j, target))
        )
        ways[i, j] = np.linalg.norm(here - there)
    return likeness, ways


def by_distance(target, source, weight):
    likeness, ways = tables(target, source)
    return np.mean(np.min(likeness + weight * ways, axis=1))


def by_similarity(target, source, weight, bandwidth=0.5, epsilon=1e-3):
    likeness, ways = tables(target, source)
    mixed = 0
    for share, d in ((1 - weight, likeness), (weight, (255 * ways) ** 2)):
        relative = d / (d.min(axis=1, keepdims=True) + epsilon)
        w = np.exp((1 - relative) / bandwidth)
        mixed = mixed + share * w / w.sum(axis=1, keepdims=True)
    return -np.log(np.mean(mixed.max(axis=0)))


@pytest.mark.parametrize("variant", rest_long("distance", "similarity"))
def test_loss(variant, tmp_path):
    run_loss_test(
        ContextualBilateral,
        {"features": features(), "variant": variant},
        random_pair((2, 16, 18, 3)),
        folder=tmp_path,
        other_pairs=[random_pair((1, 10, 30, 3))],
        identical=0.0 if variant == "distance" else None,
        tolerance=1e-4,
    )


@pytest.mark.parametrize("weight", [0.0, 0.1, 0.7])
@pytest.mark.parametrize(
    ("function", "oracle"),
    [(bilateral_distance, by_distance), (bilateral_similarity, by_similarity)],
)
@pytest.mark.parametrize("other", [(2, 5, 4, 6), (2, 3, 7, 6)])
def test_values_as_loops(function, oracle, weight, other):
    target, source = maps(1, (2, 5, 4, 6), other)
    expected = [
        oracle(t, s, weight) for t, s in zip(target, source, strict=True)
    ]
    found = numpy_of(function(target, source, weight))
    np.testing.assert_allclose(found, expected, rtol=1e-5)


@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize("rows", [1, 7, 19])
@pytest.mark.long
def test_parts_are_the_whole(monkeypatch, function, rows):
    target, source = maps(shape=(2, 5, 4, 6))
    upstream = np.ones(2, "float32")

    def both():
        value = numpy_of(function(target, source))
        return [value, *gradients(function, [target, source], upstream)]

    whole = both()
    monkeypatch.setattr(matching, "_NUMBERS_AT_ONCE", rows * 2 * 20)
    for found, expected in zip(both(), whole, strict=True):
        np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-6)


@pytest.mark.skipif(
    BACKEND != "tensorflow", reason="only TensorFlow has unknown sizes"
)
@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize("sides", [(5, 4), (None, None)])
def test_batches_of_unknown_length(function, sides):
    """`fit` retraces a step with an unknown batch size and the known sides."""
    import tensorflow as tf

    call = tf.function(
        function, input_signature=[tf.TensorSpec((None, *sides, 6))] * 2
    )
    pair = maps(shape=(3, 5, 4, 6))
    np.testing.assert_allclose(
        numpy_of(call(*pair)), numpy_of(function(*pair)), rtol=1e-5
    )


def test_without_a_spatial_share_it_is_contextual():
    x, y = random_pair((2, 16, 16, 3))
    alike = ContextualBilateral(features(), "similarity", 0, epsilon=1e-5)
    np.testing.assert_allclose(
        numpy_of(alike(x, y)), numpy_of(Contextual(features())(x, y)), rtol=1e-5
    )


@pytest.mark.parametrize("variant", ["distance", "similarity"])
def test_places_matter(variant):
    photograph = similarity.PAIRS["even"][0] / 255
    here = photograph[40:88, 40:88].astype("float32")
    loss = ContextualBilateral(features(), variant)
    near, far = (
        float(numpy_of(loss(here[None], np.roll(here, step, 1)[None])))
        for step in (2, 24)
    )
    assert near < far


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("features", None),
        ("variant", "both"),
        ("spatial_weight", 1.0),
        ("spatial_weight", -0.1),
        ("bandwidth", 0),
        ("epsilon", "1"),
    ],
)
def test_arguments_are_quoted(name, value):
    arguments = {"features": features(), name: value}
    with pytest.raises(ValueError, match=f"`{name}`.*{name}="):
        ContextualBilateral(**arguments)
