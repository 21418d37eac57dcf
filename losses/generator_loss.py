"""What a generator learns from its discriminator.

Goodfellow et al. 2014, Generative Adversarial Networks,
https://arxiv.org/abs/1406.2661, and the other papers of `DiscriminatorLoss`.

What differs from the papers: of the first it is the loss that does not
saturate; factors are those of `DiscriminatorLoss`.
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
    """The loss of a generator, of the logits that its samples are given.

    Of `f`, logits of fake samples:

    | kind | loss |
    | --- | --- |
    | non_saturating | softplus(-f) |
    | least_squares | (f - 1)^2 |
    | hinge | -f |
    | wasserstein | -f |

    A relativistic loss is that of `DiscriminatorLoss` with real and fake
    exchanged, so that it has logits of real samples to push down too.

    Other packages differ by factors: TF-GAN's least squares are 1/2 of these,
    and its relativistic losses twice these. BasicSR's values are these.

    Args:
        kind: that of the discriminator's loss.
        relativistic: that of the discriminator's loss. The logits of real
            samples pass no gradient on; the mean of those of fake samples, over
            the whole batch, or a replica's part of it, does.
        check_range: True raises, where values can be looked at, if all of them
            lie in [0, 1]: they are probabilities then, not logits. So are, by
            chance, the logits of a few samples at times.
        **kwargs: `name`, `reduction` and `dtype` of `keras.losses.Loss`.

    Call arguments:
        y_true: logits of real samples, of the shape of `y_pred`. Ignored, and
            may be anything, unless `relativistic`.
        y_pred: logits of fake samples, `(batch, ...)`: there may be several to
            a sample, one for each patch. No sigmoid has been applied.
        sample_weight: `(batch,)`.

    Output shape:
        A scalar, or `(batch,)` with `reduction="none"`: means over all logits
        of a sample.

    Raises:
        ValueError: an argument is not as described, or the shapes differ.

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
        # The hinge is the discriminator's: a generator would stop learning.
        kind = "wasserstein" if self.kind == "hinge" else self.kind
        return sample_mean(as_real(kind, fake))

    def _relative(self, real: Tensor, fake: Tensor) -> Tensor:
        """The discriminator's loss with real and fake exchanged."""
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
