"""The command line: one short function a verb."""

import logging
import os
import sys
import warnings
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from convzoo.ball_command import ball
from convzoo.evaluate_commands import evaluate_app
from convzoo.export_command import export
from convzoo.options import (
    DEFAULT_PRESET,
    EnsembleOption,
    OverwriteOption,
    PresetOption,
    end,
    progress_bars,
)
from convzoo.request_command import request
from convzoo.train_commands import train_app

_FAITHFUL_PRESET = "sr_x4_base"
app = typer.Typer(add_completion=False)
app.add_typer(train_app, name="train", help="Train a model.")
app.add_typer(evaluate_app, name="evaluate", help="Measure a model.")


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
    # And warns that images of many sizes are many sizes.
    logging.getLogger("tensorflow").setLevel(logging.ERROR)


@app.command("list")
def list_presets():
    """Print the models that come with the package."""
    from convzoo.presets import built_in

    # Four columns fit into the 80 characters of a terminal.
    table = Table("name", "model", "size", "what it does")
    for name, preset in built_in().items():
        kilobytes = preset.weights_path.stat().st_size / 1000
        table.add_row(
            name,
            preset.class_name,
            f"{kilobytes:.0f} kB",
            preset.description,
        )
    Console().print(table)


@app.command()
def info(name: str):
    """Print the card of a model."""
    from convzoo.presets import find_preset

    print(find_preset(name).card_path.read_text())


@app.command()
def upscale(
    inputs: Annotated[list[Path], typer.Argument(help="Images or folders.")],
    out: Annotated[Path, typer.Option("-o", "--out", help="File or folder.")],
    preset: Annotated[
        str | None,
        typer.Option(
            help="A preset's name, or the folder of a run.  "
            f"[default: {DEFAULT_PRESET}]"
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
    ensemble: EnsembleOption = False,
    overwrite: OverwriteOption = False,
):
    """Enlarge photographs."""
    from convzoo.zoo import SRGenerator
    from convzoo.zoo.super_resolution.upscale_files import (
        plan_upscale,
        upscale_file,
    )

    if perceptual is None:
        model = SRGenerator.from_preset(preset or DEFAULT_PRESET)
    else:
        model = _between(preset, perceptual)
    plan = plan_upscale(inputs, out, model.scale)
    failures = []
    with progress_bars() as progress:
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
    end(failures)


@app.command()
def classify(
    inputs: Annotated[list[Path], typer.Argument(help="Images or folders.")],
    preset: PresetOption,
    top: Annotated[int, typer.Option(help="Classes to name, at most.")] = 5,
):
    """Say what is in images."""
    from convzoo.zoo import SizeAgnosticClassifier
    from convzoo.zoo.images.image_file import list_images, read_photograph

    model = SizeAgnosticClassifier.from_preset(preset)
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
    end(failures)


app.command()(ball)


app.command()(export)


app.command()(request)


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


def _between(preset, perceptual):
    """The model between a preset and the one that looks sharper."""
    from convzoo.presets import perceptual_partner
    from convzoo.zoo import SRGenerator

    preset = preset or _FAITHFUL_PRESET
    return SRGenerator.blend(preset, perceptual_partner(preset), perceptual)


if __name__ == "__main__":
    main()
