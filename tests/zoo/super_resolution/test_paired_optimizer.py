import keras
import numpy as np
import pytest
from keras import optimizers

from convzoo.zoo.super_resolution.paired_optimizer import PairedOptimizer
from tests.layer_checks import BACKEND
from tests.support import numpy_of

SHAPES = [(3, 2), (4,), (2,), (3, 1, 2)]
# The second optimizer updates the second and the fourth variable.
SECOND = (False, True, False, True)


def fresh_variables(seed=0):
    random = np.random.default_rng(seed)
    return [
        keras.Variable(random.normal(size=shape), dtype="float32")
        for shape in SHAPES
    ]


def gradients(step):
    random = np.random.default_rng(100 + step)
    return [random.normal(size=shape).astype("float32") for shape in SHAPES]


def split(values):
    """Split values between the first and the second optimizer."""
    first, second = [], []
    for value, is_second in zip(values, SECOND, strict=True):
        (second if is_second else first).append(value)
    return first, second


def paired(variables, first=None, second=None):
    """A PairedOptimizer whose second part updates every second variable."""
    mine = split(variables)[1]
    return PairedOptimizer(
        first or optimizers.SGD(0.1),
        second or optimizers.SGD(0.2),
        lambda variable: any(variable is other for other in mine),
    )


def tensors(arrays):
    return [keras.ops.convert_to_tensor(array) for array in arrays]


def assert_equal(variables, others):
    for variable, other in zip(variables, others, strict=True):
        np.testing.assert_array_equal(numpy_of(variable), numpy_of(other))


PAIRS = {
    "sgd": lambda: (optimizers.SGD(0.1), optimizers.SGD(0.3)),
    "momentum": lambda: (
        optimizers.SGD(0.1, momentum=0.9),
        optimizers.SGD(0.3, clipnorm=0.5),
    ),
    "adam": lambda: (
        optimizers.Adam(1e-2, beta_1=0.5),
        optimizers.Adam(4e-2, global_clipnorm=1.0),
    ),
    "others": lambda: (
        optimizers.AdamW(1e-2, weight_decay=0.1),
        optimizers.RMSprop(1e-3),
    ),
    "schedules": lambda: tuple(
        optimizers.Adam(optimizers.schedules.ExponentialDecay(rate, 1, 0.5))
        for rate in (1e-2, 3e-2)
    ),
}


@pytest.mark.parametrize("pair", PAIRS)
def test_equals_two_optimizers(pair):
    together, apart = fresh_variables(), fresh_variables()
    optimizer = paired(together, *PAIRS[pair]())
    separate = PAIRS[pair]()
    for step in range(3):
        optimizer.apply(tensors(gradients(step)), together)
        for one, part, mine in zip(
            separate, split(gradients(step)), split(apart), strict=True
        ):
            one.apply(tensors(part), mine)
    assert_equal(together, apart)
    assert int(numpy_of(optimizer.iterations)) == 3


@pytest.mark.skipif(BACKEND != "jax", reason="only JAX trains without state")
def test_the_stateless_form_is_the_same():
    variables = fresh_variables()
    optimizer = paired(variables, *PAIRS["adam"]())
    optimizer.build(variables)
    values = [v.value for v in variables]
    state = [v.value for v in optimizer.variables]
    for step in range(3):
        values, state = optimizer.stateless_apply(
            state, tensors(gradients(step)), values
        )
    # Stateless updates leave the variables alone.
    assert_equal(variables, fresh_variables())
    for step in range(3):
        optimizer.apply(tensors(gradients(step)), variables)
    for found, expected in zip(
        [*values, *state], [*variables, *optimizer.variables], strict=True
    ):
        np.testing.assert_allclose(
            numpy_of(found), numpy_of(expected), rtol=1e-6, atol=1e-7
        )


def norms(step):
    return np.array(
        [
            np.linalg.norm(np.concatenate([g.ravel() for g in part]))
            for part in split(gradients(step))
        ]
    )


def test_norms_of_the_gradients_are_averaged():
    variables = fresh_variables()
    optimizer = paired(variables)
    optimizer.apply(tensors(gradients(0)), variables)
    np.testing.assert_allclose(
        numpy_of(optimizer.gradient_norms), norms(0), rtol=1e-6
    )
    for step in (1, 2):
        optimizer.apply(tensors(gradients(step)), variables)
    expected = 0.99**2 * norms(0) + 0.99 * 0.01 * norms(1) + 0.01 * norms(2)
    np.testing.assert_allclose(
        numpy_of(optimizer.gradient_norms), expected, rtol=1e-6
    )


def test_norms_are_those_before_clipping():
    variables = fresh_variables()
    optimizer = paired(variables, optimizers.SGD(0.1, clipvalue=1e-3))
    optimizer.apply(tensors(gradients(0)), variables)
    np.testing.assert_allclose(
        numpy_of(optimizer.gradient_norms), norms(0), rtol=1e-6
    )


def test_only_the_first_has_a_moving_average():
    together, apart = fresh_variables(), fresh_variables()
    averaging = optimizers.SGD(0.1, use_ema=True, ema_momentum=0.5)
    optimizer = paired(together, averaging)
    plain = paired(apart)
    averages = None
    for step in range(3):
        optimizer.apply(tensors(gradients(step)), together)
        plain.apply(tensors(gradients(step)), apart)
        weights = [numpy_of(v).astype(float) for v in split(apart)[0]]
        averages = averages or weights
        averages = [
            0.5 * average + 0.5 * weight
            for average, weight in zip(averages, weights, strict=True)
        ]
    # Training does not use the average; the final weights are the average.
    assert_equal(together, apart)
    optimizer.finalize_variable_values(together)
    first, second = split(together)
    assert_equal(second, split(apart)[1])
    for variable, average in zip(first, averages, strict=True):
        np.testing.assert_allclose(numpy_of(variable), average, rtol=1e-5)


def test_without_a_moving_average_the_end_changes_nothing():
    variables, others = fresh_variables(), fresh_variables()
    for mine in (variables, others):
        optimizer = paired(mine)
        optimizer.apply(tensors(gradients(0)), mine)
    optimizer.finalize_variable_values(others)
    assert_equal(variables, others)


def rates(optimizer):
    return [
        float(numpy_of(part.learning_rate))
        for part in (optimizer.first, optimizer.second)
    ]


def test_setting_the_learning_rate_keeps_the_ratio():
    variables = fresh_variables()
    first, second = optimizers.SGD(0.1), optimizers.SGD(0.3)
    optimizer = paired(variables, first, second)
    assert float(numpy_of(optimizer.learning_rate)) == np.float32(0.1)
    optimizer.learning_rate = 0.025
    np.testing.assert_allclose(rates(optimizer), [0.025, 0.075], rtol=1e-6)
    optimizer.apply(tensors(gradients(0)), variables)
    for rate, part, before, after in zip(
        (0.025, 0.075),
        split(gradients(0)),
        split(fresh_variables()),
        split(variables),
        strict=True,
    ):
        for gradient, old, new in zip(part, before, after, strict=True):
            expected = numpy_of(old) - rate * gradient
            np.testing.assert_allclose(numpy_of(new), expected, rtol=1e-5)


def test_a_rate_of_zero_does_not_end_the_second():
    optimizer = paired(fresh_variables())
    for rate in (0.0, 0.01, 0.0, 0.05):
        optimizer.learning_rate = rate
        np.testing.assert_allclose(rates(optimizer), [rate, 2 * rate])
    # A rate that was set by hand gives a new ratio.
    optimizer.second.learning_rate = 0.2
    optimizer.learning_rate = 0.01
    np.testing.assert_allclose(rates(optimizer), [0.01, 0.04], rtol=1e-6)


def test_a_frozen_first_leaves_the_second():
    optimizer = paired(fresh_variables(), first=optimizers.SGD(0.0))
    optimizer.learning_rate = 0.01
    np.testing.assert_allclose(rates(optimizer), [0.01, 0.2], rtol=1e-6)


def test_rounding_does_not_add_up():
    optimizer = paired(fresh_variables())
    for step in range(1, 1000):
        optimizer.learning_rate = 0.1 / step
    first, second = rates(optimizer)
    np.testing.assert_allclose(second / first, 2, rtol=1e-6)


def test_a_schedule_runs_along():
    variables = fresh_variables()
    first, second = PAIRS["schedules"]()
    optimizer = paired(variables, first, second)
    found = []
    for step in range(3):
        found.append(rates(optimizer))
        optimizer.apply(tensors(gradients(step)), variables)
    expected = np.outer([1e-2, 5e-3, 2.5e-3], [1, 3])
    np.testing.assert_allclose(found, expected, rtol=1e-5)


def test_a_rate_beside_a_schedule_is_not_set():
    schedule = optimizers.schedules.ExponentialDecay(0.1, 1, 0.5)
    optimizer = paired(fresh_variables(), second=optimizers.SGD(schedule))
    with pytest.raises(ValueError, match="discriminator_learning_rate.*=0.5"):
        optimizer.learning_rate = 0.5
    np.testing.assert_allclose(rates(optimizer), [0.1, 0.1], rtol=1e-6)
    with pytest.raises(ValueError, match="must be a number.*Exponential"):
        optimizer.learning_rate = schedule


@pytest.mark.parametrize("missing", [0, 1])
def test_a_side_without_gradients_stays(missing):
    variables = fresh_variables()
    optimizer = paired(variables, *PAIRS["adam"]())
    found = [
        None if is_second == missing else gradient
        for is_second, gradient in zip(
            SECOND, tensors(gradients(0)), strict=True
        )
    ]
    optimizer.apply(found, variables)
    assert_equal(split(variables)[missing], split(fresh_variables())[missing])
    changed = split(variables)[1 - missing]
    for variable, old in zip(
        changed, split(fresh_variables())[1 - missing], strict=True
    ):
        assert np.all(numpy_of(variable) != numpy_of(old))
    expected = norms(0)
    expected[missing] = 0
    np.testing.assert_allclose(
        numpy_of(optimizer.gradient_norms), expected, rtol=1e-6
    )


def test_the_state_is_that_of_both_and_can_be_stored():
    variables, others = fresh_variables(), fresh_variables()
    optimizer = paired(variables, *PAIRS["adam"]())
    again = paired(others, *PAIRS["adam"]())
    optimizer.apply(tensors(gradients(0)), variables)
    # Each optimizer has an iteration, a learning rate, and two moments for
    # two variables; the pair has an iteration, a learning rate and the norms.
    assert len({id(v) for v in optimizer.variables}) == 2 * (2 + 4) + 3
    store = {}
    optimizer.save_own_variables(store)
    for other, variable in zip(others, variables, strict=True):
        other.assign(numpy_of(variable))
    again.build(others)
    again.load_own_variables(store)
    for one, mine in ((optimizer, variables), (again, others)):
        one.apply(tensors(gradients(1)), mine)
    assert_equal(others, variables)
    assert_equal(again.variables, optimizer.variables)


def test_there_is_no_configuration():
    with pytest.raises(NotImplementedError, match="model"):
        paired(fresh_variables()).get_config()
