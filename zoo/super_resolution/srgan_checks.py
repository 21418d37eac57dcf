"""Checks of the arguments of `SRGAN`."""

from collections.abc import Callable
from typing import Any, TypeAlias, cast

import keras

from convzoo.common.checks import check_number
from convzoo.common.types import Tensor
from convzoo.losses import DiscriminatorLoss, GeneratorLoss, Perceptual
from convzoo.losses.adversarial import AdversarialKind
from convzoo.losses.images import check_same_shape
from convzoo.losses.loss_terms import checked_loss

# What `keras.losses.get` takes.
Loss: TypeAlias = str | keras.losses.Loss | Callable[[Tensor, Tensor], Tensor]


def check_built(name: str, value: object) -> None:
    if not isinstance(value, keras.Model) or not value.built:
        raise ValueError(
            f"`{name}` must be a built Keras model. Received: {name}={value!r}"
        )


def check_targets(high: Tensor | None, generated: Tensor) -> None:
    """Raise a `ValueError` unless images are those of the generator's size."""
    if high is None:
        raise ValueError(
            "`fit` of a SRGAN needs pairs of images, low and high resolution. "
            "Received: no high-resolution images"
        )
    check_same_shape(high, generated, ("high", "generator(low)"))


def checked_term(name: str, value: object) -> tuple[Loss, float] | None:
    """Return a pair of a loss and its weight, or None."""
    if value is None:
        return None
    if not isinstance(value, (tuple, list)) or len(value) != 2:
        raise ValueError(
            f"`{name}` must be a pair (loss, weight), or None. "
            f"Received: {name}={value!r}"
        )
    loss, weight = value
    check_number(f"{name}[1]", weight, 0)
    if loss == "esrgan":
        loss = Perceptual.esrgan()
    return checked_loss(f"{name}[0]", loss), float(weight)


def checked_adversarial(value: object) -> tuple[GeneratorLoss, float] | None:
    if isinstance(value, (tuple, list)) and len(value) == 2:
        loss, weight = value
        if isinstance(loss, str):
            # `GeneratorLoss` checks the name.
            loss = GeneratorLoss(cast(AdversarialKind, loss))
        value = loss, weight
    term = checked_term("adversarial_loss", value)
    if term is None:
        return None
    loss, weight = term
    if not isinstance(loss, GeneratorLoss):
        raise ValueError(
            "`adversarial_loss[0]` must be a GeneratorLoss, or the name of its "
            f"kind. Received: adversarial_loss[0]={loss!r}"
        )
    return loss, weight


def checked_discriminator_loss(
    loss: DiscriminatorLoss | None,
    adversarial: tuple[GeneratorLoss, float] | None,
) -> DiscriminatorLoss | None:
    if loss is None and adversarial is not None:
        kind, relativistic = adversarial[0].kind, adversarial[0].relativistic
        return DiscriminatorLoss(kind, relativistic=relativistic)
    if loss is not None and not isinstance(loss, DiscriminatorLoss):
        raise ValueError(
            "`discriminator_loss` must be a DiscriminatorLoss. "
            f"Received: discriminator_loss={loss!r}"
        )
    return loss


def check_terms(
    terms: dict[str, tuple[Loss, float] | None], **of_discriminator: Any
) -> None:
    """Check that there is a loss, and that every argument has an effect."""
    if not any(terms.values()):
        raise ValueError(
            "One of `pixel_loss`, `perceptual_loss` and `adversarial_loss` "
            "must not be None. Received: pixel_loss=None, "
            "perceptual_loss=None, adversarial_loss=None"
        )
    for name, value in of_discriminator.items():
        if terms["adversarial_loss"] is None and value is not None:
            raise ValueError(
                f"`{name}` must not be set if `adversarial_loss` is None. "
                f"Received: {name}={value!r}"
            )


def check_discriminator(discriminator: keras.Model, penalty: float) -> None:
    check_built("discriminator", discriminator)
    mixes = any(
        isinstance(layer, keras.layers.BatchNormalization)
        for layer in discriminator._flatten_layers()
    )
    if penalty and mixes:
        raise ValueError(
            "`gradient_penalty` must be 0 for a discriminator with batch "
            "normalisation, which mixes the images of a batch. "
            f"Received: gradient_penalty={penalty!r}"
        )
