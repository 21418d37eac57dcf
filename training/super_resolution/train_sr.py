"""The recipe of a network that enlarges photographs."""

import os

import keras

from convzoo.common.checks import (
    check_above,
    check_choice,
    check_flag,
    check_fraction,
    check_number,
    check_positive,
)
from convzoo.export.quantization_aware import quantization_aware as rounding
from convzoo.losses import Luma
from convzoo.training.optimization import (
    PRECISIONS,
    SCHEDULES,
    check_whole_epochs,
    falling_rate,
    jit_compile,
)
from convzoo.training.run import Run
from convzoo.training.super_resolution.evaluate_sr import (
    check_measurable,
    mean,
    measure,
)
from convzoo.training.super_resolution.patches import Patches, check_reductions
from convzoo.training.super_resolution.photographs import reduced_pair
from convzoo.training.super_resolution.sr_data import read_sr_data
from convzoo.zoo.presets import SR_CONFIGS
from convzoo.zoo.super_resolution.sr_generator import SRGenerator
from convzoo.zoo.super_resolution.upscale import upscale

_LOSSES = {
    "mean_absolute_error": "mean_absolute_error",
    "mean_squared_error": "mean_squared_error",
    "luma_absolute_error": Luma("mean_absolute_error"),
    "luma_squared_error": Luma("mean_squared_error"),
}


def train_sr(
    data,
    out,
    config="tiny",
    scale=4,
    validation=None,
    init=None,
    steps=100_000,
    batch_size=16,
    patch_size=32,
    reductions=(1,),
    shifts=False,
    validation_reduction=1,
    learning_rate=1e-3,
    schedule="cosine",
    ema=0.999,
    seed=0,
    epoch_steps=1000,
    loss="mean_absolute_error",
    precision="float32",
    quantization_aware=False,
    verbose="auto",
):
    """Train an `SRGenerator` on photographs, by Adam.

    Called again with the same arguments, it goes on where it was stopped or
    killed, and ends with the same weights.

    Args:
        data: folder of photographs, or `tfds:NAME`, see `read_sr_data`.
        out: folder of the run, see `Run`.
        config: a key of `SR_CONFIGS`.
        scale: factor by which the network enlarges.
        validation: folder of photographs that choose the best weights; None
            keeps every twentieth photograph of `data` for it.
        init: None, or whose weights to start from: a preset, or the folder of
            a run.
        steps: batches to train on.
        batch_size: patches in a batch.
        patch_size: side of a low resolution patch, in pixels.
        reductions: factors by which photographs are shrunk to make more of
            them, see `Patches`.
        shifts: whether patches start at any pixel, see `Patches`.
        validation_reduction: factor by which the photographs that validate are
            shrunk before they are paired: below 1 where files of JPEG stand
            for photographs without its blocks.
        learning_rate: at the start.
        schedule: `"cosine"` (falls to 0) or `"halving"` (by half, five times).
        ema: momentum of the moving average of the weights, which is what is
            validated and kept.
        seed: of the first weights and of the patches.
        epoch_steps: batches between two validations; `steps` is a multiple.
        loss: of pixels, `"mean_absolute_error"` or `"mean_squared_error"`; or
            `"luma_absolute_error"` or `"luma_squared_error"`, see `Luma`.
        precision: `"float32"`, or `"mixed_bfloat16"`, which processors with
            matrix units for it run in less than half the time; weights and the
            sum with the anchor stay in float32.
        quantization_aware: whether the network rounds, while it trains and
            where it is validated, as its file in 8-bit integers will; see
            `convzoo.export.quantization_aware`. What is kept are the weights as
            they are, for every kind of file. Best from `init`, for a few
            thousand `steps`, with a `learning_rate` a tenth of the usual.
        verbose: as in `keras.Model.fit`.

    Returns:
        The `Run`; its folder holds the weights.

    Raises:
        ValueError: an argument is not as described, or a photograph cannot be
            used.
    """
    settings = dict(locals())
    for name in ("out", "verbose"):
        del settings[name]
    check_choice("loss", loss, tuple(_LOSSES))
    check_recipe(settings)
    check_flag("shifts", shifts)
    check_flag("quantization_aware", quantization_aware)
    if quantization_aware and precision != "float32":
        raise ValueError(
            "`precision` must be float32 with `quantization_aware`: 256 values "
            f"are rounded there. Received: precision={precision}"
        )
    check_above("validation_reduction", validation_reduction, 0)
    check_fraction("validation_reduction", validation_reduction)
    photographs, held_out, fingerprints = read_sr_data(data, scale, validation)
    held_out = [
        reduced_pair(pair, validation_reduction, scale) for pair in held_out
    ]
    settings["data"], settings["validation"] = fingerprints
    check_measurable(held_out, scale)

    generator = build_generator(settings)
    model = rounding(generator) if quantization_aware else generator

    def validate(model):
        qualities = [
            measure(_enlarged(model, generator, pair.low), pair.high, scale)
            for pair in held_out
        ]
        return mean(qualities).figures()

    settings["model"] = generator.arguments
    run = Run(
        out, settings, validate, score="psnr_y", subject=lambda _: generator
    )
    _compile(model, settings)
    patches = Patches(
        photographs,
        scale,
        patch_size,
        batch_size,
        epoch_steps,
        seed,
        reductions,
        shifts,
    )
    run.train(model, patches, steps // epoch_steps, verbose)
    return run


def build_generator(settings):
    """The network of a recipe's settings, with its first weights.

    Raises:
        ValueError: `init` is no preset and no run, or of another configuration.
    """
    keras.utils.set_random_seed(settings["seed"])
    config = {**SR_CONFIGS[settings["config"]], "scale": settings["scale"]}
    model = SRGenerator(**config, dtype=settings["precision"])
    init = settings["init"]
    if init is not None:
        settings["init"] = os.fspath(init)
        other = SRGenerator.load(init)
        if other.arguments != model.arguments:
            raise ValueError(
                f"`init` must be of the configuration {model.arguments}. "
                f"Received: init={settings['init']!r}, which has "
                f"{other.arguments}"
            )
        model.set_weights(other.get_weights())
    return model


def check_recipe(settings):
    """Raise a `ValueError` for the first setting that no recipe can have.

    Args:
        settings: a dictionary with those that the recipes share.
    """
    check_choice("config", settings["config"], tuple(SR_CONFIGS))
    check_choice("schedule", settings["schedule"], SCHEDULES)
    check_choice("precision", settings["precision"], PRECISIONS)
    check_number("ema", settings["ema"], 0, 1)
    check_above("learning_rate", settings["learning_rate"], 0)
    for name in ("steps", "batch_size", "patch_size", "epoch_steps"):
        check_positive(name, settings[name])
    check_whole_epochs("steps", settings["steps"], settings["epoch_steps"])
    check_reductions(settings["reductions"])


def _enlarged(model, generator, image):
    """By the generator, or by a model of its weights that rounds."""
    if model is generator:
        return generator.upscale(image)
    return upscale(
        model.predict_on_batch,
        image,
        generator.scale,
        generator.receptive_radius,
    )


def _compile(model, settings):
    ema = settings["ema"]
    rate = falling_rate(
        settings["learning_rate"], settings["steps"], settings["schedule"]
    )
    optimizer = keras.optimizers.Adam(rate, use_ema=ema > 0, ema_momentum=ema)
    loss = _LOSSES[settings["loss"]]
    model.compile(optimizer, loss, jit_compile=jit_compile())
    optimizer.build(model.trainable_variables)
