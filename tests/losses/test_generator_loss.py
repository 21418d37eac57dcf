import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from keras import ops

from convzoo.losses import DiscriminatorLoss, GeneratorLoss
from tests.layer_checks import examples, gradients
from tests.losses.adversarial_cases import (
    KINDS,
    RELATIVE_KINDS,
    SHAPES,
    golden,
    hard_logits,
    logits,
)
from tests.support import numpy_of, rest_long, run_loss_test


@pytest.mark.parametrize(
    ("arguments", "shape"),
    rest_long(
        ({}, (3, 1)),
        ({"kind": "least_squares"}, (2, 5, 4, 3)),
        ({"kind": "hinge"}, (3, 1)),
        ({"kind": "wasserstein"}, (3, 1)),
        ({"relativistic": True}, (2, 5, 4, 3)),
        ({"kind": "least_squares", "relativistic": True}, (3, 1)),
        ({"kind": "hinge", "relativistic": True}, (3, 1)),
    ),
)
def test_loss(arguments, shape, tmp_path):
    run_loss_test(
        GeneratorLoss,
        arguments,
        logits(shape),
        folder=tmp_path,
        other_pairs=[logits((1, *shape[1:]))],
        hard_pairs=hard_logits(shape),
        identical=None,
        independent="relativistic" not in arguments,
    )


def test_by_hand():
    real = np.array([[5.0], [6.0]], "float32")
    fake = np.array([[-2.0], [0.5]], "float32")
    for kind, expected in (
        ("non_saturating", np.log1p(np.exp([2.0, -0.5]))),
        ("least_squares", [9, 0.25]),
        ("hinge", [2, -0.5]),
        ("wasserstein", [2, -0.5]),
    ):
        loss = GeneratorLoss(kind, reduction="none")
        found = numpy_of(loss(real, fake))
        np.testing.assert_allclose(found, expected, rtol=1e-6, err_msg=kind)


def test_relativistic_by_hand():
    real = np.array([[2.0], [0.0]], "float32")
    fake = np.array([[-1.0], [0.0]], "float32")
    # Minus the means, -0.5 and 1: real 2.5 and 0.5, fake -2 and -1.
    for kind, expected in (
        (
            "non_saturating",
            np.log1p(np.exp([[2.5, 2.0], [0.5, 1.0]])).sum(1) / 2,
        ),
        ("least_squares", [(3.5**2 + 3**2) / 2, (1.5**2 + 2**2) / 2]),
        ("hinge", [(3.5 + 3) / 2, (1.5 + 2) / 2]),
    ):
        loss = GeneratorLoss(kind, relativistic=True, reduction="none")
        found = numpy_of(loss(real, fake))
        np.testing.assert_allclose(found, expected, rtol=1e-6, err_msg=kind)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize(
    ("case", "arguments"),
    [
        *((f"generator/{kind}", {"kind": kind}) for kind in KINDS),
        *(
            (
                f"relative_generator/{kind}",
                {"kind": kind, "relativistic": True},
            )
            for kind in RELATIVE_KINDS
        ),
    ],
)
def test_values_and_gradients_of_pytorch(case, arguments, shape):
    loss = GeneratorLoss(**arguments)
    pair, value, expected = golden(shape, case)
    np.testing.assert_allclose(numpy_of(loss(*pair)), value, rtol=1e-6)
    pair = [np.float32(y) for y in pair]
    # Backends give no gradient for an unused input, hence `0 * real`.
    found = gradients(
        lambda real, fake: loss.call(real, fake) + 0 * ops.sum(real),
        pair,
        np.full(len(pair[0]), 1 / len(pair[0]), "float32"),
    )
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-6)


_LOGITS = st.lists(st.floats(-30, 30, width=32), min_size=2, max_size=2)


@examples(20)
@given(
    st.lists(_LOGITS, min_size=1, max_size=4), st.sampled_from(RELATIVE_KINDS)
)
def test_relativistic_is_the_discriminators_of_the_other_side(pairs, kind):
    real, fake = np.array(pairs, "float32").T.reshape(2, -1, 1)
    generator = GeneratorLoss(kind, relativistic=True)
    discriminator = DiscriminatorLoss(kind, relativistic=True)
    np.testing.assert_allclose(
        numpy_of(generator(real, fake)),
        numpy_of(discriminator(fake, real)),
        rtol=1e-6,
    )


@examples(20)
@given(st.floats(-30, 30), st.sampled_from(KINDS))
def test_better_fakes_cost_less(logit, kind):
    loss = GeneratorLoss(kind)
    worse, better = (
        float(loss(np.zeros((1, 1)), np.array([[y]])))
        for y in (logit, logit + 0.5)
    )
    # The optimum of least squares is a logit of 1.
    if kind != "least_squares" or logit <= 0.5:
        assert better < worse or abs(better) < 1e-12


def test_real_logits_are_ignored():
    _, fake = logits((2, 3))
    loss = GeneratorLoss("hinge")
    expected = numpy_of(loss(fake, fake))
    for y_true in (np.zeros((2,)), np.full((5, 1, 1), np.nan)):
        np.testing.assert_array_equal(numpy_of(loss(y_true, fake)), expected)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"kind": "wgan"}, "`kind` .*kind='wgan'"),
        ({"relativistic": "yes"}, "`relativistic` .*relativistic='yes'"),
        ({"check_range": 0}, "`check_range` .*check_range=0"),
        (
            {"kind": "wasserstein", "relativistic": True},
            "`relativistic` .*wasserstein.*relativistic=True",
        ),
    ],
)
def test_bad_arguments(arguments, message):
    with pytest.raises(ValueError, match=message):
        GeneratorLoss(**arguments)


def test_bad_shapes():
    loss = GeneratorLoss(relativistic=True)
    with pytest.raises(ValueError, match=r"same shape.*\(2, 1\).*\(3, 1\)"):
        loss(np.zeros((2, 1)), np.zeros((3, 1)))
    with pytest.raises(ValueError, match=r"`y_pred` .*\(batch, \.\.\.\)"):
        GeneratorLoss()(np.zeros((2, 1)), np.zeros(()))


def test_probabilities_are_refused_on_request():
    real, fake = np.array([[3.0], [1.0]]), np.array([[0.1], [0.25]])
    GeneratorLoss()(real, fake)
    with pytest.raises(ValueError, match="`y_pred` must be logits.*0.1 to 0.2"):
        GeneratorLoss(check_range=True)(real, fake)
    GeneratorLoss(check_range=True)(real, -fake)
    relativistic = GeneratorLoss(relativistic=True, check_range=True)
    relativistic(real, fake)
    with pytest.raises(ValueError, match="y_true with values from 0.3"):
        relativistic(real / 10 + 0.2, fake)
