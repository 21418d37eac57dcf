"""Check of the free space on a disk before a long computation."""

import shutil
from pathlib import Path

from convzoo.common.image_suffixes import LOSSY

# Bytes of a file per byte of its pixels, as smooth photographs compress.
_LOSSLESS, _LOSSY = 0.25, 0.02


def check_disk_space(
    target: Path, source: Path, before: int, after: int
) -> None:
    """Raise a `ValueError` if a result will certainly not fit on its disk.

    Where the source is compressed without loss, so that it tells how well its
    pixels compress, the result is taken to need a fourth of its rate.

    Args:
        target: File to write; its folder is there.
        source: File of the image, which is enlarged.
        before: Bytes of its pixels.
        after: Bytes of the enlarged pixels.
    """
    rate = _LOSSY
    if target.suffix.lower() not in LOSSY:
        rate = _LOSSLESS
        if source.suffix.lower() not in LOSSY:
            rate *= source.stat().st_size / before
    free = shutil.disk_usage(target.parent).free
    if rate * after > free:
        raise ValueError(
            f"{target}: needs about {rate * after / 1e6:.1f} MB of disk space, "
            f"but {free / 1e6:.1f} MB are free"
        )
