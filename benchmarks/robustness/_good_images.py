"""Small good image files of all kinds, as bytes."""

import io
from collections.abc import Callable
from typing import Any

import numpy as np
import pyvips
import tifffile
from PIL import Image, ImageCms

Maker = Callable[[np.random.Generator], bytes]
_SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="60000" height="60000"/>'


def _pixels(random: np.random.Generator, channels: int = 3) -> np.ndarray:
    size = tuple(random.integers(8, 25, 2).tolist())
    coarse = random.integers(0, 256, (3, 3, channels), "uint8")
    planes = [
        np.asarray(Image.fromarray(coarse[..., index]).resize(size))
        for index in range(channels)
    ]
    return np.stack(planes, -1)


def _pillow(format: str, mode: str, **options: Any) -> Maker:
    def make(random: np.random.Generator) -> bytes:
        image = Image.fromarray(_pixels(random)).convert(mode)
        content = io.BytesIO()
        image.save(content, format, **options)
        return content.getvalue()

    return make


def _animated(format: str) -> Maker:
    def make(random: np.random.Generator) -> bytes:
        image = Image.fromarray(_pixels(random))
        content = io.BytesIO()
        more = [image.rotate(180)]
        image.save(content, format, save_all=True, append_images=more)
        return content.getvalue()

    return make


def _tifffile(dtype: str, channels: int = 3, **options: Any) -> Maker:
    def make(random: np.random.Generator) -> bytes:
        pixels = _pixels(random, channels).astype(dtype)
        content = io.BytesIO()
        tifffile.imwrite(content, pixels, **options)
        return content.getvalue()

    return make


def _vips(suffix: str, space: str = "srgb", **options: Any) -> Maker:
    def make(random: np.random.Generator) -> bytes:
        image = pyvips.Image.new_from_array(
            _pixels(random), interpretation="srgb"
        )
        return image.colourspace(space).write_to_buffer(suffix, **options)

    return make


def _profiled(format: str, mode: str) -> Maker:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))
    return _pillow(format, mode, icc_profile=profile.tobytes())


def _turned() -> Maker:
    exif = Image.Exif()
    exif[0x0112] = 6
    return _pillow("JPEG", "RGB", exif=exif)


# By the suffix and a title.
KINDS: dict[str, Maker] = {
    **{
        f".png {mode}": _pillow("PNG", mode)
        for mode in ("1", "L", "LA", "P", "RGB", "RGBA")
    },
    **{
        f".tif {mode}": _pillow("TIFF", mode)
        for mode in ("1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "YCbCr", "F")
    },
    **{
        f".tif {compression}": _pillow("TIFF", "RGB", compression=compression)
        for compression in ("tiff_lzw", "packbits", "tiff_deflate", "jpeg")
    },
    **{f".jpg {mode}": _pillow("JPEG", mode) for mode in ("L", "RGB", "CMYK")},
    **{f".bmp {mode}": _pillow("BMP", mode) for mode in ("1", "L", "P", "RGB")},
    **{
        f".{format.lower()} animated": _animated(format)
        for format in ("GIF", "WEBP", "PNG")
    },
    **{
        f".tif {dtype}": _tifffile(dtype, photometric="rgb")
        for dtype in ("int8", "uint16", "uint32", "float32", "float64")
    },
    **{
        f".tif {space}": _vips(".tif", space)
        for space in ("lab", "labs", "scrgb", "grey16", "rgb16", "cmyk")
    },
    **{
        f".{format.lower()} profile": _profiled(format, "RGB")
        for format in ("PNG", "JPEG", "TIFF", "WEBP")
    },
    ".jpg CMYK profile": _profiled("JPEG", "CMYK"),
    ".png rgb16": _vips(".png", "rgb16"),
    ".png interlaced": _vips(".png", interlace=True),
    ".jpg progressive": _pillow("JPEG", "RGB", progressive=True),
    ".jpg turned": _turned(),
    ".webp RGB": _pillow("WEBP", "RGB"),
    ".webp RGBA": _pillow("WEBP", "RGBA", lossless=True),
    ".gif P": _pillow("GIF", "P"),
    ".avif RGB": _vips(".avif", Q=60),
    ".tif big": _tifffile("uint8", photometric="rgb", bigtiff=True),
    ".tif tiles": _tifffile("uint8", photometric="rgb", tile=(16, 16)),
    ".tif pyramid": _vips(".tif", tile=True, pyramid=True),
    ".tif five channels": _tifffile("uint8", 5, photometric="rgb"),
    ".png SVG": lambda random: _SVG,
    ".png PDF": lambda random: b"%PDF-1.4\n1 0 obj\n<</Pages 2 0 R>>\nendobj",
    ".png PPM": lambda random: b"P6 60000 60000 255 " + bytes(300),
    ".png text": lambda random: b"no image at all " * 20,
}
