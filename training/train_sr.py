"""The recipe of a network that enlarges photographs."""

import hashlib
from dataclasses import asdict

import keras

from convzoo.layers.checks import check_choice, check_positive
from convzoo.training.evaluate_sr import mean, measure
from convzoo.training.patches import Patches
from convzoo.training.photographs import read_pair
from convzoo.training.run import Run
from convzoo.zoo.image_file import list_images
from convzoo.zoo.presets import SR_CONFIGS, get_preset
from convzoo.zoo.sr_generator import SRGenerator

# Every so many photographs one is kept for validation where no folder is named.
_HOLD_OUT_EVERY = 20
_LOSSES = ("mean_absolute_error", "mean_squared_error")
_PRECISIONS = ("float32", "mixed_bfloat16")


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
    learning_rate=1e-3,
    schedule="cosine",
    ema=0.999,
    seed=0,
    epoch_steps=1000,
    loss="mean_absolute_error",
    precision="float32",
    verbose="auto",
):
    """Train an `SRGenerator` on photographs, by Adam.

    Called again with the same arguments, it goes on where it was stopped or
    killed, and ends with the same weights.

    Args:
        data: folder of photographs.
        out: folder of the run, see `Run`.
        config: a key of `SR_CONFIGS`.
        scale: factor by which the network enlarges.
        validation: folder of photographs that choose the best weights; None
            keeps every twentieth photograph of `data` for it.
        init: None, or the preset whose weights to start from.
        steps: batches to train on.
        batch_size: patches in a batch.
        patch_size: side of a low resolution patch, in pixels.
        learning_rate: at the start.
        schedule: `"cosine"` (falls to 0) or `"halving"` (by half, five times).
        ema: momentum of the moving average of the weights, which is what is
            validated and kept.
        seed: of the first weights and of the patches.
        epoch_steps: batches between two validations; `steps` is a multiple.
        loss: of pixels, `"mean_absolute_error"` or `"mean_squared_error"`.
        precision: `"float32"`, or `"mixed_bfloat16"`, which processors with
            matrix units for it run several times faster; weights and the sum
            with the anchor stay in float32.
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
    _check(settings)
    photographs, held_out = _split(data, validation)
    settings["data"] = _fingerprint(photographs)
    settings["validation"] = _fingerprint(held_out)
    pairs = [read_pair(path, scale) for path in held_out]

    def validate(model):
        return asdict(
            mean([measure(model.upscale(p.low), p.high, scale) for p in pairs])
        )

    model = _built(settings)
    settings["model"] = model.arguments
    run = Run(out, settings, validate, score="psnr_y")
    _compile(model, settings)
    run.restore(model)
    patches = Patches(
        photographs, scale, patch_size, batch_size, epoch_steps, seed
    )
    model.fit(
        patches,
        initial_epoch=run.epochs_done,
        epochs=steps // epoch_steps,
        callbacks=[patches.follow(), keras.callbacks.TerminateOnNaN(), run],
        verbose=verbose,
        shuffle=False,
    )
    return run


def _check(settings):
    check_choice("config", settings["config"], tuple(SR_CONFIGS))
    check_choice("schedule", settings["schedule"], ("cosine", "halving"))
    check_choice("loss", settings["loss"], _LOSSES)
    check_choice("precision", settings["precision"], _PRECISIONS)
    for name in ("steps", "batch_size", "patch_size", "epoch_steps"):
        check_positive(name, settings[name])
    if settings["steps"] % settings["epoch_steps"]:
        raise ValueError(
            "`steps` must be a multiple of `epoch_steps`. Received: "
            f"steps={settings['steps']}, epoch_steps={settings['epoch_steps']}"
        )
    if not 0 <= settings["ema"] < 1:
        raise ValueError(
            f"`ema` must be in [0, 1). Received: ema={settings['ema']}"
        )
    if not settings["learning_rate"] > 0:
        raise ValueError(
            "`learning_rate` must be positive. "
            f"Received: learning_rate={settings['learning_rate']}"
        )


def _split(data, validation):
    """The photographs to train on, and those that choose the weights."""
    paths = list_images(data)
    if validation is not None:
        return paths, list_images(validation)
    held_out = paths[::_HOLD_OUT_EVERY]
    photographs = [path for path in paths if path not in held_out]
    if not photographs:
        raise ValueError(
            f"{data}: one photograph cannot both train and validate; add some, "
            "or name a folder for `validation`"
        )
    return photographs, held_out


def _fingerprint(paths):
    """What tells one set of photographs from another: names and sizes."""
    names = "".join(f"{p.name} {p.stat().st_size}\n" for p in paths)
    digest = hashlib.sha256(names.encode()).hexdigest()
    return f"{len(paths)} photographs, {digest[:16]}"


def _built(settings):
    keras.utils.set_random_seed(settings["seed"])
    config = {**SR_CONFIGS[settings["config"]], "scale": settings["scale"]}
    model = SRGenerator(**config, dtype=settings["precision"])
    if settings["init"] is not None:
        preset = get_preset(settings["init"], "SRGenerator")
        if preset.config != config:
            raise ValueError(
                f"`init` must be a preset of the configuration {config}. "
                f"Received: {settings['init']!r}, which has {preset.config}"
            )
        model.load_weights(preset.verified_weights())
    return model


def _compile(model, settings):
    ema = settings["ema"]
    optimizer = keras.optimizers.Adam(
        _schedule(settings), use_ema=ema > 0, ema_momentum=ema
    )
    # On a CPU, XLA takes longer for these convolutions (docs/results.md).
    model.compile(optimizer, settings["loss"], jit_compile=False)
    optimizer.build(model.trainable_variables)


def _schedule(settings):
    rate, steps = settings["learning_rate"], settings["steps"]
    if settings["schedule"] == "cosine":
        return keras.optimizers.schedules.CosineDecay(rate, steps)
    return keras.optimizers.schedules.ExponentialDecay(
        rate, (steps + 5) // 6, 0.5, staircase=True
    )
