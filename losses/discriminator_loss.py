"""What a discriminator, or critic, learns from.

Goodfellow et al. 2014, Generative Adversarial Networks,
https://arxiv.org/abs/1406.2661 ("non_saturating"); Mao et al. 2017, Least
Squares Generative Adversarial Networks, https://arxiv.org/abs/1611.04076; Lim
and Ye 2017, Geometric GAN, https://arxiv.org/abs/1705.02894 ("hinge");
Arjovsky, Chintala and Bottou 2017, Wasserstein GAN,
https://arxiv.org/abs/1701.07875; Jolicoeur-Martineau 2018, The relativistic
discriminator, https://arxiv.org/abs/1807.00734.

What differs from the papers: least squares have no factor of 1/2, and the sum
of the two relativistic terms has one, as in BasicSR, for all kinds; means over
the other side of a relativistic loss pass no gradient on.
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
    """The loss of a discriminator, of logits of real and of fake samples.

    The sum of both terms, of `r`, logits of real samples, and `f`, of fake:

    | kind | real | fake |
    | --- | --- | --- |
    | non_saturating | softplus(-r) | softplus(f) |
    | least_squares | (r - 1)^2 | f^2, relativistic (f + 1)^2 |
    | hinge | relu(1 - r) | relu(1 + f) |
    | wasserstein | -r | f |

    A relativistic loss is half that sum, of `r` less the mean of all `f`, and
    of `f` less the mean of all `r`. The means pass no gradient on.

    Other packages differ by factors. To have TF-GAN's:

    | TF-GAN | here |
    | --- | --- |
    | `least_squares_discriminator_loss` | 1/2 of it |
    | `relativistic_discriminator_loss` | twice it |
    | its default, `label_smoothing=0.25`, of both sides | 0.125, of one side |

    BasicSR's values are these, with `label_smoothing` for its `real_label_val`.
    Of relativistic losses ESRGAN's is the non-saturating one.

    Args:
        kind: one of "non_saturating", "least_squares", "hinge" and
            "wasserstein".
        label_smoothing: how far below 1 the target of real samples is, from 0
            up to, without, 1; of the first two kinds only. That of fake samples
            stays.
        relativistic: True compares each logit with the mean of the other side
            over the whole batch. On several replicas it is the mean of the
            replica's part, and it does not count sample weights.
        check_range: True raises, where values can be looked at, if all of them
            lie in [0, 1]: they are probabilities then, not logits. So are, by
            chance, the logits of a few samples at times.
        **kwargs: `name`, `reduction` and `dtype` of `keras.losses.Loss`.

    Call arguments:
        y_true: logits of real samples, `(batch, ...)`: there may be several to
            a sample, one for each patch. No sigmoid has been applied.
        y_pred: logits of fake samples, of the same shape. Generate them without
            a gradient for the generator, by `ops.stop_gradient`.
        sample_weight: `(batch,)`.

    Output shape:
        A scalar, or `(batch,)` with `reduction="none"`: means over all logits
        of a sample.

    Raises:
        ValueError: an argument is not as described, or the shapes differ.

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
