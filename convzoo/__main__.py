"""The command line: one short function a verb."""

import os
import sys
from pathlib import Path
from typing import Annotated

import typer
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
app = typer.Typer(add_completion=False)
train_app = typer.Typer()
evaluate_app = typer.Typer()
app.add_typer(train_app, name="train", help="Train a model.")
app.add_typer(evaluate_app, name="evaluate", help="Measure a model.")

PresetOption = Annotated[
    str, typer.Option(help="A preset's name, or the folder of a run.")
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
    preset: PresetOption = _DEFAULT_PRESET,
    tile: Annotated[
        int | None, typer.Option(help="Work in squares of so many pixels.")
    ] = None,
    overwrite: OverwriteOption = False,
):
    """Enlarge photographs."""
    from convzoo.zoo.upscale_files import plan_upscale, upscale_file

    model = _load(preset)
    plan = plan_upscale(inputs, out, model.scale)
    failures = []
    with _progress() as progress:
        files = progress.add_task("files", total=len(plan))
        for source, target in plan:
            tiles = progress.add_task(source.name, total=None)

            def report(done, total, tiles=tiles):
                progress.update(tiles, completed=done, total=total)

            try:
                upscale_file(model, source, target, tile, overwrite, report)
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
    data: Annotated[Path, typer.Option(help="Folder of photographs.")],
    out: Annotated[
        Path, typer.Option("-o", "--out", help="Folder of the run.")
    ],
    preset_config: Annotated[
        str, typer.Option(help="Which architecture.")
    ] = "tiny",
    scale: int = 4,
    validation: Annotated[
        Path | None,
        typer.Option(help="Folder that chooses the best weights."),
    ] = None,
    init: Annotated[
        str | None, typer.Option(help="Preset to start from.")
    ] = None,
    steps: int = 100_000,
    batch_size: int = 16,
    patch_size: int = 32,
    learning_rate: float = 1e-3,
    schedule: str = "cosine",
    ema: float = 0.999,
    seed: int = 0,
    epoch_steps: int = 1000,
    loss: Annotated[
        str, typer.Option(help="mean_absolute_error or mean_squared_error.")
    ] = "mean_absolute_error",
    precision: Annotated[
        str, typer.Option(help="float32 or mixed_bfloat16.")
    ] = "float32",
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
        learning_rate=learning_rate,
        schedule=schedule,
        ema=ema,
        seed=seed,
        epoch_steps=epoch_steps,
        loss=loss,
        precision=precision,
        verbose="auto" if sys.stdout.isatty() else 2,
    )
    best = run.best
    print(
        f"best: epoch {best['epoch'] + 1} of {run.epochs_done}, "
        f"{best['psnr_y']:.3f} dB on Y: {run.folder / 'best.weights.h5'}"
    )


@evaluate_app.command("sr")
def evaluate_sr(
    data: Annotated[Path, typer.Option(help="Folder of photographs.")],
    preset: PresetOption = _DEFAULT_PRESET,
):
    """Compare a network with bicubic interpolation, by the usual protocol."""
    from convzoo.training.evaluate_sr import average
    from convzoo.training.evaluate_sr import evaluate_sr as evaluate
    from convzoo.zoo.image_file import list_images

    model = _load(preset)
    paths = list_images(data)
    with _progress() as progress:
        rows = list(
            progress.track(
                evaluate(model.upscale, paths, model.scale),
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


def _load(name):
    from convzoo.zoo import SRGenerator

    if Path(name).is_dir():
        return SRGenerator.from_run(name)
    return SRGenerator.from_preset(name)


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
    table = Table("image")
    for title in ("PSNR Y", "SSIM Y", "PSNR RGB"):
        table.add_column(f"{title}\nbicubic", justify="right")
        table.add_column(f"{title}\nmodel", justify="right")
    for row in comparisons:
        table.add_row(
            row.name,
            f"{row.bicubic.psnr_y:.2f}",
            f"{row.model.psnr_y:.2f}",
            f"{row.bicubic.ssim_y:.4f}",
            f"{row.model.ssim_y:.4f}",
            f"{row.bicubic.psnr_rgb:.2f}",
            f"{row.model.psnr_rgb:.2f}",
        )
    return table


if __name__ == "__main__":
    main()
