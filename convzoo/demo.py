"""Super-resolution of real photographs, and the cost of exported files.

The photographs are those of the scikit-image package (`pip install
convzoo[demo]`); nothing is downloaded.
"""

import functools
import statistics
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from convzoo.common.types import PathLike
from convzoo.common.unit_range import unit_range
from convzoo.export import Exported, LiteRTModel, SavedModel, export_model
from convzoo.training.super_resolution.evaluate_sr import Quality, measure
from convzoo.training.super_resolution.photographs import Pair, read_pair
from convzoo.zoo import SRGenerator
from convzoo.zoo.images.bicubic import resize_bicubic

_PHOTOGRAPHS = ("astronaut.png", "chelsea.png", "coffee.png", "rocket.jpg")
_PRESETS = ("sr_x4_tiny", "sr_x4_base", "srgan_x4_base")
_EXPORTED = "sr_x4_tiny"
_PANEL = 300
_CAPTION = 34
_TIMED_RUNS = 5


def run_demo(out: PathLike) -> dict[str, str]:
    """Upscale photographs with each model, export the small one, and measure.

    Args:
        out: Folder to write to, created if it is missing. Files of an earlier
            demo are replaced; the SavedModel gets the next version.

    Returns:
        The rows of a table: title and text.

    Raises:
        ValueError: scikit-image is missing, or `out` cannot be written.
    """
    out = Path(out)
    models = {name: SRGenerator.from_preset(name) for name in _PRESETS}
    small = models[_EXPORTED]
    pairs = [read_pair(path, small.scale) for path in _photographs()]
    exported = export_model(small, out, overwrite=True)
    rows, qualities = [], []
    for pair in pairs:
        images = _enlarged(models, pair)
        qualities.append(
            {
                name: measure(image, pair.high, small.scale)
                for name, image in images.items()
            }
        )
        rows.append(_panels(images, qualities[-1]))
    picture = out / "side_by_side.png"
    _stacked(rows).save(picture)
    return {
        **_summary(models, qualities),
        **_costs(small, exported, pairs[0].low),
        "picture": str(picture),
    }


def _enlarged(
    models: dict[str, SRGenerator], pair: Pair
) -> dict[str, np.ndarray]:
    """Name and image of each panel."""
    height, width = pair.high.shape[:2]
    return {
        "bicubic": resize_bicubic(pair.low, height, width),
        **{name: model.upscale(pair.low) for name, model in models.items()},
        "original": pair.high,
    }


def _photographs() -> list[Path]:
    try:
        from skimage.data import data_dir
    except ImportError as error:
        raise ValueError(
            "The demo takes its photographs from scikit-image; "
            "pip install convzoo[demo]"
        ) from error
    return [Path(data_dir) / name for name in _PHOTOGRAPHS]


def _summary(
    models: dict[str, SRGenerator], qualities: list[dict[str, Quality]]
) -> dict[str, str]:
    """Mean figures of bicubic interpolation and of each model."""
    rows = {}
    for name in ("bicubic", *models):
        psnr = np.mean([row[name].psnr_y for row in qualities])
        ssim = np.mean([row[name].ssim_y for row in qualities])
        rows[f"{name}: PSNR and SSIM on Y"] = f"{psnr:.2f} dB, {ssim:.4f}"
    for name, model in models.items():
        rows[f"{name}: parameters"] = f"{model.count_params():,}"
    return rows


def _costs(
    model: SRGenerator, exported: list[Exported], image: np.ndarray
) -> dict[str, str]:
    """Size, time and deviation of the model and of each exported file."""
    batch = unit_range(np.expand_dims(image, 0))
    megapixels = image.shape[0] * image.shape[1] * model.scale**2 / 1e6
    seconds = _seconds(lambda: model.predict_on_batch(batch)) / megapixels
    title = f"{_EXPORTED}, Keras: time per output megapixel"
    rows = {title: f"{seconds * 1e3:.0f} ms"}
    run: LiteRTModel | SavedModel
    for file in exported:
        if file.format == "litert":
            title, run = "LiteRT", LiteRTModel(file.path)
        else:
            title, run = "SavedModel", SavedModel(file.path)
        call = functools.partial(run, image=batch)
        seconds = _seconds(call) / megapixels
        rows |= {
            f"{title}: size": f"{_bytes(file.path) / 1e3:.0f} kB",
            f"{title}: time per output megapixel": f"{seconds * 1e3:.0f} ms",
            f"{title}: largest difference to Keras": f"{file.difference:.1e}",
        }
    return rows


def _bytes(path: Path) -> int:
    files: Iterable[Path] = [path] if path.is_file() else path.rglob("*")
    return sum(file.stat().st_size for file in files if file.is_file())


def _seconds(run: Callable[[], object]) -> float:
    """Median duration of a call in seconds, after a warm-up call."""
    run()
    times = []
    for _ in range(_TIMED_RUNS):
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def _panels(
    images: dict[str, np.ndarray], qualities: dict[str, Quality]
) -> Image.Image:
    """One row of the picture: the centre of each image, and its figures."""
    row = Image.new("RGB", (_PANEL * len(images), _PANEL + _CAPTION), "white")
    draw = ImageDraw.Draw(row)
    font = ImageFont.load_default(13)
    for i, (title, image) in enumerate(images.items()):
        top, left = ((n - _PANEL) // 2 for n in image.shape[:2])
        middle = image[top : top + _PANEL, left : left + _PANEL]
        row.paste(Image.fromarray(middle), (i * _PANEL, 0))
        caption = title
        if title != "original":
            quality = qualities[title]
            caption += f"  {quality.psnr_y:.2f} dB  SSIM {quality.ssim_y:.4f}"
        draw.text((i * _PANEL + 8, _PANEL + 8), caption, "black", font)
    return row


def _stacked(rows: list[Image.Image]) -> Image.Image:
    height = sum(row.height for row in rows)
    picture = Image.new("RGB", (rows[0].width, height), "white")
    for i, row in enumerate(rows):
        picture.paste(row, (0, i * row.height))
    return picture
