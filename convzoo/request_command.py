"""`convzoo request`."""

import json
from pathlib import Path
from typing import Any

from convzoo.common.output_file import check_target, write_whole
from convzoo.options import Out, Overwrite, check_there


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
        timeout: Seconds after which a request fails.
    """
    check_there(images)
    from convzoo.export import ServingClient

    chosen = int(version) if version and version.isdecimal() else version
    client = ServingClient(url, chosen, timeout)
    failures: list[Exception] = []
    for path in images:
        try:
            (found,) = client.images([path])
            print(json.dumps(_told(path, found, out, overwrite)))
        except ValueError as error:
            if len(images) == 1:
                raise
            failures.append(ValueError(f"{path}: {error}"))
    return failures


def _told(
    path: Path, found: dict[str, Any], out: Path, overwrite: bool
) -> dict[str, Any]:
    """The answer, with images as the paths that they are written to."""
    told: dict[str, Any] = {"image": str(path)}
    for name, value in found.items():
        if isinstance(value, bytes):
            target = out / f"{path.stem}_{name.removesuffix('_bytes')}.png"
            try:
                out.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise ValueError(
                    f"{out}: cannot be created ({error.strerror})"
                ) from error
            check_target(target, (".png",), overwrite)
            write_whole(target, value)
            told[name] = str(target)
        else:
            told[name] = value.tolist()
    return told
