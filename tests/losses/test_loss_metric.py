import json

import keras
import numpy as np
import pytest
from keras import ops

from convzoo.losses import (
    SSIM,
    Charbonnier,
    LossMetric,
    charbonnier,
    fsim,
    multi_scale_ssim,
    ssim,
)
from tests.layer_checks import BACKEND
from tests.loss_checks import model_of_one_layer, random_pair


@keras.saving.register_keras_serializable(package="tests")
def largest(y_true, y_pred):
    return ops.max(ops.abs(y_true - y_pred), axis=-1)


LOSSES = [
    Charbonnier(0.1),
    SSIM(filter_size=3, reduction="sum"),
    keras.losses.MeanSquaredError(),
    "mean_absolute_error",
    "MeanAbsoluteError",
    largest,
]


def batches():
    return [random_pair((n, 6, 5, 3), seed=n) for n in (1, 4, 2)]


def values(loss):
    """Return the loss of each sample of all batches."""
    loss = keras.losses.get(loss)
    compute = getattr(loss, "call", loss)
    found = [
        ops.convert_to_numpy(compute(*map(ops.convert_to_tensor, pair)))
        for pair in batches()
    ]
    return np.concatenate([v.reshape(len(v), -1).mean(axis=1) for v in found])


@pytest.mark.parametrize("loss", LOSSES)
def test_mean_over_samples(loss):
    metric = LossMetric(loss)
    for pair in batches():
        metric.update_state(*pair)
    np.testing.assert_allclose(metric.result(), values(loss).mean(), rtol=1e-5)
    metric.reset_state()
    assert float(metric.result()) == 0


def test_sample_weights():
    weights = np.linspace(0, 2, 7).astype("float32")
    metric, start = LossMetric("mean_squared_error"), 0
    for y_true, y_pred in batches():
        stop = start + len(y_true)
        metric.update_state(y_true, y_pred, weights[start:stop])
        start = stop
    expected = np.average(values("mean_squared_error"), weights=weights)
    np.testing.assert_allclose(metric.result(), expected, rtol=1e-5)


@pytest.mark.parametrize("loss", LOSSES)
def test_configuration_returns(loss):
    metric = LossMetric(loss, name="mine")
    config = json.loads(json.dumps(metric.get_config()))
    again = LossMetric.from_config(config)
    assert again.name == "mine" and again.get_config() == metric.get_config()
    for one in (metric, again):
        one.update_state(*batches()[1])
    assert float(again.result()) == float(metric.result())


def test_names():
    for loss, name in (
        (Charbonnier(), "charbonnier"),
        ("mean_absolute_error", "mean_absolute_error"),
        (largest, "largest"),
        (keras.losses.MeanSquaredError(name="mine"), "mine"),
    ):
        assert LossMetric(loss).name == name


def test_in_compile(tmp_path):
    inputs = keras.Input((None, None, 3))
    model = keras.Model(inputs, keras.layers.Conv2D(3, 1)(inputs))
    model.compile(
        "sgd", "mean_squared_error", metrics=[LossMetric(Charbonnier())]
    )
    y_true, y_pred = random_pair((5, 6, 4, 3))
    expected = np.sqrt((model.predict(y_pred, verbose=0) - y_true) ** 2 + 1e-6)
    found = model.evaluate(
        y_pred, y_true, batch_size=2, verbose=0, return_dict=True
    )
    np.testing.assert_allclose(found["charbonnier"], expected.mean(), rtol=1e-5)
    logs = model.fit(y_pred, y_true, batch_size=2, verbose=0).history
    assert np.isfinite(logs["charbonnier"]).all()
    found = model.evaluate(y_pred, y_true, verbose=0, return_dict=True)
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    again = loaded.evaluate(y_pred, y_true, verbose=0, return_dict=True)
    assert again.keys() == found.keys()
    np.testing.assert_allclose(list(again.values()), list(found.values()), 1e-5)


def test_halves_are_computed_in_float32():
    y_true, y_pred = (np.float16(1000 * y) for y in batches()[1])
    expected = np.square(np.float32(y_true) - np.float32(y_pred)).mean()
    assert expected > np.finfo("float16").max
    metric = LossMetric("mean_squared_error")
    metric.update_state(
        ops.convert_to_tensor(y_true), ops.convert_to_tensor(y_pred)
    )
    np.testing.assert_allclose(metric.result(), expected, rtol=1e-5)


def test_classes_are_not_only_of_images():
    metric = LossMetric("sparse_categorical_crossentropy")
    labels = np.array([[0], [2]])
    metric.update_state(labels, np.array([[0.5, 0.5, 0], [0.25, 0.5, 0.25]]))
    expected = (np.log(2) + np.log(4)) / 2
    np.testing.assert_allclose(metric.result(), expected, rtol=1e-5)


@pytest.mark.parametrize(
    "value", [None, 3, "no_such_loss", [], keras.metrics.Mean()]
)
def test_no_loss(value):
    with pytest.raises(ValueError, match="`loss` must be a loss.*loss="):
        LossMetric(value)


def test_one_value_for_a_whole_batch():
    metric = LossMetric(lambda y_true, y_pred: ops.mean(y_pred - y_true))
    with pytest.raises(ValueError, match=r"each sample.*Received: shape \(\)"):
        metric.update_state(*batches()[0])


@pytest.mark.skipif(BACKEND != "tensorflow", reason="TensorFlow's compilers")
def test_compiled():
    import tensorflow as tf

    metric = LossMetric(Charbonnier())
    tf.function(metric.update_state, jit_compile=True)(*batches()[1])
    expected = LossMetric(Charbonnier())
    expected.update_state(*batches()[1])
    np.testing.assert_allclose(metric.result(), expected.result(), rtol=1e-6)


DIRECTIONS = [
    (Charbonnier(), None, "down"),
    ("mean_absolute_error", None, "down"),
    (keras.losses.MeanSquaredError(), None, "down"),
    (keras.losses.mean_squared_error, None, "down"),
    (charbonnier, None, "down"),
    (ssim, None, "up"),
    (multi_scale_ssim, None, "up"),
    (fsim, None, "up"),
    (largest, None, None),
    (largest, "up", "up"),
    (Charbonnier(), "up", "up"),
]


@pytest.mark.parametrize(("loss", "given", "expected"), DIRECTIONS)
def test_direction(loss, given, expected):
    """`_direction` is where Keras's callbacks look."""
    metric = LossMetric(loss, direction=given)
    again = LossMetric.from_config(metric.get_config())
    for one in (metric, again):
        assert one.direction == expected
        assert getattr(one, "_direction", None) == expected


@pytest.mark.parametrize("value", ["", "min", 1, True])
def test_no_direction(value):
    with pytest.raises(ValueError, match="`direction` must be one of"):
        LossMetric("mean_absolute_error", direction=value)


def test_callbacks_find_the_best_epoch(tmp_path):
    """Weights are set, so that each epoch has a known place."""
    images = random_pair((2, 16, 16, 3))[0]
    model = model_of_one_layer(4)
    model.compile(
        "sgd",
        "mean_squared_error",
        metrics=[LossMetric(SSIM(), name="loss_"), LossMetric(ssim, "index")],
        run_eagerly=True,
    )
    identity = np.zeros((3, 3, 3, 3), "float32")
    identity[1, 1] = np.eye(3)
    model.optimizer.learning_rate = 0.0
    scales = [0.1, 1.0, 0.5]

    def set_scale(epoch, logs):
        model.layers[-1].set_weights([scales[epoch] * identity, np.zeros(3)])

    callbacks = [keras.callbacks.LambdaCallback(on_epoch_begin=set_scale)]
    for name in ("loss_", "index"):
        callbacks.append(
            keras.callbacks.ModelCheckpoint(
                tmp_path / f"{name}.weights.h5",
                monitor=f"val_{name}",
                save_best_only=True,
                save_weights_only=True,
            )
        )
        callbacks.append(
            keras.callbacks.EarlyStopping(f"val_{name}", patience=9)
        )
    model.fit(
        images,
        images,
        epochs=3,
        validation_data=(images, images),
        verbose=0,
        callbacks=callbacks,
    )
    assert [c.best_epoch for c in callbacks if hasattr(c, "best_epoch")] == [
        1,
        1,
    ]
    for name in ("loss_", "index"):
        model.load_weights(tmp_path / f"{name}.weights.h5")
        np.testing.assert_array_equal(
            model.layers[-1].get_weights()[0], identity
        )
