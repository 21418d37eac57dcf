"""Suffixes of image files: those that are written, read, and others."""

from pathlib import Path

from convzoo.common.types import PathLike

WRITTEN = (".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp")
LOSSY = (".jpeg", ".jpg", ".webp")
_READ_ONLY = (
    *(".apng", ".avif", ".bmp", ".gif", ".heic", ".heif", ".jfif"),
    ".jpe",
)
READ = (*WRITTEN, *_READ_ONLY)
# Suffixes of other images, by which a file is known from a folder.
_OTHERS = (
    ".ai .arw .cr2 .cr3 .cur .dcm .dds .dib .dng .emf .eps .exr .fit "
    ".fits .hdr .icns .ico .j2k .jp2 .jpx .jxl .jxr .mpo .nef .orf .pbm .pcx "
    ".pdf .pef .pfm .pgm .pnm .ppm .psb .psd .raf .raw .rw2 .srw .svg .svgz "
    ".tga .wmf .xcf"
)
NOT_READ = frozenset(_OTHERS.split())
NOT_WRITTEN = NOT_READ.union(_READ_ONLY)


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
