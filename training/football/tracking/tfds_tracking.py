"""Reader of tracking data in tensorflow-datasets."""

import importlib
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import numpy as np

from convzoo.training.football.tracking.tracking import Tracking
from convzoo.training.tfds_source import PREFIX, load_tfds

# Pitch of all datasets, in metres.
_PITCH = 105.0, 68.0
_NEEDED = {"players", "velocities", "team", "ball", "game", "period", "time"}
# More periods than a game has, and more minutes than a period has.
_PERIODS, _MINUTES = 10, 1000


def tfds_tracking(name: str, pitch: tuple[float, float] = _PITCH) -> Tracking:
    """Read all games of a dataset. The split `test` is the test set.

    Args:
        name: `"metrica"`, which is built on first use, or another dataset of
            `tensorflow_datasets.load` with the same features; see
            `tracking/metrica`.
        pitch: Length and width in metres to which the pitch of 105 x 68 is
            scaled.

    Raises:
        ValueError: If packages are missing, the dataset cannot be loaded, or it
            has other features.
    """
    # Without the package, `load_tfds` raises the error.
    with suppress(ImportError):
        importlib.import_module("convzoo.training.football.tracking.metrica")
    splits, info = load_tfds(name)
    missing = _NEEDED - set(info.features or ())
    if missing:
        raise ValueError(
            f"{PREFIX}{name}: has no tracking data; its features lack "
            f"{', '.join(sorted(missing))}"
        )
    frames = [
        {**frame, "test": split == "test"}
        for split in sorted(splits)
        for frame in splits[split]
    ]
    stacked = {key: _stacked(frames, key) for key in (*_NEEDED, "test")}
    scale = np.array(pitch) / _PITCH
    half = stacked["game"] * _PERIODS + stacked["period"]
    return Tracking(
        stacked["players"] * scale,
        stacked["team"],
        stacked["velocities"] * scale,
        stacked["ball"] * scale,
        stacked["test"],
        half * _MINUTES + (stacked["time"] // 60).astype(int),
        60 * _MINUTES * half + stacked["time"],
        pitch=pitch,
    )


def _stacked(frames: Sequence[dict[str, Any]], key: str) -> np.ndarray:
    """Stack the frames, padded with missing players."""
    arrays = [np.asarray(frame[key]) for frame in frames]
    if key not in ("players", "velocities", "team"):
        return np.array(arrays)
    empty = 0 if key == "team" else np.nan
    most = max(map(len, arrays))
    shape = len(arrays), most, *arrays[0].shape[1:]
    stacked = np.full(shape, empty, arrays[0].dtype)
    for into, array in zip(stacked, arrays, strict=True):
        into[: len(array)] = array
    return stacked
