"""Comparison of super-resolution losses, all else being equal.

    python -m benchmarks.loss_experiment TRAIN TEST --features FILE --judge FILE

TRAIN and TEST are folders of photographs; `--features` is a file of SqueezeNet
weights and `--judge` one of AlexNet weights. By default both are downloaded
from torchvision. For each seed, the network of `sr_x4_base` is trained with
mean absolute error, and then with each loss on the same patches for the same
number of steps. Prints PSNR and SSIM on Y, FSIMc and LPIPS of the upscaled
photographs of TEST, means and standard deviations over the seeds, and writes
`losses.png`, with crops of scikit-image's photographs, for the first seed.
"""

import argparse
import os
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from benchmarks._spread import print_spread
from convzoo.losses import FSIM, SSIM, Contextual, FeatureExtractor, Luma
from convzoo.training.optimization import jit_compile
from convzoo.training.super_resolution.evaluate_sr import measure
from convzoo.training.super_resolution.patches import Patches
from convzoo.training.super_resolution.perceptual_choice import (
    perceptual_judge,
    perceptual_loss,
)
from convzoo.training.super_resolution.photographs import read_pair
from convzoo.training.super_resolution.sr_data import read_sr_data
from convzoo.zoo import SRGAN, SRDiscriminator, SRGenerator
from convzoo.zoo.images.bicubic import resize_bicubic
from convzoo.zoo.images.listing.list_images import list_images
from convzoo.zoo.super_resolution.sr_configs import SR_CONFIGS

_SCALE = 4
_PRECISION = "mixed_bfloat16"
_FIGURES = ("PSNR", "SSIM", "FSIM", "LPIPS")
# Photograph of scikit-image, and the centre (y, x) of its crop.
_CROPS = (
    ("astronaut.png", 110, 225),
    ("chelsea.png", 120, 190),
    ("coffee.png", 190, 320),
)
_SIDE = 128
_COLUMNS = 6


def main():
    arguments = _arguments()
    if arguments.train is None:
        print("skipped: pass a folder to train on and one to test on")
        return
    pairs = [read_pair(path, _SCALE) for path in list_images(arguments.test)]
    judge = perceptual_judge(arguments.judge)
    rows = {}
    for seed in range(arguments.seeds):
        generators = dict(_trained(arguments, seed))
        for name, generator in generators.items():
            figures = _figures(generator.upscale, pairs, judge)
            rows.setdefault(name, []).append(figures)
            print(seed, name, np.round(figures, 4), flush=True)
        if seed == 0:
            _picture(generators).save(Path(arguments.out) / "losses.png")
    rows = {"bicubic": [_figures(_bicubic, pairs, judge)], **rows}
    print_spread("loss", _FIGURES, rows, (2, 4, 4, 4))


def _arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("train", nargs="?")
    parser.add_argument("test", nargs="?")
    parser.add_argument("--features", default="squeezenet")
    parser.add_argument("--judge", default="alex")
    parser.add_argument("--first-steps", type=int, default=3000)
    parser.add_argument("--steps", type=int, default=2000)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--out", default=".")
    return parser.parse_args()


def _losses(features):
    """Return arguments of `SRGAN` for each loss, by name."""
    absolute, perceptual = "mean_absolute_error", perceptual_loss(features)
    _, _, weights = features.partition(":")
    contextual = Contextual(
        FeatureExtractor(
            "squeezenet", "fire3", weights=weights or "torchvision"
        )
    )
    alone = {"perceptual_loss": None, "adversarial_loss": None}
    return {
        "L2": {**alone, "pixel_loss": ("mean_squared_error", 1.0)},
        "L1": {**alone, "pixel_loss": (absolute, 1.0)},
        "L1 of luma": {**alone, "pixel_loss": (Luma(absolute), 1.0)},
        "SSIM": {**alone, "pixel_loss": (SSIM(), 1.0)},
        "FSIM + L1": {
            **alone,
            "pixel_loss": (absolute, 1.0),
            "perceptual_loss": (FSIM(), 1.0),
        },
        "perceptual": {
            **alone,
            "pixel_loss": None,
            "perceptual_loss": (perceptual, 1.0),
        },
        "perceptual + L1": {
            **alone,
            "pixel_loss": (absolute, 1.0),
            "perceptual_loss": (perceptual, 0.1),
        },
        "contextual + L1": {
            **alone,
            "pixel_loss": (absolute, 1.0),
            "perceptual_loss": (contextual, 0.1),
        },
        "adversarial": {"perceptual_loss": (perceptual, 1.0)},
    }


def _trained(arguments, seed):
    """Yield the name of each loss, and the generator trained with it."""
    photographs = read_sr_data(arguments.train, _SCALE).photographs
    patches = Patches(photographs, _SCALE, 32, 8, arguments.first_steps, seed)
    keras.utils.set_random_seed(seed)
    first = SRGenerator(**SR_CONFIGS["base"], dtype=_PRECISION)
    losses = _losses(arguments.features)
    _fit(SRGAN(first, **losses["L1"]), patches, 1e-3)
    # The second phase has other patches than the first.
    patches.epoch, patches.batches = 1, arguments.steps
    for name, terms in losses.items():
        generator = SRGenerator(**SR_CONFIGS["base"], dtype=_PRECISION)
        generator.set_weights(first.get_weights())
        discriminator = None
        if terms.get("adversarial_loss", True):
            discriminator = SRDiscriminator(
                32, normalization="spectral", dtype=_PRECISION
            )
        _fit(SRGAN(generator, discriminator, **terms), patches, 2e-4)
        whole = SRGenerator(**SR_CONFIGS["base"])
        whole.set_weights(generator.get_weights())
        yield name, whole


def _fit(model, patches, rate):
    schedule = keras.optimizers.schedules.CosineDecay(rate, len(patches))
    optimizer = keras.optimizers.Adam(schedule, use_ema=True, ema_momentum=0.99)
    model.compile(optimizer, jit_compile=jit_compile())
    model.fit(patches, verbose=0, shuffle=False)


def _figures(upscale, pairs, judge):
    """Return means over the photographs, in the order of `_FIGURES`."""
    fsim, rows = FSIM(reduction=None), []
    for pair in pairs:
        image = upscale(pair.low)
        quality = measure(image, pair.high, _SCALE, judge)
        batches = [
            np.broadcast_to(pixels, (1, *pixels.shape[:2], 3)) / np.float32(255)
            for pixels in (pair.high, image)
        ]
        similarity = 1 - float(fsim(*batches)[0])
        rows.append(
            (quality.psnr_y, quality.ssim_y, similarity, quality.perceptual)
        )
    return np.mean(rows, axis=0)


def _bicubic(image):
    height, width = image.shape[:2]
    return resize_bicubic(image, _SCALE * height, _SCALE * width)


def _picture(generators):
    """Draw the crops: bicubic, each loss, and the original."""
    from skimage import data_dir

    upscales = {"bicubic": _bicubic}
    upscales |= {name: model.upscale for name, model in generators.items()}
    blocks = []
    for name, y, x in _CROPS:
        pair = read_pair(Path(data_dir) / name, _SCALE)
        images = {k: f(pair.low) for k, f in upscales.items()}
        blocks.append(_block({**images, "original": pair.high}, y, x))
    picture = Image.new(
        "RGB", (blocks[0].width, sum(b.height for b in blocks)), "white"
    )
    for i, block in enumerate(blocks):
        picture.paste(block, (0, i * block.height))
    return picture


def _block(images, y, x):
    """Draw crops around a pixel, in rows, with their names."""
    rows = (len(images) + _COLUMNS - 1) // _COLUMNS
    cell = _SIDE + 22
    block = Image.new("RGB", (_COLUMNS * (_SIDE + 4), rows * cell), "white")
    draw, font = ImageDraw.Draw(block), ImageFont.load_default(13)
    for i, (name, image) in enumerate(images.items()):
        left, top = i % _COLUMNS * (_SIDE + 4), i // _COLUMNS * cell
        first, start = y - _SIDE // 2, x - _SIDE // 2
        crop = image[first : first + _SIDE, start : start + _SIDE]
        block.paste(Image.fromarray(np.ascontiguousarray(crop)), (left, top))
        draw.text((left + 2, top + _SIDE + 2), name, "black", font)
    return block


if __name__ == "__main__":
    main()
