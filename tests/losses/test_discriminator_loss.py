import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from convzoo.losses import DiscriminatorLoss
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
        ({"kind": "least_squares", "label_smoothing": 0.1}, (3, 1)),
        ({"kind": "hinge"}, (2, 5, 4, 3)),
        ({"kind": "wasserstein"}, (3, 1)),
        ({"relativistic": True, "label_smoothing": 0.1}, (3, 1)),
        ({"kind": "least_squares", "relativistic": True}, (2, 5, 4, 3)),
        ({"kind": "hinge", "relativistic": True}, (3, 1)),
    ),
)
def test_loss(arguments, shape, tmp_path):
    run_loss_test(
        DiscriminatorLoss,
        arguments,
        logits(shape),
        folder=tmp_path,
        other_pairs=[logits((1, *shape[1:]))],
        hard_pairs=hard_logits(shape),
        identical=None,
        independent="relativistic" not in arguments,
    )


def test_by_hand():
    real = np.array([[3.0], [0.5], [-1.0]], "float32")
    fake = np.array([[-2.0], [0.5], [0.0]], "float32")
    softplus = np.log1p(np.exp([[-3.0, -2.0], [-0.5, 0.5], [1.0, 0.0]])).sum(1)
    for kind, expected in (
        ("non_saturating", softplus),
        ("least_squares", [8, 0.5, 4]),
        ("hinge", [0, 0.5 + 1.5, 2 + 1]),
        ("wasserstein", [-5, 0, 1]),
    ):
        loss = DiscriminatorLoss(kind, reduction="none")
        found = numpy_of(loss(real, fake))
        np.testing.assert_allclose(found, expected, rtol=1e-6, err_msg=kind)


def test_relativistic_by_hand():
    real = np.array([[2.0], [0.0]], "float32")
    fake = np.array([[-1.0], [0.0]], "float32")
    # Minus the means, -0.5 and 1: real 2.5 and 0.5, fake -2 and -1.
    for kind, expected in (
        (
            "non_saturating",
            np.log1p(np.exp([[-2.5, -2.0], [-0.5, -1.0]])).sum(1) / 2,
        ),
        ("least_squares", [(1.5**2 + 1) / 2, 0.5**2 / 2]),
        ("hinge", [0, 0.5 / 2]),
    ):
        loss = DiscriminatorLoss(kind, relativistic=True, reduction="none")
        found = numpy_of(loss(real, fake))
        np.testing.assert_allclose(
            found, expected, rtol=1e-6, atol=1e-7, err_msg=kind
        )


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize(
    ("case", "arguments"),
    [
        *((f"discriminator/{kind}", {"kind": kind}) for kind in KINDS),
        *(
            (f"smoothed/{kind}", {"kind": kind, "label_smoothing": 0.1})
            for kind in KINDS[:2]
        ),
        *(
            (
                f"relative_discriminator/{kind}",
                {"kind": kind, "relativistic": True},
            )
            for kind in RELATIVE_KINDS
        ),
    ],
)
def test_values_and_gradients_of_pytorch(case, arguments, shape):
    loss = DiscriminatorLoss(**arguments)
    pair, value, expected = golden(shape, case)
    np.testing.assert_allclose(numpy_of(loss(*pair)), value, rtol=1e-6)
    pair = [np.float32(y) for y in pair]
    mean = np.full(len(pair[0]), 1 / len(pair[0]), "float32")
    found = gradients(loss.call, pair, mean)
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-6)


_LOGITS = st.lists(st.floats(-30, 30, width=32), min_size=2, max_size=2)


@examples(20)
@given(
    st.lists(_LOGITS, min_size=1, max_size=4),
    st.sampled_from(RELATIVE_KINDS),
    st.floats(-10, 10),
)
def test_identities(pairs, kind, shift):
    real, fake = np.array(pairs, "float32").T.reshape(2, -1, 1)
    plain = DiscriminatorLoss(kind, reduction="none")
    if kind != "least_squares":
        # A change of sign swaps real and fake.
        np.testing.assert_allclose(
            numpy_of(plain(real, fake)), numpy_of(plain(-fake, -real)), 1e-5
        )
    relative = DiscriminatorLoss(kind, relativistic=True)
    shifted = numpy_of(relative(real + shift, fake + shift))
    np.testing.assert_allclose(
        shifted, numpy_of(relative(real, fake)), rtol=1e-3, atol=1e-4
    )
    # With one real and one fake sample, only their difference counts.
    one = relative(real[:1], fake[:1])
    difference = real[:1] - fake[:1]
    expected = DiscriminatorLoss(kind)(difference, -difference)
    if kind == "least_squares":
        expected = 2 * np.square(difference.mean() - 1)
    np.testing.assert_allclose(
        numpy_of(one), numpy_of(expected) / 2, rtol=1e-4, atol=1e-5
    )


def test_smoothing_moves_the_best_logit():
    real = np.linspace(-5, 5, 2001, dtype="float32").reshape(-1, 1)
    fake = np.zeros_like(real)
    for kind, best in (
        ("non_saturating", np.log(0.9 / 0.1)),
        ("least_squares", 0.9),
    ):
        loss = DiscriminatorLoss(kind, label_smoothing=0.1, reduction="none")
        values = numpy_of(loss(real, fake))
        assert abs(real[np.argmin(values), 0] - best) < 0.01


def test_patches_are_averaged():
    real, fake = logits((2, 5, 4, 1))
    loss = DiscriminatorLoss("least_squares", reduction="none")
    expected = np.mean((real - 1) ** 2 + fake**2, axis=(1, 2, 3))
    np.testing.assert_allclose(numpy_of(loss(real, fake)), expected, rtol=1e-6)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"kind": "vanilla"}, "`kind` .*kind='vanilla'"),
        ({"kind": None}, "`kind` .*kind=None"),
        ({"relativistic": 1}, "`relativistic` .*relativistic=1"),
        ({"check_range": "no"}, "`check_range` .*check_range='no'"),
        (
            {"kind": "wasserstein", "relativistic": True},
            "`relativistic` .*wasserstein.*relativistic=True",
        ),
        ({"label_smoothing": 1}, "`label_smoothing` .*label_smoothing=1"),
        ({"label_smoothing": -0.1}, "`label_smoothing` .*=-0.1"),
        (
            {"kind": "hinge", "label_smoothing": 0.1},
            "`label_smoothing` .*'hinge'.*label_smoothing=0.1",
        ),
        (
            {"kind": "wasserstein", "label_smoothing": 0.1},
            "`label_smoothing` .*'wasserstein'",
        ),
    ],
)
def test_bad_arguments(arguments, message):
    with pytest.raises(ValueError, match=message):
        DiscriminatorLoss(**arguments)


def test_bad_shapes():
    loss = DiscriminatorLoss()
    with pytest.raises(ValueError, match=r"same shape.*\(2, 1\).*\(3, 1\)"):
        loss(np.zeros((2, 1)), np.zeros((3, 1)))
    with pytest.raises(ValueError, match=r"same shape.*\(2, 1\).*\(2,\)"):
        loss(np.zeros((2, 1)), np.zeros((2,)))
    with pytest.raises(ValueError, match=r"`y_true` .*\(batch, \.\.\.\)"):
        loss(np.zeros(()), np.zeros(()))


def test_probabilities_are_refused_on_request():
    real, fake = np.array([[0.9], [1.0]]), np.array([[0.1], [0.25]])
    DiscriminatorLoss()(real, fake)
    loss = DiscriminatorLoss(check_range=True)
    message = "`y_true` and `y_pred` must be logits.*0.9 to 1.*0.1 to 0.25"
    with pytest.raises(ValueError, match=message):
        loss(real, fake)
    for y_true, y_pred in (
        (2 * real, fake),
        (real, -fake),
        (real, np.nan * fake),
        (real[:0], fake[:0]),
    ):
        loss.call(y_true, y_pred)
