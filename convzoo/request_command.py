"""`convzoo request`."""

import json
import re
from pathlib import Path
from typing import Any

from convzoo.common.checks import check_above
from convzoo.common.output_file import check_target, make_folder, write_whole
from convzoo.common.serving_address import ServingAddress
from convzoo.options import Out, Overwrite, check_there

_PNG = b"\x89PNG\r\n\x1a\n"


def request(
    url: str,
    images: list[Path],
    /,
    *,
    out: Out = Path("."),
    version: str | None = None,
    timeout: float = 30.0,
    overwrite: Overwrite = False,
) -> list[Exception]:
    """Send images to a model on TF Serving or KServe, each at its own size.

    Args:
        url: The model: http://HOST:8501/v1/models/NAME or
            grpc://HOST:8500/NAME.
        images: JPEG, PNG or WebP files.
        out: Folder for images in the answers.
        version: Version number or label. Without it, the newest.
        timeout: Seconds after which a whole request fails.
    """
    check_there(images)
    ServingAddress.of(url)
    check_above("timeout", timeout, 0)
    from convzoo.export import ServingClient

    chosen = int(version) if version and version.isdecimal() else version
    client = ServingClient(url, chosen, timeout)
    failures: list[Exception] = []
    written: set[Path] = set()
    for path in images:
        try:
            (found,) = client.images([path])
            files = _files(path, found, out, overwrite, written)
            print(json.dumps(_told(path, found, files)))
        except ValueError as error:
            if len(images) == 1:
                raise
            failures.append(ValueError(f"{path}: {error}"))
    return failures


def _files(
    path: Path,
    found: dict[str, Any],
    out: Path,
    overwrite: bool,
    written: set[Path],
) -> dict[str, Path]:
    """Write the images of an answer, and return their paths.

    All are checked before one is written. `written` has the files of this run,
    which are never replaced.
    """
    files = {
        name: _target(path, name, value, out)
        for name, value in found.items()
        if isinstance(value, bytes)
    }
    for target in files.values():
        check_target(target, (".png",), overwrite)
        if target in written:
            raise ValueError(f"{target}: is the file of another image too")
    for name, target in files.items():
        write_whole(target, found[name])
        written.add(target)
    return files


def _told(
    path: Path, found: dict[str, Any], files: dict[str, Path]
) -> dict[str, Any]:
    """The answer, with images as the paths that they were written to."""
    told: dict[str, Any] = {"image": str(path)}
    for name, value in found.items():
        told[name] = str(files[name]) if name in files else value.tolist()
    return told


def _target(path: Path, name: str, content: bytes, out: Path) -> Path:
    """The file for an image of an answer, which must be what it says."""
    if not re.fullmatch(r"\w[\w.-]{0,99}", name):
        raise ValueError(f"output {name!r} has a name that cannot name a file")
    if not content.startswith(_PNG):
        raise ValueError(f"output {name!r} is not a PNG file")
    make_folder(out)
    return out / f"{path.stem}_{name.removesuffix('_bytes')}.png"
