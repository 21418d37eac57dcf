"""Suffixes of image files: those that are written, and others."""

from pathlib import Path

from convzoo.common.types import PathLike

WRITTEN = (".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp")
LOSSY = (".jpeg", ".jpg", ".webp")
# Suffixes of other images, by which a file is known from a folder.
_OTHERS = (
    ".apng .arw .avif .bmp .cr2 .cr3 .dib .dng .emf .eps .exr .gif .hdr .heic "
    ".heif .ico .j2k .jfif .jp2 .jpe .jpx .jxl .mpo .nef .orf .pbm .pcx .pdf "
    ".pgm .pnm .ppm .psd .raf .raw .rw2 .svg .svgz .tga .wmf .xcf"
)
NOT_WRITTEN = frozenset(_OTHERS.split())


def names_an_image(path: PathLike) -> bool:
    """Return whether the suffix of a path is that of an image."""
    suffix = Path(path).suffix.lower()
    return suffix in WRITTEN or suffix in NOT_WRITTEN


def check_written(path: PathLike) -> None:
    """Raise a `ValueError` unless the suffix is one of `WRITTEN`."""
    suffix = Path(path).suffix.lower()
    if suffix in WRITTEN:
        return
    known = ""
    if suffix in NOT_WRITTEN:
        known = f"{suffix[1:].upper()} is not written; "
    raise ValueError(
        f"{path}: {known}the name must end with {' or '.join(WRITTEN)}"
    )
