"""Training recipe of a super-resolution network."""

from typing import Any

import keras
import numpy as np

from convzoo.common.choices import Precision, SRConfig, SRLoss, SRScale
from convzoo.common.option import arguments_of
from convzoo.common.types import PathLike
from convzoo.export.quantization_aware import quantization_aware
from convzoo.losses import Luma
from convzoo.training.optimization import (
    averaged_adam,
    falling_rate,
    jit_compile,
)
from convzoo.training.recipe import recipe
from convzoo.training.run import Run
from convzoo.training.run_settings import run_settings
from convzoo.training.super_resolution.evaluate_sr import (
    check_measurable,
    mean,
    measure,
)
from convzoo.training.super_resolution.patches import Patches
from convzoo.training.super_resolution.photographs import Pair, reduced_pair
from convzoo.training.super_resolution.sr_data import read_sr_data
from convzoo.training.super_resolution.sr_options import SROptions
from convzoo.zoo.super_resolution.sr_configs import SR_CONFIGS
from convzoo.zoo.super_resolution.sr_generator import SRGenerator
from convzoo.zoo.super_resolution.upscale import upscale

_LOSSES: dict[SRLoss, str | keras.losses.Loss] = {
    "mean_absolute_error": "mean_absolute_error",
    "mean_squared_error": "mean_squared_error",
    "luma_absolute_error": Luma("mean_absolute_error"),
    "luma_squared_error": Luma("mean_squared_error"),
}


@recipe(SROptions)
def train_sr(options: SROptions) -> Run:
    """Train an `SRGenerator` on photographs, by Adam.

    Takes `SROptions`, or the same arguments. Called again with the same
    options, it resumes where it was stopped or killed, and ends with the same
    weights.

    Returns:
        The `Run`; its folder holds the weights.

    Raises:
        ValueError: An option is not as described, a photograph cannot be used,
            or the loss became NaN.
    """

    def prepare(pair: Pair) -> Pair:
        pair = reduced_pair(pair, options.validation_reduction, options.scale)
        check_measurable(pair, options.scale)
        return pair

    photographs, held_out, fingerprints = read_sr_data(
        options.data,
        options.scale,
        options.validation,
        prepare,
        options.max_pixels,
    )
    generator = build_generator(
        options.config,
        options.scale,
        options.precision,
        options.init,
        options.seed,
    )
    model = generator
    if options.quantization_aware:
        model = quantization_aware(generator)

    def validate(model: keras.Model) -> dict[str, float]:
        qualities = [
            measure(
                _enlarged(model, generator, pair.low), pair.high, options.scale
            )
            for pair in held_out
        ]
        return mean(qualities).figures()

    patches = Patches(
        photographs,
        batches=options.epoch_steps,
        **arguments_of(Patches, options),
    )
    data, validation = fingerprints
    run = Run(
        options.out,
        run_settings(
            options, generator, data=patches.told(data), validation=validation
        ),
        validate,
        score="psnr_y",
        subject=lambda _: generator,
        extend=options.extend,
        save_minutes=options.save_minutes,
    )
    _compile(model, options)
    run.train(model, patches, options.steps, options.verbose)
    return run


def build_generator(
    config: SRConfig,
    scale: SRScale,
    precision: Precision,
    init: PathLike | None,
    seed: int,
) -> SRGenerator:
    """A generator with its initial weights.

    Raises:
        ValueError: `init` is no preset, or one of another configuration.
    """
    keras.utils.set_random_seed(seed)
    arguments: dict[str, Any] = {**SR_CONFIGS[config], "scale": scale}
    model = SRGenerator(**arguments, dtype=precision)
    if init is not None:
        other = SRGenerator.from_preset(init)
        if other.arguments != model.arguments:
            raise ValueError(
                f"`init` must be of the configuration {model.arguments}. "
                f"Received: init={str(init)!r}, which has {other.arguments}"
            )
        model.set_weights(other.get_weights())
    return model


def _enlarged(
    model: keras.Model, generator: SRGenerator, image: np.ndarray
) -> np.ndarray:
    """The image enlarged by the generator, or by a model that rounds."""
    if model is generator:
        return generator.upscale(image)
    return upscale(
        model.predict_on_batch,
        image,
        generator.scale,
        generator.receptive_radius,
    )


def _compile(model: keras.Model, options: SROptions) -> None:
    rate = falling_rate(options.learning_rate, options.steps, options.schedule)
    optimizer = averaged_adam(rate, options.ema)
    loss = _LOSSES[options.loss]
    model.compile(optimizer, loss, jit_compile=jit_compile())
    optimizer.build(model.trainable_variables)
