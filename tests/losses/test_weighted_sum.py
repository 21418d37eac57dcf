import json

import keras
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from keras import ops

from convzoo.losses import (
    SSIM,
    Charbonnier,
    LossMetric,
    TotalVariation,
    WeightedSum,
)
from tests.layer_checks import examples
from tests.loss_checks import LARGEST_FILE, random_pair
from tests.support import numpy_of, run_loss_test


@keras.saving.register_keras_serializable(package="tests")
def brightness(y_true, y_pred):
    means = [ops.mean(y, axis=(1, 2, 3)) for y in (y_true, y_pred)]
    return ops.abs(means[0] - means[1])


def usual_terms():
    return {
        "pixel": (Charbonnier(), 1.0),
        "structure": (SSIM(filter_size=3), 0.2),
        "smooth": (TotalVariation(), 0),
        "absolute": ["mean_absolute_error", 0.5],
        "brightness": (brightness, np.float32(0.25)),
    }


def test_loss(tmp_path):
    run_loss_test(
        WeightedSum,
        {"terms": usual_terms()},
        random_pair((3, 8, 7, 3)),
        folder=tmp_path,
        other_pairs=[random_pair((2, 5, 9, 3))],
        identical=1e-3,
    )


def test_nested(tmp_path):
    inner = WeightedSum({"one": (Charbonnier(0.1), 2.0), "two": ("mse", 3)})
    loss = WeightedSum({"inner": (inner, 0.5), "third": ("mae", 1)})
    config = json.loads(json.dumps(loss.get_config()))
    assert WeightedSum.from_config(config).get_config() == loss.get_config()
    y_true, y_pred = random_pair((2, 5, 4, 3))
    difference = y_pred - y_true
    expected = (
        np.sqrt(difference**2 + 0.01) + 1.5 * difference**2 + abs(difference)
    ).mean()
    np.testing.assert_allclose(loss(y_true, y_pred), expected, rtol=1e-5)


@examples(20)
@given(st.floats(0, 100), st.floats(0, 100), st.integers(1, 3))
def test_by_hand(first, second, rank):
    y_true, y_pred = random_pair((2, 4, 3, 5)[: rank + 1])
    difference = (y_pred - y_true).reshape(2, -1)
    expected = first * np.mean(difference**2, axis=1)
    expected = expected + second * np.mean(np.abs(difference), axis=1)
    loss = WeightedSum(
        {
            "first": (keras.losses.MeanSquaredError(reduction="sum"), first),
            "second": ("mean_absolute_error", second),
        },
        reduction="none",
    )
    found = numpy_of(loss(y_true, y_pred))
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-6)


def test_metrics_are_the_terms_without_weights():
    loss = WeightedSum(usual_terms())
    metrics = loss.metrics()
    assert [metric.name for metric in metrics] == list(usual_terms())
    assert all(isinstance(metric, LossMetric) for metric in metrics)
    pair = random_pair((3, 8, 7, 3))
    for metric in metrics:
        metric.update_state(*pair)
    weights = [weight for _, weight in usual_terms().values()]
    total = sum(
        weight * float(metric.result())
        for weight, metric in zip(weights, metrics, strict=True)
    )
    np.testing.assert_allclose(total, float(loss(*pair)), rtol=1e-5)


@pytest.mark.long
def test_model_trains_at_any_size_and_returns_from_its_file(tmp_path):
    inputs = keras.Input((None, None, 3))
    outputs = keras.layers.Conv2D(3, 3, padding="same")(inputs)
    model = keras.Model(inputs, outputs)
    loss = WeightedSum(usual_terms())
    model.compile("adam", loss=loss, metrics=loss.metrics())
    for shape in ((4, 8, 7, 3), (3, 5, 9, 3)):
        y_true, y_pred = random_pair(shape)
        logs = model.fit(
            y_pred,
            y_true,
            sample_weight=np.ones(len(y_true)),
            batch_size=2,
            verbose=0,
        ).history
        assert logs.keys() == {"loss", *usual_terms()}
        assert np.all(np.isfinite(list(logs.values())))
    expected = model.evaluate(y_pred, y_true, verbose=0, return_dict=True)
    path = tmp_path / "model.keras"
    model.save(path)
    assert path.stat().st_size < LARGEST_FILE
    loaded = keras.saving.load_model(path)
    found = loaded.evaluate(y_pred, y_true, verbose=0, return_dict=True)
    assert found.keys() == expected.keys()
    np.testing.assert_allclose(
        list(found.values()), list(expected.values()), 1e-5
    )


@pytest.mark.parametrize(
    ("terms", "message"),
    [
        ({}, "`terms` .*terms={}"),
        (None, "`terms` .*terms=None"),
        ([("mse", 1)], "`terms` .*terms="),
        ({3: ("mse", 1)}, "`terms` must have names.*terms={3: "),
        ({"": ("mse", 1)}, "`terms` must have names.*terms={'': "),
        ({"a": "mse"}, r"`terms\['a'\]` must be a pair.*='mse'"),
        ({"a": ("mse",)}, r"`terms\['a'\]` must be a pair.*=\('mse',\)"),
        ({"a": ("mse", -1)}, r"`terms\['a'\]\[1\]` .*=-1"),
        ({"a": ("mse", np.nan)}, r"`terms\['a'\]\[1\]` .*=nan"),
        ({"a": ("mse", np.inf)}, r"`terms\['a'\]\[1\]` .*=inf"),
        ({"a": ("mse", "1")}, r"`terms\['a'\]\[1\]` .*='1'"),
        ({"a": ("mse", True)}, r"`terms\['a'\]\[1\]` .*=True"),
        ({"a": (1, "mse")}, r"`terms\['a'\]\[1\]` .*='mse'"),
        ({"a": ("no_such", 1)}, r"`terms\['a'\]\[0\]` must be a loss.*no_such"),
        ({"a": (None, 1)}, r"`terms\['a'\]\[0\]` must be a loss.*=None"),
        ({"a": ({"class_name": "X"}, 1)}, r"`terms\['a'\]\[0\]` must be"),
        ({"a": (keras.layers.ReLU(), 1)}, r"`terms\['a'\]\[0\]` must be"),
    ],
)
def test_bad_terms(terms, message):
    with pytest.raises(ValueError, match=message):
        WeightedSum(terms)


def test_term_with_one_value_for_a_whole_batch():
    loss = WeightedSum({"a": (lambda x, y: ops.mean(x - y), 1)})
    with pytest.raises(ValueError, match=r"each sample.*Received: shape \(\)"):
        loss(*random_pair((2, 3)))
