"""Reader of files of tracking data providers, with kloppy."""

import importlib
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, BinaryIO

from convzoo.common.checks import check_lengths
from convzoo.common.types import PathLike
from convzoo.training.football.tracking.kloppy_tracking import kloppy_tracking
from convzoo.training.football.tracking.tracking import Tracking

if TYPE_CHECKING:
    from kloppy.domain import TrackingDataset

# Files of each provider, in the order of the arguments of kloppy.
PROVIDERS = {
    "hawkeye": ("BALL", "PLAYERS"),
    "metrica": ("HOME or META", "AWAY or DATA"),
    "pff": ("META", "ROSTER", "DATA"),
    "secondspectrum": ("META", "DATA"),
    "signality": ("META", "VENUE", "DATA"),
    "skillcorner": ("META", "DATA"),
    "sportec": ("META", "DATA"),
    "statsperform": ("MA1", "MA25"),
    "tracab": ("META", "DATA"),
}
# Functions to use where kloppy's `load` loads events or is deprecated.
_FUNCTIONS = dict.fromkeys(("pff", "sportec", "statsperform"), "load_tracking")
# Native coordinate systems, which kloppy need not convert: conversion takes ten
# times as long as everything else.
_COORDINATES = {"statsperform": "sportvu"}
_USUAL = (105.0, 68.0)


def read_provider(
    provider: str,
    paths: Sequence[PathLike],
    pitch: tuple[float, float] | None = _USUAL,
    sample_rate: float | None = None,
    limit: int | None = None,
) -> Tracking:
    """Read the files of a provider, see `kloppy_tracking`.

    Args:
        provider: Name of the provider: `"hawkeye"`, `"metrica"` (two `.csv`
            files, or the `.xml` and the `.txt` file of EPTS), `"pff"`,
            `"secondspectrum"`, `"signality"`, `"skillcorner"`, `"sportec"`,
            `"statsperform"` or `"tracab"`.
        paths: Paths of the files, metadata first: home and away team, ball and
            players, or `meta_data` and the other files that kloppy needs. For
            Signality, `venue_information` is the second, and one or more files
            with frames follow.
        pitch: Length and width in metres to which the pitch is scaled. None for
            no scaling.
        sample_rate: Fraction of frames to read, such as 0.2 for 5 of 25 frames
            per second. None for all frames.
        limit: Maximum number of frames to read. None for no limit.

    Raises:
        ValueError: If an argument is invalid, a file is missing or cannot be
            read, or kloppy is not installed.
    """
    files = [Path(path) for path in paths]
    _check(provider, files, sample_rate, limit)
    if pitch is not None:
        check_lengths("pitch", pitch)
    name = f"{provider}:{','.join(map(str, files))}"
    try:
        module = importlib.import_module(f"kloppy.{provider}")
    except ImportError as error:
        raise ValueError(
            f"{name}: needs the package kloppy; pip install convzoo[football]"
        ) from error
    try:
        dataset = _load(module, provider, files, pitch, sample_rate, limit)
    # The exceptions of kloppy depend on the provider and the file.
    except Exception as error:
        lines = str(error).strip().splitlines() or [""]
        raise ValueError(
            f"{name}: cannot be read ({type(error).__name__}: {lines[0]})"
        ) from error
    try:
        return kloppy_tracking(dataset, pitch)[:limit]
    except ValueError as error:
        raise ValueError(f"{name}: {error}") from error


def _load(
    module: ModuleType,
    provider: str,
    paths: Sequence[Path],
    pitch: tuple[float, float] | None,
    sample_rate: float | None,
    limit: int | None,
) -> "TrackingDataset":
    options: dict[str, Any] = {
        "coordinates": _COORDINATES.get(provider, provider),
        "sample_rate": sample_rate,
        # Some of kloppy's loaders stop one frame early.
        "limit": limit and limit + 1,
    }
    name = _FUNCTIONS.get(provider, "load")
    # From a path, kloppy makes a copy that it leaves open.
    with ExitStack() as stack:
        # Open files, or their contents.
        files: list[Any]
        files = [stack.enter_context(open(path, "rb")) for path in paths]
        if provider == "metrica":
            name = f"load_tracking_{'epts' if _is_xml(files[0]) else 'csv'}"
        # Kloppy would take each line of an open file for a file here.
        elif provider == "hawkeye":
            files = [file.read() for file in files]
        elif provider == "signality":
            meta, venue, *feeds = files
            files = [meta, [file.read() for file in feeds], venue]
        elif provider == "statsperform":
            # The files do not state the size of the pitch.
            length, width = pitch or _USUAL
            options |= {"pitch_length": length, "pitch_width": width}
        return getattr(module, name)(*files, **options)


def _is_xml(file: BinaryIO) -> bool:
    start = file.read(100)
    file.seek(0)
    return start.lstrip(b"\xef\xbb\xbf \r\n").startswith(b"<")


def _check(
    provider: str,
    paths: Sequence[Path],
    sample_rate: float | None,
    limit: int | None,
) -> None:
    if provider not in PROVIDERS:
        raise ValueError(
            f"`provider` must be one of {', '.join(PROVIDERS)}. "
            f"Received: provider={provider!r}"
        )
    files = PROVIDERS[provider]
    more = provider == "signality"
    if len(paths) < len(files) or len(paths) > len(files) and not more:
        raise ValueError(
            f"`paths` of {provider} must be {', '.join(files)}. "
            f"Received: paths={[str(path) for path in paths]}"
        )
    for path in paths:
        if not path.is_file():
            raise ValueError(f"{path}: there is no such file")
    # With other rates, kloppy would skip all frames but the first.
    rate = 1 if sample_rate is None else sample_rate
    if not 0 < rate <= 1 or not (1.0 / rate).is_integer():
        raise ValueError(
            "`sample_rate` must be 1 divided by a whole number, such as 0.2. "
            f"Received: sample_rate={sample_rate}"
        )
    if limit is not None and (type(limit) is not int or limit < 1):
        raise ValueError(
            f"`limit` must be a positive integer. Received: limit={limit}"
        )
