"""Formulas and argument checks of the adversarial losses."""

from typing import Literal, get_args

from keras import ops

from convzoo.common.checks import check_choice, check_flag
from convzoo.common.types import Tensor
from convzoo.layers.values import values_of
from convzoo.losses.images import checked_arrays, sample_mean

AdversarialKind = Literal[
    "non_saturating", "least_squares", "hinge", "wasserstein"
]


def as_real(
    kind: AdversarialKind, logits: Tensor, smoothing: float = 0.0
) -> Tensor:
    """Return the loss per logit of samples that should be judged real.

    Args:
        kind: Kind of the loss.
        logits: Logits of any shape.
        smoothing: Label smoothing: the target is 1 - smoothing. Ignored by
            kinds without a target.
    """
    if kind == "non_saturating":
        # Cross-entropy with a target of 1 - smoothing.
        return ops.softplus(-logits) + smoothing * logits
    if kind == "least_squares":
        return ops.square(logits - (1 - smoothing))
    if kind == "hinge":
        return ops.relu(1 - logits)
    return -logits


def as_fake(
    kind: AdversarialKind, logits: Tensor, target: float = 0.0
) -> Tensor:
    """Return the loss per logit of samples that should be judged fake.

    Args:
        kind: Kind of the loss.
        logits: Logits of any shape.
        target: Target of the least-squares loss.
    """
    if kind == "non_saturating":
        return ops.softplus(logits)
    if kind == "least_squares":
        return ops.square(logits - target)
    if kind == "hinge":
        return ops.relu(1 + logits)
    return logits


def relative(
    kind: AdversarialKind, real: Tensor, fake: Tensor, smoothing: float = 0.0
) -> Tensor:
    """Return the relativistic loss, half the sum of both terms.

    Args:
        kind: Kind of the loss.
        real: Logits of real samples minus the mean of the fake ones.
        fake: Logits of fake samples minus the mean of the real ones.
        smoothing: Label smoothing of real samples.
    """
    judged_real = as_real(kind, real, smoothing)
    judged_fake = as_fake(kind, fake, target=-1.0)
    return (judged_real + judged_fake) / 2


def batch_mean(logits: Tensor) -> Tensor:
    """Return the mean of all logits of a batch, a scalar."""
    return ops.mean(sample_mean(logits))


def check_adversarial_arguments(
    kind: AdversarialKind, relativistic: bool, check_range: bool
) -> None:
    """Raise a `ValueError` that quotes the first invalid argument."""
    check_choice("kind", kind, get_args(AdversarialKind))
    check_flag("relativistic", relativistic)
    check_flag("check_range", check_range)
    if relativistic and kind == "wasserstein":
        raise ValueError(
            "`relativistic` must be False with kind='wasserstein', which "
            "compares real and fake already. "
            f"Received: relativistic={relativistic!r}"
        )


def checked_logits(
    y_true: Tensor, y_pred: Tensor, check_range: bool
) -> tuple[Tensor, Tensor]:
    """Return real and fake logits with the same shape and dtype.

    Args:
        y_true: Logits of real samples.
        y_pred: Logits of fake samples.
        check_range: Whether to reject values that look like probabilities.
    """
    y_true, y_pred = checked_arrays(y_true, y_pred)
    if check_range:
        check_no_probabilities(y_true=y_true, y_pred=y_pred)
    return y_true, y_pred


def check_no_probabilities(**logits: Tensor) -> None:
    """Raise a `ValueError` if all values of all tensors lie in [0, 1].

    Passes inside a compiled function, where values are unknown.
    """
    ranges = {}
    for name, tensor in logits.items():
        values = values_of(tensor)
        if values is None or values.size == 0:
            return
        ranges[name] = float(values.min()), float(values.max())
    # Comparisons with NaN are False, so NaN passes.
    if not all(low >= 0 and high <= 1 for low, high in ranges.values()):
        return
    names = " and ".join(f"`{name}`" for name in ranges)
    received = ", ".join(
        f"{name} with values from {low:.6g} to {high:.6g}"
        for name, (low, high) in ranges.items()
    )
    raise ValueError(
        f"{names} must be logits, but all values lie in [0, 1], as "
        f"probabilities do. Received: {received}"
    )
