"""`convzoo compare`: how similar images are, pair by pair."""

import functools
import os
from pathlib import Path
from typing import Annotated, get_args

from cyclopts import Parameter

from convzoo.common.checks import check_count
from convzoo.common.inputs_kept import check_inputs_kept
from convzoo.common.printable import printable
from convzoo.compare_outputs import checked_outputs, report
from convzoo.options import WHOLE, Out, Overwrite, check_there


def compare(
    a: Path,
    b: Path,
    /,
    *,
    out: Out | None = None,
    sheet: Annotated[Path | None, Parameter(metavar="PATH")] = None,
    border: Annotated[int, WHOLE] = 0,
    judge: str | None = None,
    recursive: bool = False,
    overwrite: Overwrite = False,
) -> list[ValueError]:
    """Measure how similar images are: PSNR, SSIM, MS-SSIM and FSIM.

    Images that cannot be compared are left out, and named.

    Args:
        a: Image file, or folder of images.
        b: The file or folder to compare with. Of two folders, images of the
            same name are compared; the suffix may differ, and one name may end
            with _x4, as that of an enlarged image does.
        out: Table to write, a .csv file with a row per pair and the mean.
        sheet: Picture to write, of the pairs side by side, with crops of where
            they differ most; of many pairs, the 20 that differ most.
        border: Number of pixels to leave out on each side.
        judge: Adds a perceptual distance: alex or vgg (LPIPS), or squeezenet.
            A path of weights may follow after a colon; without it they are
            downloaded.
        recursive: Compare the images in the subfolders, too.
    """
    _check_inputs(a, b)
    check_count("border", border)
    if judge is not None:
        _check_judge(judge)
    outputs = checked_outputs(out, sheet, overwrite)
    check_inputs_kept(outputs, [a, b])
    from convzoo.compare_batch import compare_batch
    from convzoo.training import compare_images
    from convzoo.training.super_resolution.comparison_sheet import (
        ComparisonSheet,
    )
    from convzoo.training.super_resolution.matched_images import matched_images
    from convzoo.training.super_resolution.perceptual_choice import (
        perceptual_judge,
    )
    from convzoo.zoo.images.image_file import ImageFile
    from convzoo.zoo.images.writing.write_image import write_image

    pairs, failures = matched_images(a, b, recursive)
    check_inputs_kept(outputs, [path for pair in pairs for path in pair[:2]])
    measure = functools.partial(
        compare_images,
        border=border,
        judge=None if judge is None else perceptual_judge(judge),
    )
    titles = a.resolve().name, b.resolve().name
    drawn = None if sheet is None else ComparisonSheet(titles, border)
    compared = compare_batch(pairs, measure, drawn)
    failures += [each.error for each in compared if each.error is not None]
    if all(each.error for each in compared):
        if len(failures) == 1:
            raise failures[0]
        return failures
    report(compared, out)
    if drawn is not None and sheet is not None:
        write_image(sheet, ImageFile(drawn.picture()), overwrite)
    for path in outputs:
        print(printable(path))
    return failures


def _check_inputs(a: Path, b: Path) -> None:
    check_there([a])
    check_there([b])
    if os.path.isdir(a) != os.path.isdir(b):
        raise ValueError(
            "`a` and `b` must be two files or two folders. "
            f"Received: a={str(a)!r}, b={str(b)!r}"
        )


def _check_judge(judge: str) -> None:
    from convzoo.training.super_resolution.network_choice import (
        Judge,
        chosen_network,
    )

    networks: tuple[Judge, ...] = get_args(Judge)
    _, weights = chosen_network("judge", judge, networks)
    if weights is not None:
        check_there([weights])
