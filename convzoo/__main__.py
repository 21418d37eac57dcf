"""The command line: one short function a verb."""

import functools
import os
import sys
import warnings
from pathlib import Path
from typing import Annotated

import typer
from rich import box
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
)
from rich.table import Table

_DEFAULT_PRESET = "sr_x4_tiny"
_FAITHFUL_PRESET = "sr_x4_base"
# Title and digits of what `evaluate sr` measures.
_FIGURES = {
    "psnr_y": ("PSNR Y", 2),
    "ssim_y": ("SSIM Y", 4),
    "psnr_rgb": ("PSNR RGB", 2),
    "perceptual": ("distance", 4),
}
app = typer.Typer(add_completion=False)
train_app = typer.Typer()
evaluate_app = typer.Typer()
app.add_typer(train_app, name="train", help="Train a model.")
app.add_typer(evaluate_app, name="evaluate", help="Measure a model.")

PresetOption = Annotated[
    str, typer.Option(help="A preset's name, or the folder of a run.")
]
DataOption = Annotated[
    str, typer.Option(help="Folder of photographs, or tfds:NAME.")
]
RunOption = Annotated[
    Path, typer.Option("-o", "--out", help="Folder of the run.")
]
ConfigOption = Annotated[str, typer.Option(help="Which architecture.")]
ValidationOption = Annotated[
    Path | None, typer.Option(help="Folder that chooses the best weights.")
]
InitOption = Annotated[
    str | None, typer.Option(help="Preset or run to start from.")
]
ReductionsOption = Annotated[
    str,
    typer.Option(
        help="Factors by which photographs are shrunk too, by commas, such as "
        "1,0.8,0.6."
    ),
]
PrecisionOption = Annotated[
    str, typer.Option(help="float32 or mixed_bfloat16.")
]
JudgeOption = Annotated[
    str, typer.Option(help="alex, vgg or squeezenet, or with :FILE of weights.")
]
OverwriteOption = Annotated[
    bool, typer.Option("--overwrite", help="Replace what is there.")
]


@app.callback()
def start():
    """Layers, losses and trained models beyond plain convolutions."""
    # TensorFlow tells of CPU features and GPU drivers while it is imported; a
    # part of that comes before it has read its log level.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    kept = os.dup(2)
    try:
        with open(os.devnull, "wb") as nowhere:
            os.dup2(nowhere.fileno(), 2)
        import keras  # noqa: F401
    finally:
        os.dup2(kept, 2)
        os.close(kept)


@app.command("list")
def list_presets():
    """Print the models that come with the package."""
    from convzoo.zoo.presets import PRESETS

    table = Table("name", "model", "file", "size", "what it does")
    for name, preset in PRESETS.items():
        kilobytes = preset.weights_path.stat().st_size / 1000
        table.add_row(
            name,
            preset.model,
            preset.weights_path.name,
            f"{kilobytes:.0f} kB",
            preset.description,
        )
    Console().print(table)


@app.command()
def info(name: str):
    """Print the card of a model."""
    from convzoo.zoo.presets import get_preset

    print(get_preset(name).card_path.read_text())


@app.command()
def upscale(
    inputs: Annotated[list[Path], typer.Argument(help="Images or folders.")],
    out: Annotated[Path, typer.Option("-o", "--out", help="File or folder.")],
    preset: Annotated[
        str | None,
        typer.Option(
            help="A preset's name, or the folder of a run.  "
            f"[default: {_DEFAULT_PRESET}]"
        ),
    ] = None,
    tile: Annotated[
        int | None, typer.Option(help="Work in squares of so many pixels.")
    ] = None,
    perceptual: Annotated[
        float | None,
        typer.Option(
            help="From 0 (faithful) to 1 (sharp): a model between "
            f"{_FAITHFUL_PRESET} and its adversarial one."
        ),
    ] = None,
    ensemble: Annotated[
        bool,
        typer.Option("--ensemble", help="The mean of eight views; slower."),
    ] = False,
    overwrite: OverwriteOption = False,
):
    """Enlarge photographs."""
    from convzoo.zoo.upscale_files import plan_upscale, upscale_file

    if perceptual is None:
        model = _load(preset or _DEFAULT_PRESET)
    else:
        model = _between(preset, perceptual)
    plan = plan_upscale(inputs, out, model.scale)
    failures = []
    with _progress() as progress:
        files = progress.add_task("files", total=len(plan))
        for source, target in plan:
            tiles = progress.add_task(source.name, total=None)

            def report(done, total, tiles=tiles):
                progress.update(tiles, completed=done, total=total)

            try:
                upscale_file(
                    model, source, target, tile, overwrite, report, ensemble
                )
            except ValueError as error:
                if len(plan) == 1:
                    raise
                failures.append(error)
            progress.remove_task(tiles)
            progress.advance(files)
    for failure in failures:
        print(f"convzoo: failed: {failure}", file=sys.stderr)
    raise typer.Exit(1 if failures else 0)


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
):
    """Train a network that enlarges photographs; resumes where it stopped."""
    from convzoo.training.train_sr import train_sr as train

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
        reductions=_numbers("reductions", reductions),
        shifts=shifts,
        validation_reduction=validation_reduction,
        learning_rate=learning_rate,
        schedule=schedule,
        ema=ema,
        seed=seed,
        epoch_steps=epoch_steps,
        loss=loss,
        precision=precision,
        verbose=_verbosity(),
    )
    best = run.best
    print(
        f"best: epoch {best['epoch'] + 1} of {run.epochs_done}, "
        f"{best['psnr_y']:.3f} dB on Y: {run.folder / 'best.weights.h5'}"
    )


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
    tensorboard: Annotated[
        bool, typer.Option("--tensorboard", help="Write for TensorBoard too.")
    ] = False,
):
    """Train a network that enlarges, alone and then adversarially."""
    from convzoo.training.train_srgan import train_srgan as train

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
        reductions=_numbers("reductions", reductions),
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
        verbose=_verbosity(),
    )
    best = run.best
    print(
        f"best: epoch {best['epoch'] + 1} of {run.epochs_done}, distance "
        f"{best['perceptual']:.4f}, {best['psnr_y']:.3f} dB on Y: "
        f"{run.folder / 'best.weights.h5'}"
    )


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
    rotation: Annotated[float, typer.Option(help="Degrees, at most.")] = 10.0,
    zoom: float = 0.1,
    shift: float = 0.05,
    color: float = 0.3,
    flip: Annotated[
        bool, typer.Option("--flip", help="Left and right are alike.")
    ] = False,
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
    tensorboard: Annotated[
        bool, typer.Option("--tensorboard", help="Write for TensorBoard too.")
    ] = False,
):
    """Train a classifier of images of any size; resumes where it stopped."""
    from convzoo.training.train_classifier import train_classifier as train

    run = train(
        data,
        out,
        validation=validation,
        hold_out=hold_out,
        init=init,
        backbone=backbone,
        width=width,
        bins=_integers("bins", bins),
        pooling=pooling,
        dropout=dropout,
        epochs=epochs,
        batch_size=batch_size,
        buckets=buckets,
        sizes=None if sizes is None else _integers("sizes", sizes),
        max_side=max_side,
        rotation=rotation,
        zoom=zoom,
        shift=shift,
        color=color,
        flip=flip,
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
        verbose=_verbosity(),
    )
    best = run.best
    accuracy = best.get("validation_accuracy")
    found = "" if accuracy is None else f", {accuracy:.1%} of what validates"
    print(
        f"best: epoch {best['epoch'] + 1} of {run.epochs_done}{found}: "
        f"{run.folder / 'best.weights.h5'}"
    )


@evaluate_app.command("classifier")
def evaluate_classifier(
    data: Annotated[str, typer.Option(help="Folder of classes, or tfds:NAME.")],
    preset: PresetOption,
    warp: Annotated[
        int | None, typer.Option(help="Warp to squares of so many pixels.")
    ] = None,
    scale: Annotated[float, typer.Option(help="Resize by this factor.")] = 1.0,
    out: Annotated[
        Path | None,
        typer.Option(
            "-o", "--out", help="Folder for confusion.png, sizes.png."
        ),
    ] = None,
):
    """Count what a classifier gets right."""
    from convzoo.training.classifier_plots import write_plots
    from convzoo.training.evaluate_classifier import (
        evaluate_classifier as evaluate,
    )
    from convzoo.zoo import SizeAgnosticClassifier

    report = evaluate(SizeAgnosticClassifier.load(preset), data, warp, scale)
    table = Table(show_header=False)
    table.add_row("images", str(len(report.right)))
    table.add_row("accuracy", f"{report.quality.accuracy:.2%}")
    table.add_row("mean per class", f"{report.quality.class_accuracy:.2%}")
    table.add_row(
        "calibration error", f"{report.quality.calibration_error:.2%}"
    )
    table.add_row("cross-entropy", f"{report.quality.loss:.4f}")
    Console().print(table)
    if out is not None:
        for path in write_plots(report, out):
            print(path)


@app.command()
def classify(
    inputs: Annotated[list[Path], typer.Argument(help="Images or folders.")],
    preset: PresetOption,
    top: Annotated[int, typer.Option(help="Classes to name, at most.")] = 5,
):
    """Say what is in images."""
    from convzoo.zoo import SizeAgnosticClassifier
    from convzoo.zoo.image_file import list_images, read_photograph

    model = SizeAgnosticClassifier.load(preset)
    failures = []
    paths = [
        path
        for given in inputs
        for path in (list_images(given) if given.is_dir() else [given])
    ]
    for path in paths:
        try:
            classes = model.classify(read_photograph(path), top)
        except ValueError as error:
            if len(paths) == 1:
                raise
            failures.append(error)
            continue
        named = ", ".join(f"{name} {share:.1%}" for name, share in classes)
        print(f"{path}: {named}")
    for failure in failures:
        print(f"convzoo: failed: {failure}", file=sys.stderr)
    raise typer.Exit(1 if failures else 0)


@evaluate_app.command("sr")
def evaluate_sr(
    data: Annotated[Path, typer.Option(help="Folder of photographs.")],
    preset: PresetOption = _DEFAULT_PRESET,
    judge: Annotated[
        str | None,
        typer.Option(
            help="Add a perceptual distance: alex, vgg or squeezenet, or with "
            ":FILE of weights."
        ),
    ] = None,
    ensemble: Annotated[
        bool,
        typer.Option("--ensemble", help="The mean of eight views; slower."),
    ] = False,
):
    """Compare a network with bicubic interpolation, by the usual protocol."""
    from convzoo.training.evaluate_sr import average
    from convzoo.training.evaluate_sr import evaluate_sr as evaluate
    from convzoo.zoo.image_file import list_images

    model = _load(preset)
    paths = list_images(data)
    upscale = functools.partial(model.upscale, ensemble=ensemble)
    comparisons = evaluate(upscale, paths, model.scale, _judge(judge))
    with _progress() as progress:
        rows = list(
            progress.track(
                comparisons,
                total=len(paths),
                description="photographs",
            )
        )
    Console().print(_quality_table([*rows, average(rows)]))


@app.command()
def export(
    name: Annotated[
        str, typer.Argument(help="A preset's name, or the folder of a run.")
    ],
    out: Annotated[Path, typer.Option("-o", "--out", help="Folder.")],
    format: Annotated[
        str, typer.Option(help="Some of saved_model, litert, by commas.")
    ] = "saved_model,litert",
    overwrite: OverwriteOption = False,
):
    """Write a model for TF Serving and LiteRT, and check what it computes."""
    from convzoo.export import export_model

    exported = export_model(
        _load(name), out, formats=format.split(","), overwrite=overwrite
    )
    for file in exported:
        print(
            f"{file.format}: {file.path}, largest difference to Keras "
            f"{file.difference:.1e}"
        )


@app.command()
def demo(
    out: Annotated[Path, typer.Option("-o", "--out", help="Folder.")] = Path(
        "demo"
    ),
):
    """Enlarge, export and measure, on the photographs of scikit-image."""
    from convzoo.demo import run_demo

    table = Table(show_header=False)
    for title, text in run_demo(out).items():
        table.add_row(title, text)
    Console().print(table)


def main():
    """Run the command line; errors are one line and exit code 2."""
    warnings.showwarning = _warn
    try:
        code = app(standalone_mode=False)
    except (KeyboardInterrupt, typer.Abort):
        code = 130
    except typer.TyperException as error:
        code = _fail(f"{error.format_message()} (see convzoo --help)")
    except ValueError as error:
        code = _fail(str(error))
    sys.exit(code)


def _fail(message):
    print(f"convzoo: error: {' '.join(message.split())}", file=sys.stderr)
    return 2


def _warn(message, category, filename, lineno, file=None, line=None):
    text = " ".join(str(message).split())
    print(f"convzoo: warning: {text}", file=sys.stderr)


def _load(name):
    from convzoo.zoo import SRGenerator

    return SRGenerator.load(name)


def _between(preset, perceptual):
    """The model between a preset and the one that looks sharper."""
    from convzoo.zoo import SRGenerator
    from convzoo.zoo.presets import perceptual_partner

    preset = preset or _FAITHFUL_PRESET
    return SRGenerator.blend(preset, perceptual_partner(preset), perceptual)


def _judge(choice):
    from convzoo.training.perceptual_choice import perceptual_judge

    return None if choice is None else perceptual_judge(choice)


def _numbers(name, text):
    try:
        return tuple(float(part) for part in text.split(","))
    except ValueError as error:
        raise ValueError(
            f"`{name}` must be numbers with commas between. "
            f"Received: {name}={text!r}"
        ) from error


def _integers(name, text):
    numbers = _numbers(name, text)
    if any(number != int(number) for number in numbers):
        raise ValueError(
            f"`{name}` must be integers with commas between. "
            f"Received: {name}={text!r}"
        )
    return tuple(int(number) for number in numbers)


def _verbosity():
    return "auto" if sys.stdout.isatty() else 2


def _progress():
    console = Console(stderr=True)
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=console,
        disable=not console.is_terminal,
        transient=True,
    )


def _quality_table(comparisons):
    """A row for each photograph; figures that nobody asked for are left out."""
    # Nine columns fit into the 80 characters of a terminal.
    table = Table("image", box=box.SIMPLE_HEAD, show_edge=False, padding=0)
    names = list(comparisons[0].model.figures())
    for name in names:
        title, _ = _FIGURES[name]
        table.add_column(f"{title}\nbicubic", justify="right")
        table.add_column(f"{title}\nmodel", justify="right")
    for row in comparisons:
        cells = [
            f"{getattr(quality, name):.{_FIGURES[name][1]}f}"
            for name in names
            for quality in (row.bicubic, row.model)
        ]
        table.add_row(row.name, *cells)
    return table


if __name__ == "__main__":
    main()
