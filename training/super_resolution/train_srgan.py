"""Training recipe of a generator of photographs and its discriminator.

Two phases: the generator alone, by `train_sr`, then both networks.
"""

from pathlib import Path
from typing import Any

import keras
import numpy as np

from convzoo.common.option import arguments_of
from convzoo.common.types import Tensor
from convzoo.training.optimization import (
    averaged_adam,
    falling_rate,
    jit_compile,
)
from convzoo.training.recipe import recipe
from convzoo.training.run import Run
from convzoo.training.run_settings import run_settings
from convzoo.training.super_resolution.checkerboard import checkerboard
from convzoo.training.super_resolution.evaluate_sr import (
    check_measurable,
    mean,
    measure,
)
from convzoo.training.super_resolution.patches import Patches
from convzoo.training.super_resolution.perceptual_choice import (
    perceptual_judge,
    perceptual_loss,
)
from convzoo.training.super_resolution.photographs import Pair
from convzoo.training.super_resolution.samples import Samples
from convzoo.training.super_resolution.sr_data import read_sr_data
from convzoo.training.super_resolution.sr_options import SROptions
from convzoo.training.super_resolution.srgan_options import SRGANOptions
from convzoo.training.super_resolution.train_sr import (
    build_generator,
    train_sr,
)
from convzoo.zoo.super_resolution.sr_discriminator import SRDiscriminator
from convzoo.zoo.super_resolution.sr_generator import SRGenerator
from convzoo.zoo.super_resolution.srgan import SRGAN

_PRETRAIN = "pretrain"
# Options of the second phase that the first does not share.
_OF_SECOND_PHASE = ("out", "steps", "learning_rate", "schedule", "extend")


@recipe(SRGANOptions)
def train_srgan(options: SRGANOptions) -> Run:
    """Train an `SRGenerator` by mean absolute error, then within an `SRGAN`.

    Takes `SRGANOptions`, or the same arguments. Called again with the same
    options, it resumes where it was stopped or killed, in either phase, and
    ends with the same weights.

    Returns:
        The `Run` of the second phase.

    Raises:
        ValueError: An option is not as described, a photograph cannot be used,
            or the loss became NaN.
    """
    # Fails before hours of work, not after them.
    judge = perceptual_judge(options.judge)

    def prepare(pair: Pair) -> Pair:
        check_measurable(pair, options.scale, judge)
        return pair

    photographs, held_out, fingerprints = read_sr_data(
        options.data,
        options.scale,
        options.validation,
        prepare,
        options.max_pixels,
    )
    model = _built(options)

    def validate(model: SRGAN) -> dict[str, float]:
        enlarged = [model.generator.upscale(pair.low) for pair in held_out]
        samples.show(enlarged)
        return _figures(model, enlarged, held_out, judge)

    patches = Patches(
        photographs,
        batches=options.epoch_steps,
        **arguments_of(Patches, options),
    )
    data, validation = fingerprints
    run = Run(
        options.out,
        run_settings(
            options,
            model.generator,
            data=patches.told(data),
            validation=validation,
        ),
        validate,
        "-perceptual",
        lambda model: model.generator,
        extend=options.extend,
        save_minutes=options.save_minutes,
    )
    samples = Samples(options.out, held_out, options.tensorboard)
    if options.pretrain_steps:
        first = SRGenerator.from_preset(_pretrained(options))
        model.generator.set_weights(first.get_weights())
    run.train(model, patches, options.steps, options.verbose, [samples])
    return run


def _losses(options: SRGANOptions) -> dict[str, Any]:
    """The losses of the second phase, as arguments of `SRGAN`."""
    weight = options.perceptual_weight
    perceptual = perceptual_loss(options.features) if weight else None
    return {
        "pixel_loss": ("mean_absolute_error", options.pixel_weight),
        "perceptual_loss": (perceptual, weight) if weight else None,
        "adversarial_loss": ("non_saturating", options.adversarial_weight),
        "gradient_penalty": options.gradient_penalty,
    }


def _pretrained(options: SRGANOptions) -> Path:
    """The folder of the first phase, after it has ended."""
    shared = {
        name: value
        for name, value in arguments_of(SROptions, options).items()
        if name not in _OF_SECOND_PHASE
    }
    first = SROptions(
        **shared,
        out=Path(options.out) / _PRETRAIN,
        steps=options.pretrain_steps,
        learning_rate=options.pretrain_learning_rate,
    )
    return train_sr(first).folder


def _built(options: SRGANOptions) -> SRGAN:
    """Both networks, compiled, with their initial weights."""
    generator = build_generator(
        options.config,
        options.scale,
        options.precision,
        options.init,
        options.seed,
    )
    discriminator = SRDiscriminator(
        options.filters,
        options.network,
        options.normalization,
        dtype=options.precision,
    )
    model = SRGAN(
        generator, discriminator, seed=options.seed, **_losses(options)
    )
    optimizer = averaged_adam(
        falling_rate(options.learning_rate, options.steps, options.schedule),
        options.ema,
        # As in ESRGAN: gradients change faster than without a discriminator.
        beta_2=0.99,
    )
    rate = options.discriminator_learning_rate
    if rate is not None:
        rate = falling_rate(rate, options.steps, options.schedule)
    model.compile(
        optimizer, discriminator_learning_rate=rate, jit_compile=jit_compile()
    )
    model.optimizer.build(model.trainable_variables)
    return model


def _figures(
    model: SRGAN, enlarged: list[np.ndarray], pairs: list[Pair], judge: Tensor
) -> dict[str, float]:
    """Quality of the enlarged photographs, and the networks' gradients."""
    scale = model.generator.scale
    qualities = [
        measure(image, pair.high, scale, judge)
        for image, pair in zip(enlarged, pairs, strict=True)
    ]
    grids = [checkerboard(image, scale) for image in enlarged]
    # It is NaN for small photographs, which JSON cannot hold.
    grids = [grid for grid in grids if np.isfinite(grid)]
    norms = keras.ops.convert_to_numpy(model.optimizer.gradient_norms)
    return {
        **mean(qualities).figures(),
        **({"checkerboard": float(np.mean(grids))} if grids else {}),
        "generator_gradient": float(norms[0]),
        "discriminator_gradient": float(norms[1]),
    }
