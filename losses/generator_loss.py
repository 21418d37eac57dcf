"""Adversarial losses for generators.

Goodfellow et al. 2014, Generative Adversarial Networks,
https://arxiv.org/abs/1406.2661, and the other papers of `DiscriminatorLoss`.

What differs from the papers: of the two losses of the first, only the
non-saturating one is offered; factors are those of `DiscriminatorLoss`.
"""

from typing import Any

import keras
from keras import ops

from convzoo.common.types import Tensor
from convzoo.losses.adversarial import (
    AdversarialKind,
    as_real,
    batch_mean,
    check_adversarial_arguments,
    check_no_probabilities,
    checked_logits,
    relative,
)
from convzoo.losses.images import as_float, check_batch, sample_mean


@keras.saving.register_keras_serializable(package="convzoo")
class GeneratorLoss(keras.losses.Loss):
    """Adversarial loss of a generator.

    For logits `f` of fake samples:

    | kind | loss |
    | --- | --- |
    | non_saturating | softplus(-f) |
    | least_squares | (f - 1)^2 |
    | hinge | -f |
    | wasserstein | -f |

    A relativistic loss is that of `DiscriminatorLoss` with real and fake
    samples swapped, so it depends on the logits of real samples too.

    Other packages use different factors: TF-GAN's least-squares loss is 1/2 of
    this one, and its relativistic losses are twice these. Values equal
    BasicSR's.

    Args:
        kind: Kind of the loss, as in the discriminator's loss.
        relativistic: Whether the loss is relativistic, as in the
            discriminator's loss. No gradient flows to the logits of real
            samples, but it flows through the mean of those of fake samples over
            the whole batch, or over a replica's part of it.
        check_range: Whether to raise a `ValueError` if all values lie in
            [0, 1], as probabilities do, and the logits of a few samples may do
            by chance. Skipped inside compiled functions.
        **kwargs: `name`, `reduction` and `dtype` of `keras.losses.Loss`.

    Call arguments:
        y_true: Logits of real samples, of the shape of `y_pred`. Ignored, and
            may be anything, unless `relativistic`.
        y_pred: Logits of fake samples, `(batch, ...)`, without a sigmoid. There
            may be several per sample, one for each patch.
        sample_weight: Weights of the samples, `(batch,)`.

    Output shape:
        A scalar, or `(batch,)` with `reduction="none"`. The mean over all
        logits of a sample.

    Raises:
        ValueError: If an argument is invalid or the shapes differ.

    Example:

    >>> import numpy as np
    >>> from convzoo.losses import GeneratorLoss
    >>> real, fake = np.array([[2.0], [0.5]]), np.array([[-1.0], [0.0]])
    >>> print(f"{float(GeneratorLoss('least_squares')(real, fake)):.3f}")
    2.500
    >>> loss = GeneratorLoss("hinge", relativistic=True)
    >>> print(f"{float(loss(real, fake)):.3f}")
    2.750
    """

    def __init__(
        self,
        kind: AdversarialKind = "non_saturating",
        relativistic: bool = False,
        check_range: bool = False,
        name: str = "generator_loss",
        **kwargs: Any,
    ) -> None:
        check_adversarial_arguments(kind, relativistic, check_range)
        super().__init__(name=name, **kwargs)
        self.kind = kind
        self.relativistic = relativistic
        self.check_range = check_range

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        if self.relativistic:
            real, fake = checked_logits(y_true, y_pred, self.check_range)
            return sample_mean(self._relative(ops.stop_gradient(real), fake))
        fake = as_float(y_pred)
        check_batch("y_pred", fake)
        if self.check_range:
            check_no_probabilities(y_pred=fake)
        # With the discriminator's hinge a generator would stop learning.
        kind = "wasserstein" if self.kind == "hinge" else self.kind
        return sample_mean(as_real(kind, fake))

    def _relative(self, real: Tensor, fake: Tensor) -> Tensor:
        """The discriminator's loss with real and fake samples swapped."""
        return relative(
            self.kind, fake - batch_mean(real), real - batch_mean(fake)
        )

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "dtype": self.dtype,
            "kind": self.kind,
            "relativistic": self.relativistic,
            "check_range": self.check_range,
        }
