"""`convzoo request`."""

import json
from pathlib import Path
from typing import Annotated

import typer

from convzoo.options import OverwriteOption, end


def request(
    url: Annotated[
        str,
        typer.Argument(
            help="Of a model: http://HOST:8501/v1/models/NAME or "
            "grpc://HOST:8500/NAME."
        ),
    ],
    images: Annotated[
        list[Path], typer.Argument(help="JPEG, PNG or WebP files.")
    ],
    out: Annotated[
        Path, typer.Option("-o", "--out", help="Folder for images in answers.")
    ] = Path("."),
    version: Annotated[
        str | None,
        typer.Option(help="A number or a label.  [default: the newest]"),
    ] = None,
    timeout: Annotated[
        float, typer.Option(help="In seconds, of a request.")
    ] = 30.0,
    overwrite: OverwriteOption = False,
):
    """Ask a server of TF Serving about images, each at its own size."""
    from convzoo.export import ServingClient

    chosen = int(version) if version and version.isdecimal() else version
    client = ServingClient(url, chosen, timeout)
    failures = []
    for path in images:
        try:
            (found,) = client.images([path])
            print(json.dumps(_told(path, found, out, overwrite)))
        except ValueError as error:
            if len(images) == 1:
                raise
            failures.append(f"{path}: {error}")
    end(failures)


def _told(path, found, out, overwrite):
    """The answer, with images as the paths that they are written to."""
    from convzoo.common.output_file import check_target, renamed

    told = {"image": str(path)}
    for name, value in found.items():
        if isinstance(value, bytes):
            out.mkdir(parents=True, exist_ok=True)
            target = out / f"{path.stem}_{name.removesuffix('_bytes')}.png"
            check_target(target, (".png",), overwrite)
            with renamed(target) as temporary:
                temporary.write_bytes(value)
            told[name] = str(target)
        else:
            told[name] = value.tolist()
    return told
