"""Adversarial losses for discriminators and critics.

Goodfellow et al. 2014, Generative Adversarial Networks,
https://arxiv.org/abs/1406.2661 ("non_saturating"); Mao et al. 2017, Least
Squares Generative Adversarial Networks, https://arxiv.org/abs/1611.04076; Lim
and Ye 2017, Geometric GAN, https://arxiv.org/abs/1705.02894 ("hinge");
Arjovsky, Chintala and Bottou 2017, Wasserstein GAN,
https://arxiv.org/abs/1701.07875; Jolicoeur-Martineau 2018, The relativistic
discriminator, https://arxiv.org/abs/1807.00734.

What differs from the papers: the least-squares loss has no factor of 1/2, and
the sum of the two relativistic terms has one for all kinds, as in BasicSR; no
gradient flows through the mean over the other side of a relativistic loss.
"""

from typing import Any

import keras
from keras import ops

from convzoo.common.checks import check_number
from convzoo.common.types import Tensor
from convzoo.losses.adversarial import (
    AdversarialKind,
    as_fake,
    as_real,
    batch_mean,
    check_adversarial_arguments,
    checked_logits,
    relative,
)
from convzoo.losses.images import sample_mean


@keras.saving.register_keras_serializable(package="convzoo")
class DiscriminatorLoss(keras.losses.Loss):
    """Adversarial loss of a discriminator or critic.

    The loss is the sum of both terms, for logits `r` of real and `f` of fake
    samples:

    | kind | real | fake |
    | --- | --- | --- |
    | non_saturating | softplus(-r) | softplus(f) |
    | least_squares | (r - 1)^2 | f^2, relativistic (f + 1)^2 |
    | hinge | relu(1 - r) | relu(1 + f) |
    | wasserstein | -r | f |

    A relativistic loss is half that sum, with the mean of all `f` subtracted
    from `r`, and the mean of all `r` from `f`. No gradient flows through the
    means.

    Other packages use different factors. To match TF-GAN:

    | TF-GAN | this loss |
    | --- | --- |
    | `least_squares_discriminator_loss` | 1/2 of it |
    | `relativistic_discriminator_loss` | twice it |
    | `label_smoothing=0.25`, its default, on both sides | 0.125, on one side |

    Values equal BasicSR's, with `label_smoothing` for its `real_label_val`.
    ESRGAN uses the relativistic non-saturating loss.

    Args:
        kind: Kind of the loss: "non_saturating", "least_squares", "hinge" or
            "wasserstein".
        label_smoothing: Label smoothing of real samples, in [0, 1): their
            target is 1 - label_smoothing. Only for the first two kinds. The
            target of fake samples does not change.
        relativistic: Whether to compare each logit with the mean of the other
            side over the whole batch, without sample weights. With several
            replicas it is the mean over the replica's part.
        check_range: Whether to raise a `ValueError` if all values lie in
            [0, 1], as probabilities do, and the logits of a few samples may do
            by chance. Skipped inside compiled functions.
        **kwargs: `name`, `reduction` and `dtype` of `keras.losses.Loss`.

    Call arguments:
        y_true: Logits of real samples, `(batch, ...)`, without a sigmoid. There
            may be several per sample, one for each patch.
        y_pred: Logits of fake samples, of the same shape. Pass generated
            samples through `ops.stop_gradient`, so the generator gets no
            gradient.
        sample_weight: Weights of the samples, `(batch,)`.

    Output shape:
        A scalar, or `(batch,)` with `reduction="none"`. The mean over all
        logits of a sample.

    Raises:
        ValueError: If an argument is invalid or the shapes differ.

    Example:

    >>> import numpy as np
    >>> from convzoo.losses import DiscriminatorLoss
    >>> real, fake = np.array([[2.0], [0.5]]), np.array([[-1.0], [0.0]])
    >>> print(f"{float(DiscriminatorLoss('hinge')(real, fake)):.3f}")
    0.750
    >>> loss = DiscriminatorLoss("least_squares", reduction="none")
    >>> [float(value) for value in loss(real, fake)]
    [2.0, 0.25]
    """

    def __init__(
        self,
        kind: AdversarialKind = "non_saturating",
        label_smoothing: float = 0.0,
        relativistic: bool = False,
        check_range: bool = False,
        name: str = "discriminator_loss",
        **kwargs: Any,
    ) -> None:
        check_adversarial_arguments(kind, relativistic, check_range)
        _check_label_smoothing(kind, label_smoothing)
        super().__init__(name=name, **kwargs)
        self.kind = kind
        self.label_smoothing = label_smoothing
        self.relativistic = relativistic
        self.check_range = check_range

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        real, fake = checked_logits(y_true, y_pred, self.check_range)
        if self.relativistic:
            values = relative(
                self.kind,
                real - ops.stop_gradient(batch_mean(fake)),
                fake - ops.stop_gradient(batch_mean(real)),
                self.label_smoothing,
            )
        else:
            values = as_real(self.kind, real, self.label_smoothing)
            values = values + as_fake(self.kind, fake)
        return sample_mean(values)

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "dtype": self.dtype,
            "kind": self.kind,
            "label_smoothing": self.label_smoothing,
            "relativistic": self.relativistic,
            "check_range": self.check_range,
        }


def _check_label_smoothing(
    kind: AdversarialKind, label_smoothing: float
) -> None:
    check_number("label_smoothing", label_smoothing, 0, 1)
    if label_smoothing and kind in ("hinge", "wasserstein"):
        raise ValueError(
            f"`label_smoothing` must be 0 with kind={kind!r}, which has no "
            f"labels. Received: label_smoothing={label_smoothing!r}"
        )
