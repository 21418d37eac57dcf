"""Tracking data of tensorflow-datasets as `Tracking`."""

import importlib
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import numpy as np

from convzoo.training.football.tracking.tracking import Tracking
from convzoo.training.tfds_source import PREFIX, load_tfds

# The pitch of all of them, in metres.
_PITCH = 105.0, 68.0
_NEEDED = {"players", "velocities", "team", "ball", "game", "period", "time"}
# More periods than a game has, and more minutes than a period.
_PERIODS, _MINUTES = 10, 1000


def tfds_tracking(name: str, pitch: tuple[float, float] = _PITCH) -> Tracking:
    """The frames of all games of a dataset, those of its split `test` for that.

    Args:
        name: `"metrica"`, which is built if it is not there yet, or what else
            `tensorflow_datasets.load` knows with the features of that; see
            `training/metrica`.
        pitch: length and width in metres to which the pitch of 105 x 68 is
            scaled.

    Raises:
        ValueError: the packages are missing, the dataset cannot be loaded, or
            it has other features.
    """
    # Where this fails the package is missing, and so says the next.
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
    """Arrays of all frames; games with fewer columns get missing players."""
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
