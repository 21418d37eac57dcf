"""SRGAN: a reference step with two tapes, and what each part updates."""

import contextlib
import json

import keras
import numpy as np
import pytest
from keras import layers, optimizers

from convzoo.layers import SpectralConv2D
from convzoo.losses import (
    SSIM,
    Charbonnier,
    DiscriminatorLoss,
    GeneratorLoss,
    Perceptual,
    WeightedSum,
)
from convzoo.zoo import SRGAN
from convzoo.zoo.super_resolution import srgan
from tests.fixtures import srgan_cases as cases
from tests.layer_checks import BACKEND
from tests.support import (
    FIXTURES,
    numpy_of,
    randomized,
    rest_long,
    tiny_generator,
)

# Steps with two tapes and two optimizers; see make_srgan_step.py.
GOLDEN = np.load(FIXTURES / "srgan_step.npz")
# Compilation is slow on TensorFlow and JAX.
PAIRS = (
    [(case, optimizer) for case in cases.CASES for optimizer in ("sgd", "adam")]
    if BACKEND == "torch"
    else [
        ("batch", "sgd"),
        ("batch", "adam"),
        ("spectral", "adam"),
        ("penalty", "sgd"),
    ]
)


def model_of(case, optimizer, **arguments):
    """Return the compiled model of a fixture case."""
    _, kind, relativistic, penalty = cases.CASES[case]
    weights = cases.WEIGHTS
    adversarial = GeneratorLoss(kind, relativistic)
    model = SRGAN(
        *cases.networks(case),
        pixel_loss=("mean_absolute_error", weights["pixel"]),
        perceptual_loss=(cases.perceptual_loss(case), weights["perceptual"]),
        adversarial_loss=(adversarial, weights["adversarial"]),
        gradient_penalty=cases.PENALTY if penalty else 0,
    )
    model.compile(
        cases.optimizers(optimizer)[0],
        cases.RATES[optimizer][1],
        jit_compile=BACKEND == "jax",
        **arguments,
    )
    return model


@pytest.fixture
def known_points(monkeypatch):
    """Evaluate gradient penalties at the points of the fixture."""

    def alphas(shape, dtype=None, seed=None):
        assert shape[1:] == (1, 1, 1)
        chosen = np.reshape(cases.ALPHAS[: shape[0]], shape).astype(dtype)
        return keras.ops.convert_to_tensor(chosen)

    monkeypatch.setattr(keras.random, "uniform", alphas)


def assert_trained_alike(model, expected):
    """Train, and compare the loss terms and the weights of each step."""
    for step in range(1, cases.STEPS + 1):
        model.reset_metrics()
        logs = model.train_on_batch(*cases.batch(), return_dict=True)
        del logs["loss"]
        terms = {
            name.removeprefix(f"{step}/"): value
            for name, value in expected.items()
            if name.startswith(f"{step}/") and np.ndim(value) == 0
        }
        assert logs.keys() == terms.keys()
        for name, value in logs.items():
            np.testing.assert_allclose(
                value, terms[name], rtol=1e-4, atol=1e-5, err_msg=name
            )
        if step in (1, cases.STEPS):
            for name in ("generator", "discriminator"):
                difference = np.abs(
                    cases.thinned(getattr(model, name))
                    - expected[f"{step}/{name}"]
                )
                # Rounding can move a value across a kink.
                assert np.max(difference) < 1e-4, (step, name)
                assert np.mean(difference) < 1e-6, (step, name)


@pytest.mark.parametrize(("case", "optimizer"), rest_long(*PAIRS))
def test_trains_as_two_tapes_do(case, optimizer, known_points):
    prefix = f"{case}/{optimizer}/"
    expected = {
        name.removeprefix(prefix): value
        for name, value in GOLDEN.items()
        if name.startswith(prefix)
    }
    assert_trained_alike(model_of(case, optimizer), expected)


@pytest.mark.skipif(BACKEND != "tensorflow", reason="TensorFlow's tapes")
@pytest.mark.parametrize(
    ("case", "optimizer"), [("spectral", "sgd"), ("penalty", "adam")]
)
def test_trains_as_two_tapes_do_now(case, optimizer, known_points):
    from tests.fixtures.make_srgan_step import trained

    model = model_of(case, optimizer, run_eagerly=True)
    assert_trained_alike(model, trained(case, optimizer))


def critic(*more, seed=1, dtype=None):
    """A small discriminator with additional layers."""
    inputs = keras.Input((None, None, 3))
    first = layers.Conv2D(4, 3, strides=2, activation="leaky_relu", dtype=dtype)
    x = first(inputs)
    for layer in more:
        x = layer(x)
    x = layers.GlobalAveragePooling2D()(x)
    return randomized(keras.Model(inputs, layers.Dense(1)(x)), seed)


def tiny(**arguments):
    defaults = {
        "generator": tiny_generator(filters=4, num_blocks=1),
        "discriminator": critic(),
        "pixel_loss": ("mean_absolute_error", 1.0),
        "perceptual_loss": ("mean_squared_error", 0.5),
        "adversarial_loss": ("non_saturating", 0.3),
    }
    return SRGAN(**{**defaults, **arguments})


def compiled(rates=(0.1, 0.2), eager=True, **arguments):
    """A small compiled SRGAN with two learning rates."""
    model = tiny(**arguments)
    # Compilation takes longer than these steps.
    model.compile(
        optimizers.SGD(rates[0]), rates[1], run_eagerly=eager, jit_compile=False
    )
    return model


def photographs(count=2):
    random = np.random.default_rng(0)
    low = random.random((count, 6, 6, 3), "float32")
    return low, random.random((count, 12, 12, 3), "float32")


def values(network):
    return [numpy_of(variable).copy() for variable in network.variables]


def assert_equal(found, expected, tolerance=0.0):
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(one, other, rtol=tolerance, atol=tolerance)


def moved(found, before):
    return [
        bool(np.any(one != other))
        for one, other in zip(found, before, strict=True)
    ]


def softplus(x):
    return np.log1p(np.exp(x))


@pytest.mark.long
def test_every_term_is_a_metric_without_its_weight():
    low, high = photographs()
    model = compiled(gradient_penalty=7.0, seed=0)
    fake = numpy_of(model.generator(low))
    real_logits = numpy_of(model.discriminator(high))
    fake_logits = numpy_of(model.discriminator(fake))
    expected = {
        "pixel_loss": np.mean(np.abs(high - fake)),
        "perceptual_loss": np.mean((high - fake) ** 2),
        "adversarial_loss": np.mean(softplus(-fake_logits)),
        "discriminator_loss": np.mean(
            softplus(-real_logits) + softplus(fake_logits)
        ),
        "real_score": np.mean(real_logits),
        "fake_score": np.mean(fake_logits),
    }
    history = model.fit(low, high, validation_data=(low, high), verbose=0)
    logs = {name: value for name, (value,) in history.history.items()}
    validation = {k: v for k, v in logs.items() if k.startswith("val_")}
    logs = {k: v for k, v in logs.items() if k not in validation}
    assert {f"val_{name}" for name in logs} == validation.keys()
    penalty = logs.pop("gradient_penalty")
    assert penalty > 0
    total = (
        expected["pixel_loss"]
        + 0.5 * expected["perceptual_loss"]
        + 0.3 * expected["adversarial_loss"]
        + expected["discriminator_loss"]
        + 7 * penalty
    )
    np.testing.assert_allclose(logs.pop("loss"), total, rtol=1e-5)
    assert logs.keys() == expected.keys()
    for name, value in expected.items():
        np.testing.assert_allclose(logs[name], value, rtol=1e-5, atol=1e-6)


@pytest.mark.long
def test_terms_are_means_over_all_batches():
    low, high = photographs(5)
    model = compiled(rates=(0.0, 0.0))
    together = model.evaluate(low, high, batch_size=5, verbose=0)
    apart = model.evaluate(low, high, batch_size=2, verbose=0)
    np.testing.assert_allclose(apart, together, rtol=1e-5)


def test_the_discriminator_learns_nothing_from_the_generators_loss():
    before, found = None, []
    for weight in (0.0, 100.0):
        model = compiled(
            rates=(0.0, 0.2),
            pixel_loss=("mean_absolute_error", weight),
            adversarial_loss=("non_saturating", weight),
        )
        before = values(model.generator), values(model.discriminator)
        model.train_on_batch(*photographs())
        assert_equal(values(model.generator), before[0])
        found.append(values(model.discriminator))
    assert_equal(*found)
    assert all(moved(found[0], before[1]))


def test_the_generator_learns_nothing_from_the_discriminators_loss():
    found = []
    for loss, penalty in (
        (DiscriminatorLoss(), 0.0),
        (DiscriminatorLoss("hinge"), 50.0),
    ):
        model = compiled(
            rates=(0.1, 0.0), discriminator_loss=loss, gradient_penalty=penalty
        )
        before = values(model.generator), values(model.discriminator)
        model.train_on_batch(*photographs())
        assert_equal(values(model.discriminator), before[1])
        assert all(moved(values(model.generator), before[0]))
        found.append(values(model.generator))
    assert_equal(*found)


def test_without_its_weight_the_discriminator_does_not_guide():
    model = compiled(
        perceptual_loss=None, adversarial_loss=("non_saturating", 0.0)
    )
    alone = tiny_generator(filters=4, num_blocks=1)
    alone.compile(optimizers.SGD(0.1), "mae", run_eagerly=True)
    before = values(model.discriminator)
    for network in (model, alone):
        for _ in range(2):
            network.train_on_batch(*photographs())
    assert_equal(values(model.generator), values(alone), 1e-6)
    assert all(moved(values(model.discriminator), before))


@pytest.mark.long
def test_statistics_are_of_the_discriminators_own_pass():
    # The layer comes first, so that NumPy knows its inputs.
    inputs = keras.Input((None, None, 3))
    norm = layers.BatchNormalization(momentum=0.9)
    x = layers.GlobalAveragePooling2D()(norm(inputs))
    judge = randomized(keras.Model(inputs, layers.Dense(1)(x)))
    model = compiled(discriminator=judge)
    low, high = photographs()
    fake = numpy_of(model.generator(low, training=True))
    expected = [numpy_of(v) for v in (norm.moving_mean, norm.moving_variance)]
    for images in (high, fake):
        seen = images.mean((0, 1, 2)), images.var((0, 1, 2))
        expected = [
            0.9 * old + 0.1 * new
            for old, new in zip(expected, seen, strict=True)
        ]
    model.train_on_batch(low, high)
    found = [numpy_of(v) for v in (norm.moving_mean, norm.moving_variance)]
    assert_equal(found, expected, 1e-5)


@pytest.mark.long
def test_an_estimate_takes_two_steps():
    """One step for real and one for fake images; none for the generator."""
    layer = SpectralConv2D(3, 1)
    model = compiled(rates=(0.1, 0.0), discriminator=critic(layer))
    kernel = numpy_of(layer.kernel)[0, 0]
    expected = numpy_of(layer.left_vector)
    for _ in range(2):
        expected = kernel.T @ (kernel @ expected)
        expected = expected / np.linalg.norm(expected)
    model.train_on_batch(*photographs())
    assert_equal([numpy_of(layer.left_vector)], [expected], 1e-5)


class Counting(layers.Layer):
    """Identity layer that counts its calls."""

    calls = 0

    def call(self, inputs):
        self.calls += 1
        return inputs


def test_the_generator_runs_once_a_step():
    counting = Counting()
    inputs = keras.Input((None, None, 3))
    x = layers.Conv2D(12, 3, padding="same")(counting(inputs))
    generator = keras.Model(inputs, keras.ops.depth_to_space(x, 2))
    model = compiled(generator=generator, gradient_penalty=1.0)
    # The first step also builds the model.
    model.train_on_batch(*photographs())
    before = counting.calls
    model.train_on_batch(*photographs())
    assert counting.calls == before + 1
    model.test_on_batch(*photographs())
    assert counting.calls == before + 2


def test_evaluate_changes_nothing():
    judge = critic(SpectralConv2D(3, 1), layers.BatchNormalization())
    model = compiled(discriminator=judge)
    model.train_on_batch(*photographs())
    before = values(model), values(model.optimizer)
    first = model.evaluate(*photographs(), return_dict=True, verbose=0)
    second = model.evaluate(*photographs(), return_dict=True, verbose=0)
    assert first == second
    assert_equal(values(model), before[0])
    assert_equal(values(model.optimizer), before[1])


@pytest.mark.long
def test_predict_is_the_generator():
    generator = tiny_generator(
        block="residual", normalization="batch", num_blocks=1
    )
    model = compiled(generator=generator)
    low, high = photographs()
    expected = numpy_of(generator(low, training=False))
    before = values(generator)
    statistics = [v for v in generator.variables if v.name.startswith("moving")]
    assert expected.shape == high.shape
    assert_equal([numpy_of(model(low))], [expected])
    assert_equal([model.predict(low, verbose=0)], [expected], 1e-6)
    assert_equal(values(generator), before)
    seen = [numpy_of(v).copy() for v in statistics]
    model.train_on_batch(low, high)
    assert all(moved([numpy_of(v) for v in statistics], seen))


@pytest.mark.long
def test_without_adversary_only_the_generator_trains():
    terms = {
        "pixel": (Charbonnier(), 1.0),
        "perceptual": (SSIM(filter_size=3), 0.2),
    }
    model = compiled(
        discriminator=None,
        adversarial_loss=None,
        **{f"{name}_loss": term for name, term in terms.items()},
    )
    alone = tiny_generator(filters=4, num_blocks=1)
    alone.compile(optimizers.SGD(0.1), WeightedSum(terms), run_eagerly=True)
    assert model.discriminator is None
    low, high = photographs(4)
    found, expected = (
        network.fit(low, high, 2, epochs=2, shuffle=False, verbose=0).history
        for network in (model, alone)
    )
    assert found.keys() == {"loss", "pixel_loss", "perceptual_loss"}
    np.testing.assert_allclose(found["loss"], expected["loss"], rtol=1e-5)
    assert_equal(values(model.generator), values(alone), 1e-6)


@pytest.mark.long
def test_a_weight_of_zero_leaves_a_sample_out(known_points):
    low, high = photographs()
    logs, found = [], []
    # The mean over two samples halves the gradient: half the rate for one.
    for rates, count in (((0.1, 0.2), 2), ((0.05, 0.1), 1)):
        model = compiled(rates, gradient_penalty=1.0)
        logs.append(
            model.train_on_batch(
                low[:count],
                high[:count],
                sample_weight=np.array([1.0, 0.0])[:count],
                return_dict=True,
            )
        )
        found.append(values(model.generator) + values(model.discriminator))
    assert_equal(*found, 1e-6)
    for name in ("pixel", "perceptual", "adversarial", "discriminator"):
        both = [terms[f"{name}_loss"] for terms in logs]
        np.testing.assert_allclose(*both, rtol=1e-5, err_msg=name)
    np.testing.assert_allclose(logs[0]["loss"], logs[1]["loss"] / 2, rtol=1e-5)


@pytest.mark.long
def test_weights_of_the_generator_are_averaged():
    low, high = photographs(6)
    averaging = optimizers.SGD(0.1, use_ema=True, ema_momentum=0.5)
    model, plain = tiny(), compiled()
    model.compile(averaging, 0.2, run_eagerly=True)
    average = None
    for first in (0, 2, 4):
        plain.train_on_batch(low[first : first + 2], high[first : first + 2])
        weights = values(plain.generator)
        average = [
            0.5 * old + 0.5 * new
            for old, new in zip(average or weights, weights, strict=True)
        ]
    model.fit(low, high, batch_size=2, shuffle=False, verbose=0)
    assert_equal(values(model.generator), average, 1e-5)
    assert_equal(values(model.discriminator), values(plain.discriminator), 1e-6)
    assert any(moved(average, weights))


def rates_of(model):
    optimizer = model.optimizer
    return [
        float(numpy_of(part.learning_rate))
        for part in (optimizer.first, optimizer.second)
    ]


CALLBACKS = {
    "plateau": lambda: keras.callbacks.ReduceLROnPlateau(
        "loss", factor=0.1, patience=1, min_delta=100.0
    ),
    "scheduler": lambda: keras.callbacks.LearningRateScheduler(
        lambda epoch, rate: 0.1 * rate if epoch == 1 else rate
    ),
    "warm up": lambda: keras.callbacks.LearningRateScheduler(
        lambda epoch: 0.01 * epoch
    ),
}


@pytest.mark.parametrize("name", CALLBACKS)
def test_callbacks_change_both_learning_rates(name):
    model = compiled(rates=(0.1, 0.2))
    callbacks = [CALLBACKS[name]()]
    model.fit(*photographs(), epochs=2, callbacks=callbacks, verbose=0)
    np.testing.assert_allclose(rates_of(model), [0.01, 0.02], rtol=1e-6)


def test_a_file_keeps_the_ratio_of_the_rates(tmp_path):
    model = compiled(rates=(0.1, 0.2))
    model.optimizer.learning_rate = 0.0
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    assert rates_of(loaded) == [0, 0]
    loaded.optimizer.learning_rate = 0.05
    np.testing.assert_allclose(rates_of(loaded), [0.05, 0.1], rtol=1e-6)


class Interrupted(Exception):
    pass


def test_a_restored_backup_goes_on_at_both_rates(tmp_path):
    def stop(epoch, logs):
        raise Interrupted

    model = None
    for more in ([keras.callbacks.LambdaCallback(on_epoch_end=stop)], []):
        model = compiled(rates=(0.1, 0.2))
        callbacks = [
            CALLBACKS["scheduler"](),
            keras.callbacks.BackupAndRestore(tmp_path / "backup"),
        ]
        with contextlib.suppress(Interrupted):
            model.fit(
                *photographs(), epochs=3, callbacks=callbacks + more, verbose=0
            )
    np.testing.assert_allclose(rates_of(model), [0.01, 0.02], rtol=1e-6)


@pytest.mark.parametrize(
    "make",
    [
        keras.callbacks.EarlyStopping,
        lambda monitor: keras.callbacks.ModelCheckpoint(
            "unused.keras", monitor, save_best_only=True
        ),
        keras.callbacks.ReduceLROnPlateau,
    ],
)
def test_less_of_each_loss_is_better(make):
    model = compiled(gradient_penalty=1.0)
    model.train_on_batch(*photographs())
    for name in model.get_metrics_result():
        callback = make(monitor=f"val_{name}")
        callback.set_model(model)
        if name.endswith("_score"):
            with pytest.raises(ValueError, match="mode"):
                callback._set_monitor_op()
        else:
            callback._set_monitor_op()
            assert callback.monitor_op is keras.ops.less, name


@pytest.mark.skipif(BACKEND == "jax", reason="it warns of int64")
def test_a_metric_says_what_is_better():
    model = tiny()
    mean = keras.metrics.BinaryIoU(name="more")
    model.compile(optimizers.SGD(0.1), metrics=["mse", mean], run_eagerly=True)
    low, high = photographs()
    stop = keras.callbacks.EarlyStopping("val_more")
    model.fit(
        low, high, validation_data=(low, high), callbacks=[stop], verbose=0
    )
    assert stop.monitor_op is keras.ops.greater


@pytest.mark.parametrize(
    ("dtype", "policy"),
    [
        ("float64", "float32"),
        ("float16", "mixed_bfloat16"),
        ("uint8", "float64"),
    ],
)
def test_a_data_set_of_any_dtype_is_as_of_float32(dtype, policy):
    """Other than arrays, data sets are not cast by Keras."""
    tf = pytest.importorskip("tensorflow")
    if BACKEND == "jax" and policy == "float64":
        pytest.skip("JAX computes in float32 at most")
    images = [np.round(255 * each) for each in photographs()]
    history = []
    for kind in ("float32", dtype):
        keras.utils.set_random_seed(0)
        arrays = tuple(each.astype(kind) for each in images)
        data = tf.data.Dataset.from_tensor_slices((*arrays, np.ones(2)))
        model = SRGAN(
            tiny_generator(filters=4, num_blocks=1, dtype=policy),
            critic(dtype=policy),
            perceptual_loss=(SSIM(max_val=255.0, filter_size=3), 1.0),
            gradient_penalty=1.0,
            seed=0,
            dtype=policy,
        )
        model.compile(optimizers.SGD(1e-4), metrics=["mse"], run_eagerly=True)
        fitted = model.fit(data.batch(2), shuffle=False, verbose=0)
        history.append([value for (value,) in fitted.history.values()])
    np.testing.assert_allclose(*history, rtol=1e-4)


@pytest.mark.skipif(BACKEND != "tensorflow", reason="others need packages")
def test_the_generator_is_exported_after_fit(tmp_path):
    tf = pytest.importorskip("tensorflow")
    model = compiled()
    low, high = photographs()
    model.fit(low, high, verbose=0)
    model.export(tmp_path / "saved", verbose=False)
    loaded = tf.saved_model.load(str(tmp_path / "saved"))
    found = loaded.serve(low)
    np.testing.assert_allclose(found, model.predict(low, verbose=0), atol=1e-5)
    assert model.served_model is model.generator


def test_norms_of_the_gradients_can_be_watched():
    model = compiled(rates=(0.1, 0.2))
    before = values(model.generator), values(model.discriminator)
    model.train_on_batch(*photographs())
    expected = [
        np.sqrt(sum(np.sum((a - b) ** 2) for a, b in pairs)) / rate
        for rate, pairs in (
            (0.1, zip(values(model.generator), before[0], strict=True)),
            (0.2, zip(values(model.discriminator), before[1], strict=True)),
        )
    ]
    found = numpy_of(model.optimizer.gradient_norms)
    np.testing.assert_allclose(found, expected, rtol=1e-4)


def test_without_a_rate_of_its_own_the_discriminator_has_the_generators():
    found = []
    for rate in (None, 0.1):
        model = tiny()
        model.compile(optimizers.SGD(0.1), rate, run_eagerly=True)
        model.train_on_batch(*photographs())
        found.append(values(model.discriminator))
    assert_equal(*found)


def test_a_scale_of_the_loss_changes_nothing():
    found = []
    for scale in (None, 1024.0):
        model = tiny()
        optimizer = optimizers.SGD(0.1, loss_scale_factor=scale)
        model.compile(optimizer, run_eagerly=True)
        model.train_on_batch(*photographs())
        found.append(values(model.generator) + values(model.discriminator))
    assert_equal(*found, 1e-6)


@pytest.mark.long
def test_regularizers_count():
    def regularized():
        inputs = keras.Input((None, None, 3))
        layer = layers.Conv2D(12, 1, kernel_regularizer="l2")
        outputs = keras.ops.depth_to_space(layer(inputs), 2)
        return randomized(keras.Model(inputs, outputs))

    model = compiled(
        generator=regularized(),
        perceptual_loss=None,
        adversarial_loss=("non_saturating", 0.0),
    )
    alone = regularized()
    alone.compile(optimizers.SGD(0.1), "mae", run_eagerly=True)
    for network in (model, alone):
        network.train_on_batch(*photographs())
    assert_equal(values(model.generator), values(alone), 1e-6)


def test_seeds():
    def trained(seed):
        model = compiled(gradient_penalty=5.0, seed=seed)
        model.train_on_batch(*photographs())
        return values(model.discriminator)

    assert_equal(trained(3), trained(3))
    assert any(moved(trained(3), trained(4)))


@pytest.mark.long
def test_halves_train():
    policy = "mixed_bfloat16"
    model = compiled(
        generator=tiny_generator(filters=4, num_blocks=1, dtype=policy),
        discriminator=critic(dtype=policy),
    )
    before = [numpy_of(v).copy() for v in model.trainable_variables]
    logs = model.train_on_batch(*photographs(), return_dict=True)
    assert np.all(np.isfinite(list(logs.values())))
    after = [numpy_of(v) for v in model.trainable_variables]
    assert all(np.all(np.isfinite(value)) for value in after)
    assert all(moved(after, before))


@pytest.mark.skipif(BACKEND != "tensorflow", reason="TensorFlow's compiler")
def test_xla_computes_the_same(known_points):
    found = []
    for jit_compile in (False, True):
        model = tiny(gradient_penalty=1.0)
        model.compile(optimizers.SGD(0.1), 0.2, jit_compile=jit_compile)
        logs = [model.train_on_batch(*photographs()) for _ in range(2)]
        found.append([*logs, *model.get_weights()])
    assert_equal(*found, 1e-5)


@pytest.mark.parametrize("case", cases.CASES)
def test_a_file_goes_on_where_training_was(case, known_points, tmp_path):
    more = {
        "batch": [layers.BatchNormalization()],
        "spectral": [SpectralConv2D(3, 1)],
        "penalty": [],
    }
    model = tiny(
        discriminator=critic(*more[case]),
        gradient_penalty=float(case == "penalty"),
    )
    model.compile(optimizers.Adam(1e-2), 3e-3, run_eagerly=True)
    low, high = photographs()
    for _ in range(2):
        model.train_on_batch(low, high)
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    assert_equal(loaded.get_weights(), model.get_weights())
    assert_equal(values(loaded.optimizer), values(model.optimizer))
    for _ in range(2):
        logs = []
        for network in (model, loaded):
            network.reset_metrics()
            logs.append(network.train_on_batch(low, high))
        np.testing.assert_array_equal(*logs)
    assert_equal(loaded.get_weights(), model.get_weights())


@pytest.mark.long
def test_a_file_keeps_all_arguments(tmp_path):
    model = tiny(
        pixel_loss=(Charbonnier(0.1), 2.0),
        perceptual_loss=(SSIM(filter_size=5), 3),
        adversarial_loss=(GeneratorLoss("hinge", relativistic=True), 0.25),
        discriminator_loss=DiscriminatorLoss("hinge", relativistic=True),
        gradient_penalty=4,
        seed=9,
        name="mine",
    )
    rates = optimizers.schedules.ExponentialDecay(0.1, 5, 0.5), 0.3
    model.compile(
        optimizers.SGD(rates[0], use_ema=True),
        rates[1],
        metrics=["mean_squared_error"],
        run_eagerly=True,
    )
    model.train_on_batch(*photographs())
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    assert type(loaded) is SRGAN and loaded.name == "mine"
    configs = [
        json.dumps([m.get_config(), m.get_compile_config()], sort_keys=True)
        for m in (loaded, model)
    ]
    assert configs[0] == configs[1]
    assert loaded.terms["pixel_loss"][0].epsilon == 0.1
    assert loaded.terms["perceptual_loss"][1] == 3.0
    assert loaded.terms["adversarial_loss"][0].relativistic
    assert loaded.discriminator_loss.kind == "hinge"
    assert (loaded.gradient_penalty, loaded.seed) == (4.0, 9)
    second = loaded.optimizer.second
    assert float(numpy_of(second.learning_rate)) == np.float32(0.3)
    assert loaded.optimizer.first.use_ema and not second.use_ema
    logs = loaded.train_on_batch(*photographs(), return_dict=True)
    assert "mean_squared_error" in logs


def test_metrics_are_of_what_the_generator_makes(tmp_path):
    low, high = photographs()
    model = tiny()
    model.compile(
        optimizers.SGD(0.1),
        metrics=[keras.metrics.MeanSquaredError(name="squares")],
        run_eagerly=True,
    )
    expected = np.mean((numpy_of(model.generator(low)) - high) ** 2)
    logs = model.train_on_batch(low, high, return_dict=True)
    np.testing.assert_allclose(logs["squares"], expected, rtol=1e-5)
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    found, expected = (
        m.evaluate(low, high, return_dict=True, verbose=0)
        for m in (loaded, model)
    )
    assert found.keys() == expected.keys()
    np.testing.assert_allclose(found["squares"], expected["squares"], rtol=1e-5)


def test_a_model_can_be_compiled_again():
    model = compiled()
    model.train_on_batch(*photographs())
    model.compile(
        optimizers.SGD(0.1),
        metrics=[keras.metrics.MeanSquaredError(name="squares")],
        run_eagerly=True,
    )
    logs = model.train_on_batch(*photographs(), return_dict=True)
    assert "squares" in logs


def test_a_model_that_has_not_been_called_is_built(tmp_path):
    model, other = tiny(), tiny(discriminator=critic(seed=2))
    count = sum(np.size(weight) for weight in values(critic()))
    count += sum(np.size(weight) for weight in values(model.generator))
    assert model.count_params() == count
    model.save_weights(tmp_path / "model.weights.h5")
    other.load_weights(tmp_path / "model.weights.h5")
    assert_equal(values(other.discriminator), values(model.discriminator))


def test_a_model_without_compile_has_a_file(tmp_path):
    model = tiny()
    model(photographs()[0])
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    assert not loaded.compiled
    assert_equal(values(loaded.generator), values(model.generator))
    assert_equal(values(loaded.discriminator), values(model.discriminator))


def test_defaults_are_esrgans(monkeypatch):
    # The default features need a download.
    features = SSIM()
    monkeypatch.setattr(Perceptual, "esrgan", lambda: features)
    judge = critic()
    monkeypatch.setattr(srgan, "SRDiscriminator", lambda: judge)
    model = SRGAN(tiny_generator(filters=4, num_blocks=1))
    assert model.discriminator is judge
    assert model.terms["pixel_loss"] == (keras.losses.mean_absolute_error, 0.01)
    assert model.terms["perceptual_loss"] == (features, 1.0)
    loss, weight = model.terms["adversarial_loss"]
    assert (loss.kind, loss.relativistic, weight) == (
        "non_saturating",
        False,
        5e-3,
    )


@pytest.mark.parametrize("kind", ["non_saturating", "least_squares", "hinge"])
@pytest.mark.parametrize("relativistic", [False, True])
def test_the_discriminator_learns_the_same_kind(kind, relativistic):
    model = tiny(adversarial_loss=(GeneratorLoss(kind, relativistic), 1))
    assert model.discriminator_loss.kind == kind
    assert model.discriminator_loss.relativistic is relativistic
    assert tiny(adversarial_loss=[kind, 1]).discriminator_loss.kind == kind


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"generator": None}, "`generator`.*built.*generator=None"),
        (
            {"generator": keras.Sequential([layers.Dense(2)])},
            "`generator`.*built.*generator=<Sequential",
        ),
        (
            {"discriminator": keras.Sequential([layers.Dense(2)])},
            "`discriminator`.*built.*discriminator=<Sequential",
        ),
        ({"discriminator": "vgg"}, "`discriminator`.*discriminator='vgg'"),
        ({"pixel_loss": "mae"}, r"`pixel_loss` .*pair.*pixel_loss='mae'"),
        ({"pixel_loss": ("mae",)}, r"`pixel_loss` .*pixel_loss=\('mae',\)"),
        ({"pixel_loss": ("mae", -1)}, r"`pixel_loss\[1\]`.*=-1"),
        ({"pixel_loss": ("mae", "1")}, r"`pixel_loss\[1\]`.*='1'"),
        ({"pixel_loss": ("no", 1)}, r"`pixel_loss\[0\]`.*='no'"),
        ({"perceptual_loss": 3}, r"`perceptual_loss` .*perceptual_loss=3"),
        (
            {"perceptual_loss": ("mae", np.nan)},
            r"`perceptual_loss\[1\]`.*=nan",
        ),
        (
            {"perceptual_loss": ("vgg", 1)},
            r"`perceptual_loss\[0\]`.*='vgg'",
        ),
        (
            {"adversarial_loss": "hinge"},
            "`adversarial_loss` .*adversarial_loss='hinge'",
        ),
        ({"adversarial_loss": ("wgan", 1)}, "`kind`.*kind='wgan'"),
        (
            {"adversarial_loss": ("hinge", -0.1)},
            r"`adversarial_loss\[1\]`.*=-0.1",
        ),
        (
            {"adversarial_loss": (SSIM(), 1)},
            r"`adversarial_loss\[0\]`.*GeneratorLoss.*=<.*SSIM",
        ),
        (
            {"discriminator_loss": "hinge"},
            "`discriminator_loss`.*discriminator_loss='hinge'",
        ),
        (
            {"discriminator_loss": GeneratorLoss()},
            "`discriminator_loss`.*=<.*GeneratorLoss",
        ),
        ({"gradient_penalty": -1}, "`gradient_penalty`.*=-1"),
        ({"gradient_penalty": None}, "`gradient_penalty`.*=None"),
        ({"seed": "x"}, "`seed`.*seed=x"),
        ({"adversarial_loss": None}, "`discriminator` .*None.*discriminator=<"),
        (
            {
                "adversarial_loss": None,
                "discriminator": None,
                "pixel_loss": None,
                "perceptual_loss": None,
            },
            "`pixel_loss`.*`perceptual_loss`.*`adversarial_loss`",
        ),
        (
            {
                "adversarial_loss": None,
                "discriminator": None,
                "gradient_penalty": 1,
            },
            "`gradient_penalty`.*`adversarial_loss`.*gradient_penalty=1",
        ),
        (
            {
                "adversarial_loss": None,
                "discriminator": None,
                "discriminator_loss": DiscriminatorLoss(),
            },
            "`discriminator_loss`.*`adversarial_loss`.*discriminator_loss=<",
        ),
    ],
)
def test_arguments_are_quoted(arguments, message):
    with pytest.raises(ValueError, match=message):
        tiny(**arguments)


def test_batch_normalization_takes_no_gradient_penalty():
    inner = keras.Sequential([layers.BatchNormalization()])
    for judge in (critic(layers.BatchNormalization()), critic(inner)):
        message = "`gradient_penalty` must be 0.*batch.*gradient_penalty=10"
        with pytest.raises(ValueError, match=message):
            tiny(discriminator=judge, gradient_penalty=10)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"loss": "mse"}, "`loss` must be None.*loss='mse'"),
        ({"optimizer": "fast"}, "optimizer.*fast"),
        ({"discriminator_learning_rate": "fast"}, "_learning_rate='fast'"),
    ],
)
def test_arguments_of_compile_are_quoted(arguments, message):
    with pytest.raises(ValueError, match=message):
        tiny().compile(**arguments)


def test_images_that_are_no_pairs_are_named():
    low, high = photographs()
    with pytest.raises(ValueError, match="`high` and `generator.low.` must"):
        compiled().fit(low, high[:, :8], verbose=0)
    with pytest.raises(ValueError, match="no high-resolution images"):
        compiled().fit(low, verbose=0)
