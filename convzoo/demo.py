"""The main job on real photographs, and what every exported file costs.

The photographs come inside the scikit-image package (`pip install
convzoo[demo]`); nothing is downloaded.
"""

import statistics
import time
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from convzoo.export import LiteRTModel, SavedModel, export_model
from convzoo.training.evaluate_sr import measure
from convzoo.training.photographs import read_pair
from convzoo.zoo import SRGenerator
from convzoo.zoo.bicubic import resize_bicubic

_PHOTOGRAPHS = ("astronaut.png", "chelsea.png", "coffee.png", "rocket.jpg")
_PANEL = 300
_CAPTION = 34
_TIMED_RUNS = 5


def run_demo(out, preset="sr_x4_tiny"):
    """Enlarge the photographs, export the model, and measure both.

    Args:
        out: folder to write to; made where it is missing. What an earlier
            demo left there is replaced.
        preset: name of the model.

    Returns:
        A dict of rows, title to text, for a table.

    Raises:
        ValueError: scikit-image is missing, or `out` cannot be written.
    """
    out = Path(out)
    model = SRGenerator.from_preset(preset)
    pairs = [read_pair(path, model.scale) for path in _photographs()]
    exported = export_model(model, out, overwrite=True)
    rows, qualities = [], []
    for pair in pairs:
        height, width = pair.high.shape[:2]
        bicubic = resize_bicubic(pair.low, height, width)
        images = (bicubic, model.upscale(pair.low), pair.high)
        qualities.append([measure(i, pair.high, model.scale) for i in images])
        rows.append(_panels(images, qualities[-1]))
    picture = out / "side_by_side.png"
    _stacked(rows).save(picture)
    return {
        **_summary(model, preset, qualities),
        **_costs(model, exported, pairs[0].low),
        "picture": str(picture),
    }


def _photographs():
    try:
        from skimage import data_dir
    except ImportError as error:
        raise ValueError(
            "The demo takes its photographs from scikit-image; "
            "pip install convzoo[demo]"
        ) from error
    return [Path(data_dir) / name for name in _PHOTOGRAPHS]


def _summary(model, preset, qualities):
    bicubic, enlarged = ([row[i] for row in qualities] for i in range(2))
    psnr = [np.mean([q.psnr_y for q in group]) for group in (bicubic, enlarged)]
    ssim = [np.mean([q.ssim_y for q in group]) for group in (bicubic, enlarged)]
    return {
        "model": preset,
        "parameters": f"{model.count_params():,}",
        "PSNR on Y, bicubic -> model": f"{psnr[0]:.2f} -> {psnr[1]:.2f} dB",
        "SSIM on Y, bicubic -> model": f"{ssim[0]:.4f} -> {ssim[1]:.4f}",
    }


def _costs(model, exported, image):
    """Size, time and deviation of the model and of each exported file."""
    batch = np.expand_dims(image.astype(np.float32) / 255, 0)
    megapixels = image.shape[0] * image.shape[1] * model.scale**2 / 1e6
    seconds = _seconds(lambda: model.predict_on_batch(batch)) / megapixels
    rows = {"Keras: time per enlarged megapixel": f"{seconds * 1e3:.0f} ms"}
    for file in exported:
        if file.format == "litert":
            title, run = "LiteRT", LiteRTModel(file.path)
        else:
            title, run = "SavedModel", SavedModel(file.path)
        seconds = _seconds(lambda run=run: run(image=batch)) / megapixels
        rows |= {
            f"{title}: size": f"{_bytes(file.path) / 1e3:.0f} kB",
            f"{title}: time per enlarged megapixel": f"{seconds * 1e3:.0f} ms",
            f"{title}: largest difference to Keras": f"{file.difference:.1e}",
        }
    return rows


def _bytes(path):
    files = [path] if path.is_file() else path.rglob("*")
    return sum(file.stat().st_size for file in files if file.is_file())


def _seconds(run):
    """The median duration of a call, after one that is not counted."""
    run()
    times = []
    for _ in range(_TIMED_RUNS):
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def _panels(images, qualities):
    """One row of the picture: the middle of each image, and its figures."""
    titles = ("bicubic", "model", "original")
    row = Image.new("RGB", (_PANEL * len(images), _PANEL + _CAPTION), "white")
    draw = ImageDraw.Draw(row)
    font = ImageFont.load_default(15)
    for i, (title, image, quality) in enumerate(
        zip(titles, images, qualities, strict=True)
    ):
        top, left = ((n - _PANEL) // 2 for n in image.shape[:2])
        middle = image[top : top + _PANEL, left : left + _PANEL]
        row.paste(Image.fromarray(middle), (i * _PANEL, 0))
        caption = title
        if title != "original":
            caption += f"  {quality.psnr_y:.2f} dB  SSIM {quality.ssim_y:.4f}"
        draw.text((i * _PANEL + 8, _PANEL + 8), caption, "black", font)
    return row


def _stacked(rows):
    height = sum(row.height for row in rows)
    picture = Image.new("RGB", (rows[0].width, height), "white")
    for i, row in enumerate(rows):
        picture.paste(row, (0, i * row.height))
    return picture
