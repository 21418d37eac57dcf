"""Names of tracking data that are no paths. No Keras."""

import re
from pathlib import Path

from convzoo.common.types import PathLike
from convzoo.training.tfds_source import PREFIX

# Two letters or more: a single letter is a Windows drive.
_PROVIDER = re.compile(
    r"(?P<provider>[a-z][a-z0-9_]+):(?P<paths>.+)", re.DOTALL | re.IGNORECASE
)


def provider_files(path: PathLike) -> tuple[str, list[str]]:
    """Split PROVIDER:FILE,FILE; the provider of other paths is empty.

    The provider may be in capitals, and spaces may surround the files, unless
    they belong to the name of a file that exists.
    """
    match = _PROVIDER.fullmatch(str(path))
    if match is None or str(path).startswith(PREFIX) or Path(path).exists():
        return "", []
    files = [
        name if Path(name).exists() else name.strip()
        for name in match["paths"].split(",")
    ]
    return match["provider"].lower(), files
