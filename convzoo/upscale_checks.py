"""Checks of the arguments of `convzoo upscale`, before Keras is imported."""

import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from convzoo.common.checks import check_between, check_positive
from convzoo.common.format_of import HEAD, format_of
from convzoo.common.image_suffixes import LOSSY
from convzoo.common.image_target import ImageFormat, image_target
from convzoo.common.inputs_kept import check_inputs_kept
from convzoo.common.output_file import check_absent
from convzoo.options import check_there
from convzoo.standard_streams import STREAM, check_streams


def check_inputs(inputs: Sequence[Path], out: Path) -> None:
    """Check that inputs are there, and that streams suit them."""
    if STREAM in (*inputs, out):
        check_streams(inputs, out)
    if STREAM not in inputs:
        check_there(inputs)


def check_is_image(inputs: Sequence[Path]) -> None:
    """Check that a single input begins as an image does."""
    # Several are processed one by one, and of others the work says more.
    if len(inputs) != 1 or not os.path.isfile(inputs[0]):
        return
    try:
        with open(inputs[0], "rb") as file:
            head = file.read(HEAD)
    except OSError:
        return
    if head and format_of(head) is None:
        raise ValueError(f"{inputs[0]}: is not an image")


def check_output(
    inputs: Sequence[Path],
    out: Path,
    format: ImageFormat | None,
    overwrite: bool,
    skip_existing: bool,
) -> Path | None:
    """Check where the results go; return the file, if `out` names one."""
    if overwrite and skip_existing:
        raise ValueError("pass either `overwrite` or `skip_existing`")
    if out == STREAM:
        return None
    target = image_target(inputs, out, format)
    if target is not None:
        check_inputs_kept([target], inputs)
        check_absent(target, overwrite or skip_existing)
    return target


def check_quality(quality: int | None, targets: Iterable[Path]) -> None:
    """Check that a quality is valid, and that a file has one."""
    if quality is None:
        return
    check_positive("quality", quality)
    check_between("quality", quality, 1, 100)
    if not any(target.suffix.lower() in LOSSY for target in targets):
        raise ValueError(
            "`quality` needs JPEG or WebP; other formats lose nothing. "
            f"Received: quality={quality}"
        )
