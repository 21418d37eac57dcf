"""The recipe of a generator of photographs and its discriminator.

Two phases: the generator alone, by `train_sr`, then both.
"""

from pathlib import Path

import keras
import numpy as np

from convzoo.common.checks import (
    check_above,
    check_flag,
    check_number,
    check_positive,
)
from convzoo.training.optimization import (
    check_whole_epochs,
    falling_rate,
    jit_compile,
)
from convzoo.training.run import Run, described
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
from convzoo.training.super_resolution.samples import Samples
from convzoo.training.super_resolution.sr_data import read_sr_data
from convzoo.training.super_resolution.train_sr import (
    build_generator,
    check_recipe,
    train_sr,
)
from convzoo.zoo.super_resolution.sr_discriminator import SRDiscriminator
from convzoo.zoo.super_resolution.sr_generator import SRGenerator
from convzoo.zoo.super_resolution.srgan import SRGAN

_PRETRAIN = "pretrain"


def train_srgan(
    data,
    out,
    config="base",
    scale=4,
    validation=None,
    init=None,
    pretrain_steps=100_000,
    pretrain_learning_rate=1e-3,
    steps=50_000,
    batch_size=16,
    patch_size=32,
    reductions=(1,),
    learning_rate=1e-4,
    discriminator_learning_rate=None,
    schedule="halving",
    ema=0.999,
    pixel_weight=1e-2,
    perceptual_weight=1.0,
    adversarial_weight=5e-3,
    features="vgg19",
    judge="alex",
    network="vgg",
    filters=64,
    normalization="batch",
    gradient_penalty=0.0,
    precision="float32",
    force=False,
    seed=0,
    epoch_steps=1000,
    tensorboard=False,
    verbose="auto",
):
    """Train an `SRGenerator` by mean absolute error, then within an `SRGAN`.

    Called again with the same arguments, it goes on where it was stopped or
    killed, in either phase, and ends with the same weights.

    Args:
        data: folder of photographs, or `tfds:NAME`, see `read_sr_data`.
        out: folder of the run, see `Run`; `out/pretrain` is that of the first
            phase, and `out/samples` has pictures.
        config: a key of `SR_CONFIGS`.
        scale: factor by which the generator enlarges.
        validation: folder of photographs that choose the best weights; None
            keeps every twentieth photograph of `data` for it.
        init: None, or whose weights to start from: a preset, or the folder of
            a run.
        pretrain_steps: batches of the first phase; 0 for none.
        pretrain_learning_rate: at the start of the first phase, whose schedule
            is a cosine.
        steps: batches of the second phase.
        batch_size: patches in a batch.
        patch_size: side of a low resolution patch, in pixels.
        reductions: factors by which photographs are shrunk to make more of
            them, see `Patches`.
        learning_rate: at the start of the second phase.
        discriminator_learning_rate: None for the generator's.
        schedule: of the second phase, `"halving"` (five times) or `"cosine"`.
        ema: momentum of the moving average of the generator's weights, which
            is what is validated and kept.
        pixel_weight: of the mean absolute error in the second phase.
        perceptual_weight: of the loss of features.
        adversarial_weight: of what the discriminator says.
        features: of the perceptual loss, see `perceptual_loss`.
        judge: chooses the best weights, see `perceptual_judge`.
        network: of the discriminator, `"vgg"` or `"unet"`.
        filters: of the discriminator's first convolution.
        normalization: of the discriminator, `"batch"`, `"spectral"` or None.
        gradient_penalty: weight in the discriminator's loss.
        precision: `"float32"` or `"mixed_bfloat16"`, of both networks.
        force: let the second phase start from random weights.
        seed: of the first weights and of the patches.
        epoch_steps: batches between two validations; steps are multiples.
        tensorboard: whether to write `out/tensorboard` too.
        verbose: as in `keras.Model.fit`.

    Returns:
        The `Run` of the second phase.

    Raises:
        ValueError: an argument is not as described, a photograph cannot be
            used, or the loss became no number.
    """
    settings = dict(locals())
    for name in ("out", "force", "tensorboard", "verbose"):
        del settings[name]
    _check(settings, force, tensorboard)
    photographs, held_out, fingerprints = read_sr_data(data, scale, validation)
    settings["data"], settings["validation"] = fingerprints
    # What will not do, fails before hours of work.
    judge = perceptual_judge(judge)
    check_measurable(held_out, scale, judge)
    model = _built(settings)
    settings |= described(model.generator)

    def validate(model):
        enlarged = [model.generator.upscale(pair.low) for pair in held_out]
        samples.show(enlarged)
        return _figures(model, enlarged, held_out, judge)

    run = Run(
        out, settings, validate, "-perceptual", lambda model: model.generator
    )
    samples = Samples(out, held_out, tensorboard)
    if pretrain_steps:
        first = _pretrained(data, out, validation, settings, verbose)
        model.generator.set_weights(
            SRGenerator.from_preset(first).get_weights()
        )
    patches = Patches(
        photographs,
        scale,
        patch_size,
        batch_size,
        epoch_steps,
        seed,
        reductions,
    )
    run.train(model, patches, steps // epoch_steps, verbose, [samples])
    return run


def _check(settings, force, tensorboard):
    check_flag("force", force)
    check_flag("tensorboard", tensorboard)
    check_positive("filters", settings["filters"])
    for name in ("pixel", "perceptual", "adversarial"):
        check_number(f"{name}_weight", settings[f"{name}_weight"], 0)
    check_number("gradient_penalty", settings["gradient_penalty"], 0)
    rate = settings["discriminator_learning_rate"]
    if rate is not None:
        check_above("discriminator_learning_rate", rate, 0)
    check_above("pretrain_learning_rate", settings["pretrain_learning_rate"], 0)
    check_recipe(settings)
    steps = settings["pretrain_steps"]
    check_whole_epochs("pretrain_steps", steps, settings["epoch_steps"])
    if not steps and settings["init"] is None and not force:
        raise ValueError(
            "`pretrain_steps` must not be 0 without `init`: against a "
            "discriminator, a generator of random weights does not learn; pass "
            "force to try. Received: pretrain_steps=0, init=None"
        )


def _losses(settings):
    """The losses of the second phase, as arguments of `SRGAN`."""
    weight = settings["perceptual_weight"]
    perceptual = perceptual_loss(settings["features"]) if weight else None
    return {
        "pixel_loss": ("mean_absolute_error", settings["pixel_weight"]),
        "perceptual_loss": (perceptual, weight) if weight else None,
        "adversarial_loss": ("non_saturating", settings["adversarial_weight"]),
        "gradient_penalty": settings["gradient_penalty"],
    }


def _pretrained(data, out, validation, settings, verbose):
    """The folder of the first phase, after it has ended."""
    shared = (
        "config",
        "scale",
        "init",
        "batch_size",
        "patch_size",
        "reductions",
        "ema",
        "seed",
        "epoch_steps",
        "precision",
    )
    run = train_sr(
        data,
        Path(out) / _PRETRAIN,
        validation=validation,
        steps=settings["pretrain_steps"],
        learning_rate=settings["pretrain_learning_rate"],
        verbose=verbose,
        **{name: settings[name] for name in shared},
    )
    return run.folder


def _built(settings):
    """Both networks, compiled, with their first weights."""
    generator = build_generator(settings)
    discriminator = SRDiscriminator(
        settings["filters"],
        settings["network"],
        settings["normalization"],
        dtype=settings["precision"],
    )
    model = SRGAN(
        generator, discriminator, seed=settings["seed"], **_losses(settings)
    )
    steps, schedule = settings["steps"], settings["schedule"]
    ema = settings["ema"]
    optimizer = keras.optimizers.Adam(
        falling_rate(settings["learning_rate"], steps, schedule),
        # As ESRGAN's authors have it: gradients change faster than alone.
        beta_2=0.99,
        use_ema=ema > 0,
        ema_momentum=ema,
    )
    rate = settings["discriminator_learning_rate"]
    if rate is not None:
        rate = falling_rate(rate, steps, schedule)
    model.compile(
        optimizer, discriminator_learning_rate=rate, jit_compile=jit_compile()
    )
    model.optimizer.build(model.trainable_variables)
    return model


def _figures(model, enlarged, pairs, judge):
    """How good the photographs are, and how well the networks fare."""
    scale = model.generator.scale
    qualities = [
        measure(image, pair.high, scale, judge)
        for image, pair in zip(enlarged, pairs, strict=True)
    ]
    grids = [checkerboard(image, scale) for image in enlarged]
    # Of small photographs it is no number, which no log could hold.
    grids = [grid for grid in grids if np.isfinite(grid)]
    norms = keras.ops.convert_to_numpy(model.optimizer.gradient_norms)
    return {
        **mean(qualities).figures(),
        **({"checkerboard": float(np.mean(grids))} if grids else {}),
        "generator_gradient": float(norms[0]),
        "discriminator_gradient": float(norms[1]),
    }
