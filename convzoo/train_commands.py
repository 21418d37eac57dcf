"""`convzoo train`: one short function a recipe."""

from pathlib import Path
from typing import Annotated

import typer

from convzoo.options import (
    ConfigOption,
    DataOption,
    InitOption,
    JudgeOption,
    PrecisionOption,
    ReductionsOption,
    RunOption,
    TensorboardOption,
    ValidationOption,
    integers,
    mirrors,
    numbers,
    verbosity,
)

train_app = typer.Typer()


@train_app.command("sr")
def train_sr(
    data: DataOption,
    out: RunOption,
    preset_config: ConfigOption = "tiny",
    scale: int = 4,
    validation: ValidationOption = None,
    init: InitOption = None,
    steps: int = 100_000,
    batch_size: int = 16,
    patch_size: int = 32,
    reductions: ReductionsOption = "1",
    shifts: Annotated[
        bool, typer.Option("--shifts", help="Let patches start at any pixel.")
    ] = False,
    validation_reduction: Annotated[
        float, typer.Option(help="Shrink what validates by this factor.")
    ] = 1.0,
    learning_rate: float = 1e-3,
    schedule: str = "cosine",
    ema: float = 0.999,
    seed: int = 0,
    epoch_steps: int = 1000,
    loss: Annotated[
        str,
        typer.Option(
            help="mean_absolute_error, mean_squared_error, or of luma: "
            "luma_absolute_error, luma_squared_error."
        ),
    ] = "mean_absolute_error",
    precision: PrecisionOption = "float32",
    quantization_aware: Annotated[
        bool,
        typer.Option(
            "--quantization-aware",
            help="Round as a file in 8-bit integers will; from --init.",
        ),
    ] = False,
):
    """Train a network that enlarges photographs; resumes where it stopped."""
    from convzoo.training.super_resolution.train_sr import train_sr as train

    run = train(
        data,
        out,
        config=preset_config,
        scale=scale,
        validation=validation,
        init=init,
        steps=steps,
        batch_size=batch_size,
        patch_size=patch_size,
        reductions=numbers("reductions", reductions),
        shifts=shifts,
        validation_reduction=validation_reduction,
        learning_rate=learning_rate,
        schedule=schedule,
        ema=ema,
        seed=seed,
        epoch_steps=epoch_steps,
        loss=loss,
        precision=precision,
        quantization_aware=quantization_aware,
        verbose=verbosity(),
    )
    _print_best(run, f", {run.best['psnr_y']:.3f} dB on Y")


@train_app.command("srgan")
def train_srgan(
    data: DataOption,
    out: RunOption,
    preset_config: ConfigOption = "base",
    scale: int = 4,
    validation: ValidationOption = None,
    init: InitOption = None,
    pretrain_steps: Annotated[
        int, typer.Option(help="Of the generator alone.")
    ] = 100_000,
    pretrain_learning_rate: float = 1e-3,
    steps: Annotated[int, typer.Option(help="Of both networks.")] = 50_000,
    batch_size: int = 16,
    patch_size: int = 32,
    reductions: ReductionsOption = "1",
    learning_rate: float = 1e-4,
    discriminator_learning_rate: float | None = None,
    schedule: str = "halving",
    ema: float = 0.999,
    pixel_weight: float = 1e-2,
    perceptual_weight: float = 1.0,
    adversarial_weight: float = 5e-3,
    features: Annotated[
        str, typer.Option(help="vgg19 or squeezenet, or with :FILE of weights.")
    ] = "vgg19",
    judge: JudgeOption = "alex",
    network: Annotated[
        str, typer.Option(help="Of the discriminator, vgg or unet.")
    ] = "vgg",
    filters: Annotated[int, typer.Option(help="Of the discriminator.")] = 64,
    normalization: Annotated[
        str, typer.Option(help="Of the discriminator: batch, spectral or none.")
    ] = "batch",
    gradient_penalty: float = 0.0,
    precision: PrecisionOption = "float32",
    force: Annotated[
        bool, typer.Option("--force", help="Start from random weights.")
    ] = False,
    seed: int = 0,
    epoch_steps: int = 1000,
    tensorboard: TensorboardOption = False,
):
    """Train a network that enlarges, alone and then adversarially."""
    from convzoo.training.super_resolution.train_srgan import (
        train_srgan as train,
    )

    run = train(
        data,
        out,
        config=preset_config,
        scale=scale,
        validation=validation,
        init=init,
        pretrain_steps=pretrain_steps,
        pretrain_learning_rate=pretrain_learning_rate,
        steps=steps,
        batch_size=batch_size,
        patch_size=patch_size,
        reductions=numbers("reductions", reductions),
        learning_rate=learning_rate,
        discriminator_learning_rate=discriminator_learning_rate,
        schedule=schedule,
        ema=ema,
        pixel_weight=pixel_weight,
        perceptual_weight=perceptual_weight,
        adversarial_weight=adversarial_weight,
        features=features,
        judge=judge,
        network=network,
        filters=filters,
        normalization=None if normalization == "none" else normalization,
        gradient_penalty=gradient_penalty,
        precision=precision,
        force=force,
        seed=seed,
        epoch_steps=epoch_steps,
        tensorboard=tensorboard,
        verbose=verbosity(),
    )
    best = run.best
    found = f", distance {best['perceptual']:.4f}, {best['psnr_y']:.3f} dB on Y"
    _print_best(run, found)


@train_app.command("classifier")
def train_classifier(
    data: Annotated[str, typer.Option(help="Folder of classes, or tfds:NAME.")],
    out: RunOption,
    validation: Annotated[
        str | None, typer.Option(help="Another, that chooses the best weights.")
    ] = None,
    hold_out: Annotated[
        float, typer.Option(help="Share of each class that does; 0 for none.")
    ] = 0.1,
    init: InitOption = None,
    backbone: Annotated[
        str, typer.Option(help="residual, network_in_network or plain.")
    ] = "residual",
    width: Annotated[
        int, typer.Option(help="Channels of the first convolutions.")
    ] = 32,
    bins: Annotated[
        str, typer.Option(help="Levels of the pyramid, by commas.")
    ] = "1,2,4",
    pooling: Annotated[str, typer.Option(help="max or average.")] = "max",
    dropout: float = 0.0,
    standardize: Annotated[
        bool,
        typer.Option("--standardize", help="Take brightness and contrast out."),
    ] = False,
    grid: Annotated[
        int | None, typer.Option(help="Pool the first maps to this side.")
    ] = None,
    epochs: int = 60,
    batch_size: int = 32,
    buckets: Annotated[
        int, typer.Option(help="How many shapes batches have, at most.")
    ] = 6,
    sizes: Annotated[
        str | None,
        typer.Option(help="Warp to these sides, an epoch after another."),
    ] = None,
    max_side: Annotated[
        int | None, typer.Option(help="Scale down what is longer.")
    ] = None,
    rescale: Annotated[
        float, typer.Option(help="Enlarge and shrink by this, at most.")
    ] = 1.0,
    rotation: Annotated[float, typer.Option(help="Degrees, at most.")] = 10.0,
    zoom: float = 0.1,
    shift: float = 0.05,
    color: float = 0.3,
    tint: float = 0.0,
    flip: Annotated[
        bool, typer.Option("--flip", help="Left and right are alike.")
    ] = False,
    mirror: Annotated[
        str | None,
        typer.Option(help="Classes that are when mirrored: stop,left=right."),
    ] = None,
    learning_rate: float = 1e-3,
    schedule: str = "cosine",
    weight_decay: float = 1e-4,
    ema: float = 0.99,
    label_smoothing: float = 0.1,
    balance: Annotated[
        bool, typer.Option("--balance", help="Let all classes count alike.")
    ] = False,
    patience: Annotated[
        int | None, typer.Option(help="Epochs to wait for a better score.")
    ] = None,
    precision: PrecisionOption = "float32",
    seed: int = 0,
    tensorboard: TensorboardOption = False,
):
    """Train a classifier of images of any size; resumes where it stopped."""
    from convzoo.training.classification.train_classifier import (
        train_classifier as train,
    )

    run = train(
        data,
        out,
        validation=validation,
        hold_out=hold_out,
        init=init,
        backbone=backbone,
        width=width,
        bins=integers("bins", bins),
        pooling=pooling,
        dropout=dropout,
        standardize=standardize,
        grid=grid,
        epochs=epochs,
        batch_size=batch_size,
        buckets=buckets,
        sizes=None if sizes is None else integers("sizes", sizes),
        max_side=max_side,
        rescale=rescale,
        rotation=rotation,
        zoom=zoom,
        shift=shift,
        color=color,
        tint=tint,
        flip=flip,
        mirror=None if mirror is None else mirrors(mirror),
        learning_rate=learning_rate,
        schedule=schedule,
        weight_decay=weight_decay,
        ema=ema,
        label_smoothing=label_smoothing,
        balance=balance,
        patience=patience,
        precision=precision,
        seed=seed,
        tensorboard=tensorboard,
        verbose=verbosity(),
    )
    accuracy = run.best.get("validation_accuracy")
    found = "" if accuracy is None else f", {accuracy:.1%} of what validates"
    _print_best(run, found)


@train_app.command("ball")
def train_ball(
    data: Annotated[
        list[Path],
        typer.Option(help="File of tracking data; give it again for more."),
    ],
    out: RunOption,
    hold_out: Annotated[
        float, typer.Option(help="Share of a game that chooses the weights.")
    ] = 0.1,
    sees: Annotated[
        str, typer.Option(help="players, or image: pictures of them.")
    ] = "players",
    spatial: Annotated[
        str,
        typer.Option(help="plain, dilated, deformable, non_local or all."),
    ] = "dilated",
    map_width: Annotated[int, typer.Option(help="Channels of the map.")] = 32,
    pitch: Annotated[
        str, typer.Option(help="Length and width in metres.")
    ] = "105,68",
    pixels_per_metre: Annotated[float, typer.Option(help="Of pictures.")] = 4.0,
    frames: Annotated[
        int, typer.Option(help="How many the model sees, the newest last.")
    ] = 1,
    frame_rate: Annotated[
        float | None, typer.Option(help="Of these frames; needed above one.")
    ] = None,
    width: Annotated[int, typer.Option(help="Channels of a player.")] = 96,
    depth: Annotated[
        int, typer.Option(help="How often players see each other.")
    ] = 4,
    heads: int = 3,
    dropout: float = 0.1,
    steps: int = 12_000,
    stop: Annotated[
        int | None,
        typer.Option(help="Step to stop at, with the rate as for all steps."),
    ] = None,
    epoch_steps: int = 400,
    batch_size: int = 64,
    shares: Annotated[
        str | None,
        typer.Option(help="Of each file in a batch, such as 3,1,1."),
    ] = None,
    jitter: Annotated[float, typer.Option(help="Metres of noise.")] = 0.2,
    stretch: Annotated[
        float, typer.Option(help="Share by which a pitch changes its size.")
    ] = 0.05,
    drop_velocities: float = 0.3,
    drop_players: float = 0.1,
    crop: Annotated[
        float, typer.Option(help="Share of frames that a camera cuts.")
    ] = 0.15,
    learning_rate: float = 1e-3,
    schedule: str = "cosine",
    weight_decay: float = 0.02,
    ema: float = 0.998,
    patience: Annotated[
        int | None, typer.Option(help="Epochs to wait for a better score.")
    ] = None,
    seed: int = 0,
    tensorboard: TensorboardOption = False,
):
    """Train a predictor of the ball from players; resumes where it stopped."""
    from convzoo.training.football.train_ball import train_ball as train

    run = train(
        data,
        out,
        hold_out=hold_out,
        sees=sees,
        spatial=spatial,
        map_width=map_width,
        pixels_per_metre=pixels_per_metre,
        frames=frames,
        frame_rate=frame_rate,
        width=width,
        depth=depth,
        heads=heads,
        dropout=dropout,
        pitch=numbers("pitch", pitch),
        steps=steps,
        stop=stop,
        epoch_steps=epoch_steps,
        batch_size=batch_size,
        shares=None if shares is None else numbers("shares", shares),
        jitter=jitter,
        stretch=stretch,
        drop_velocities=drop_velocities,
        drop_players=drop_players,
        crop=crop,
        learning_rate=learning_rate,
        schedule=schedule,
        weight_decay=weight_decay,
        ema=ema,
        patience=patience,
        seed=seed,
        tensorboard=tensorboard,
        verbose=verbosity(),
    )
    distance = run.best.get("validation_distance")
    found = "" if distance is None else f", {distance:.2f} m where it validates"
    _print_best(run, found)


def _print_best(run, found):
    """Where the best weights are, and what was found of them."""
    print(
        f"best: epoch {run.best['epoch'] + 1} of {run.epochs_done}{found}: "
        f"{run.folder / 'best.weights.h5'}"
    )
