"""Generative adversarial training of a super-resolution network by one `fit`.

Ledig et al. 2017, Photo-Realistic Single Image Super-Resolution Using a
Generative Adversarial Network, https://arxiv.org/abs/1609.04802.

Wang et al. 2018, ESRGAN: Enhanced Super-Resolution Generative Adversarial
Networks, https://arxiv.org/abs/1809.00219, whose loss weights are the defaults.

What differs from the papers: both networks are updated in the same step, on the
same generated images, which are computed once; the papers update the
discriminator first, on other images. The adversarial loss is not relativistic
by default; ESRGAN's is `GeneratorLoss(relativistic=True)`.
"""

from collections.abc import Callable, Sequence
from types import MappingProxyType
from typing import Any, Self, TypeAlias

import keras
from keras import ops

from convzoo.common.checks import check_number
from convzoo.common.types import Shape, Tensor
from convzoo.losses import DiscriminatorLoss, GeneratorLoss, gradient_penalty
from convzoo.losses.adversarial import AdversarialKind
from convzoo.losses.loss_terms import sample_values
from convzoo.zoo.fixed_arguments import FixedArguments
from convzoo.zoo.super_resolution.paired_optimizer import (
    LearningRate,
    PairedOptimizer,
)
from convzoo.zoo.super_resolution.sr_discriminator import SRDiscriminator
from convzoo.zoo.super_resolution.srgan_checks import (
    Loss,
    check_built,
    check_discriminator,
    check_targets,
    check_terms,
    checked_adversarial,
    checked_discriminator_loss,
    checked_term,
)
from convzoo.zoo.super_resolution.term_metric import TermMetric

Adversarial: TypeAlias = tuple[AdversarialKind | GeneratorLoss, float]
_TERMS = ("pixel_loss", "perceptual_loss", "adversarial_loss")


@keras.saving.register_keras_serializable(package="convzoo")
class SRGAN(FixedArguments, keras.Model):
    """Trains a generator against a discriminator, on every backend.

    As a model, it is its generator: `model(low)` and `model.predict(low)`
    enlarge images, and `export` writes the generator. `compile` and
    `fit(low, high)` train both networks:

    - The generator's loss is the weighted sum of a pixel loss, a perceptual
      loss and an adversarial loss. It has no gradient for the weights of the
      discriminator.
    - The discriminator's loss compares real and generated images. It has no
      gradient for the generator.

    One forward pass computes both, so the generator runs once per step, and no
    training step is specific to a backend. Each term is a metric, without its
    weight: `pixel_loss`, `perceptual_loss`, `adversarial_loss`,
    `discriminator_loss`, `gradient_penalty`, and the mean logits `real_score`
    and `fake_score`. If the scores drift apart without limit, the discriminator
    has won, and the generator no longer learns. `loss` is the sum of the losses
    of both networks, and carries little information.

    A randomly initialised generator produces noise, and the discriminator wins
    at once: pretrain the generator alone, with `convzoo train sr` or `fit`.

    Args:
        generator: Built model, such as `SRGenerator`.
        discriminator: Built model that outputs logits, such as
            `SRDiscriminator`. None creates one with default arguments, unless
            `adversarial_loss` is None.
        pixel_loss: Pair `(loss, weight)`, or None for no such term. The loss is
            an instance of a convzoo or Keras loss, a function of
            `(y_true, y_pred)`, or a name for `keras.losses.get`.
        perceptual_loss: As `pixel_loss`. `"esrgan"` stands for
            `Perceptual.esrgan()`, which downloads the weights of VGG19 on first
            use.
        adversarial_loss: Pair of a `GeneratorLoss`, or the name of its kind,
            and its weight. None trains the generator alone, without a
            discriminator.
        discriminator_loss: A `DiscriminatorLoss`. None uses the kind of
            `adversarial_loss`.
        gradient_penalty: Weight of `convzoo.losses.gradient_penalty` in the
            discriminator's loss; 10 in its paper, 0 for no penalty. Must be 0
            for a discriminator with batch normalisation.
        seed: Seed of the points of the gradient penalty. None draws different
            points in each process.
        **kwargs: Keyword arguments of `keras.Model`.

    Call arguments:
        low: Low-resolution images.
        training: As in the generator.

    Input shape: As in the generator; `(batch, height, width, 3)` in [0, 1].
    Output shape: As in the generator.

    Raises:
        ValueError: If an argument is invalid.

    Example:

    >>> import numpy as np
    >>> from convzoo.zoo import SRGAN, SRDiscriminator, SRGenerator
    >>> model = SRGAN(
    ...     SRGenerator(scale=2, filters=8, num_blocks=1, block="plain"),
    ...     SRDiscriminator(filters=4),
    ...     perceptual_loss=None,
    ... )
    >>> model.compile("adam", discriminator_learning_rate=4e-4)
    >>> low, high = np.zeros((2, 8, 8, 3)), np.ones((2, 16, 16, 3))
    >>> history = model.fit(low, high, verbose=0).history
    >>> print(sorted(history)[:3])
    ['adversarial_loss', 'discriminator_loss', 'fake_score']
    >>> model.predict(low, verbose=0).shape
    (2, 16, 16, 3)
    """

    def __init__(
        self,
        generator: keras.Model,
        discriminator: keras.Model | None = None,
        *,
        pixel_loss: tuple[Loss, float] | None = ("mean_absolute_error", 1e-2),
        perceptual_loss: tuple[Loss, float] | None = ("esrgan", 1.0),
        adversarial_loss: tuple[AdversarialKind | GeneratorLoss, float]
        | None = (
            "non_saturating",
            5e-3,
        ),
        discriminator_loss: DiscriminatorLoss | None = None,
        gradient_penalty: float = 0.0,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        check_built("generator", generator)
        check_number("gradient_penalty", gradient_penalty, 0)
        pixel = checked_term("pixel_loss", pixel_loss)
        perceptual = checked_term("perceptual_loss", perceptual_loss)
        adversarial = checked_adversarial(adversarial_loss)
        terms: dict[str, tuple[Loss, float] | None] = {
            "pixel_loss": pixel,
            "perceptual_loss": perceptual,
            "adversarial_loss": adversarial,
        }
        check_terms(
            terms,
            discriminator=discriminator,
            discriminator_loss=discriminator_loss,
            gradient_penalty=gradient_penalty or None,
        )
        if discriminator is None and adversarial is not None:
            discriminator = SRDiscriminator()
        if discriminator is not None:
            check_discriminator(discriminator, gradient_penalty)
        super().__init__(**kwargs)
        self.generator = generator
        # `Any` instead of `| None`: code that uses the discriminator and its
        # loss runs only if they exist.
        self.discriminator: Any = discriminator
        self.terms = {k: v for k, v in terms.items() if v is not None}
        self.discriminator_loss: Any = checked_discriminator_loss(
            discriminator_loss, adversarial
        )
        self.gradient_penalty = float(gradient_penalty)
        self.seed = seed
        self._seed_generator = keras.random.SeedGenerator(seed)
        # Both networks are built already.
        self.built = True

    def _metric_names(self) -> list[str]:
        names = list(self.terms)
        if self.discriminator is not None:
            names += ["discriminator_loss", "real_score", "fake_score"]
        if self.gradient_penalty:
            names.append("gradient_penalty")
        return names

    def build(self, input_shape: Shape) -> None:
        """Do nothing: both networks are built already."""

    def call(self, low: Tensor, training: bool | None = None) -> Tensor:
        return self.generator(low, training=training)

    @property
    def served_model(self) -> keras.Model:
        """The model that `convzoo.export` exports."""
        return self.generator

    def export(self, *args: Any, **kwargs: Any) -> None:
        """Export the generator, as `keras.Model.export`.

        Args:
            *args: Arguments of `keras.Model.export`.
            **kwargs: Keyword arguments of `keras.Model.export`.
        """
        self.generator.export(*args, **kwargs)

    def compile(
        self,
        optimizer: str | keras.optimizers.Optimizer = "adam",
        discriminator_learning_rate: LearningRate | None = None,
        metrics: Sequence[str | keras.metrics.Metric | Callable] | None = None,
        **kwargs: Any,
    ) -> None:
        """Configure the model for `fit`.

        Args:
            optimizer: Optimizer of the generator. The discriminator gets
                another one with the same arguments. `use_ema` averages the
                weights of the generator only. Callbacks that set the learning
                rate change both by the same factor.
            discriminator_learning_rate: Number or schedule. None uses the
                learning rate of `optimizer`.
            metrics: Metrics of the high-resolution and the generated images, in
                addition to the losses.
            **kwargs: Keyword arguments of `keras.Model.compile`, such as
                `jit_compile`. Losses are arguments of the class.

        Raises:
            ValueError: If `loss` is given, or `discriminator_learning_rate` is
                neither a schedule nor a number of at least 0.
        """
        schedule = keras.optimizers.schedules.LearningRateSchedule
        if not isinstance(discriminator_learning_rate, (schedule, type(None))):
            check_number(
                "discriminator_learning_rate", discriminator_learning_rate, 0
            )
        if kwargs.get("loss") is not None:
            raise ValueError(
                "`loss` must be None: losses are arguments of SRGAN. "
                f"Received: loss={kwargs['loss']!r}"
            )
        optimizer = keras.optimizers.get(optimizer)
        # In a plain dictionary, Keras would track the metrics as model state.
        self._compile_arguments = MappingProxyType(
            {
                # As it is now: callbacks change the learning rate.
                "optimizer": keras.saving.serialize_keras_object(optimizer),
                "discriminator_learning_rate": discriminator_learning_rate,
                "metrics": metrics,
                **kwargs,
            }
        )
        self._trackers = MappingProxyType(
            {
                name: TermMetric(name, is_loss=not name.endswith("_score"))
                for name in self._metric_names()
            }
        )
        if self.discriminator is not None:
            optimizer = self._paired(optimizer, discriminator_learning_rate)
        super().compile(
            optimizer=optimizer,
            metrics=[*self._trackers.values(), *(metrics or ())],
            **kwargs,
        )

    def _paired(
        self,
        optimizer: keras.optimizers.Optimizer,
        discriminator_learning_rate: LearningRate | None,
    ) -> PairedOptimizer:
        config = {**optimizer.get_config(), "use_ema": False}
        if discriminator_learning_rate is not None:
            config["learning_rate"] = discriminator_learning_rate
        config["name"] = f"discriminator_{config['name']}"
        other = type(optimizer).from_config(config)
        return PairedOptimizer(optimizer, other, self._is_discriminators)

    def _is_discriminators(self, variable: keras.Variable) -> bool:
        return any(variable is other for other in self.discriminator.variables)

    def compute_loss(
        self,
        x: Tensor | None = None,
        y: Tensor | None = None,
        y_pred: Tensor | None = None,
        sample_weight: Tensor | None = None,
        training: bool = True,
    ) -> Tensor:
        check_targets(y, y_pred)
        # Of float64 images, `fit` casts arrays, but not data sets.
        dtype = keras.backend.result_type(ops.dtype(y_pred), "float32")
        y = ops.cast(y, dtype)
        if self.discriminator is None:
            values = self._image_terms(y, y_pred)
            return self._weighted(values, sample_weight) + sum(self.losses)
        real = self.discriminator(y, training=training)
        fake = self.discriminator(ops.stop_gradient(y_pred), training=training)
        values = self._image_terms(y, y_pred)
        if "adversarial_loss" in self.terms:
            values["adversarial_loss"] = sample_values(
                self.terms["adversarial_loss"][0],
                real,
                self._judged_for_the_generator(y_pred, training),
            )
        total = self._weighted(values, sample_weight)
        total = total + self._discriminators_loss(
            y, y_pred, real, fake, sample_weight, training
        )
        return total + sum(self.losses)

    def _image_terms(self, y: Tensor, y_pred: Tensor) -> dict[str, Tensor]:
        return {
            name: sample_values(self.terms[name][0], y, y_pred)
            for name in ("pixel_loss", "perceptual_loss")
            if name in self.terms
        }

    def _weighted(
        self, values: dict[str, Tensor], sample_weight: Tensor | None
    ) -> Tensor:
        """Return the generator's loss, and update the metrics of its terms."""
        total = 0.0
        for name, value in values.items():
            weight = self.terms[name][1]
            total = total + weight * self._reported(name, value, sample_weight)
        return total

    def _judged_for_the_generator(
        self, images: Tensor, training: bool
    ) -> Tensor:
        """Logits for the adversarial loss.

        The discriminator's weights get no gradient, and its state does not
        change.
        """
        network = self.discriminator
        logits, _ = network.stateless_call(
            [ops.stop_gradient(v.value) for v in network.trainable_variables],
            [v.value for v in network.non_trainable_variables],
            images,
            training=training,
        )
        return logits

    def _discriminators_loss(
        self,
        y: Tensor,
        y_pred: Tensor,
        real: Tensor,
        fake: Tensor,
        weight: Tensor | None,
        training: bool,
    ) -> Tensor:
        self._trackers["real_score"].add(real)
        self._trackers["fake_score"].add(fake)
        values = sample_values(self.discriminator_loss, real, fake)
        total = self._reported("discriminator_loss", values, weight)
        if self.gradient_penalty:
            values = gradient_penalty(
                self.discriminator,
                y,
                ops.stop_gradient(y_pred),
                seed=self._seed_generator,
                training=training,
            )
            penalty = self._reported("gradient_penalty", values, weight)
            total = total + self.gradient_penalty * penalty
        return total

    def _reported(
        self, name: str, values: Tensor, sample_weight: Tensor | None
    ) -> Tensor:
        """Return the batch mean, weighted as in Keras, and track it."""
        values = ops.cast(values, keras.config.floatx())
        self._trackers[name].add(values, sample_weight)
        if sample_weight is not None:
            values = values * ops.cast(sample_weight, values.dtype)
        return ops.mean(values)

    def get_config(self) -> dict[str, Any]:
        serialize = keras.saving.serialize_keras_object
        terms: dict[str, Any] = dict.fromkeys(_TERMS)
        for name, (loss, weight) in self.terms.items():
            terms[name] = [serialize(loss), weight]
        return {
            **super().get_config(),
            **terms,
            "generator": serialize(self.generator),
            "discriminator": serialize(self.discriminator),
            "discriminator_loss": serialize(self.discriminator_loss),
            "gradient_penalty": self.gradient_penalty,
            "seed": self.seed,
        }

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        return cls(
            **{
                name: keras.saving.deserialize_keras_object(value)
                for name, value in config.items()
            }
        )

    def get_compile_config(self) -> dict[str, Any]:
        if not self.compiled:
            return {}
        # A file keeps the variables, such as the rates, of a built optimizer.
        self.optimizer.build(self.trainable_variables)
        return {
            name: keras.saving.serialize_keras_object(value)
            for name, value in self._compile_arguments.items()
        }

    def compile_from_config(self, config: dict[str, Any]) -> None:
        self.compile(
            **{
                name: keras.saving.deserialize_keras_object(value)
                for name, value in config.items()
            }
        )
        self.optimizer.build(self.trainable_variables)
