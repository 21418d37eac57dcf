"""The complete state of a run, in one file."""

import io
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zipfile import ZIP_STORED, BadZipFile, ZipFile

import numpy as np

from convzoo.common.output_file import write_whole

_METRIC = "metric_"


@dataclass(frozen=True)
class RunState:
    """What a run needs to go on.

    Attributes:
        log: One entry per epoch.
        variables: Values of everything that changes in training.
        step: Number of steps of the current epoch that are done.
        metrics: Values of the metrics' variables, within an epoch.
    """

    log: list[dict[str, Any]]
    variables: list[np.ndarray]
    step: int = 0
    metrics: list[np.ndarray] = field(default_factory=list)

    @property
    def is_finite(self) -> bool:
        return all(
            np.isfinite(array).all()
            for array in self.variables
            if np.issubdtype(array.dtype, np.floating)
        )


def write_state(path: Path, state: RunState) -> None:
    """Write the state atomically.

    Raises:
        ValueError: The file cannot be written.
    """
    arrays: dict[str, Any] = {
        "log": np.array(json.dumps(state.log)),
        "step": np.array(state.step),
        **_named("", state.variables),
        **_named(_METRIC, state.metrics),
    }
    # In memory first: a ZIP file on a full disk cannot even be closed.
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)
    write_whole(path, buffer.getvalue())


def read_state(path: Path, expected: Sequence[np.ndarray]) -> RunState:
    """Read the state, with all checksums.

    Args:
        path: The file.
        expected: Arrays of the types and shapes of the variables.

    Raises:
        ValueError: The file is truncated, altered, or of another model.
    """
    try:
        state = _read(path)
        _check_variables(state, expected)
    # A damaged file makes `zipfile` and NumPy raise almost anything.
    except Exception as error:
        reason = (str(error).splitlines() or [""])[0] or type(error).__name__
        raise ValueError(
            f"{path}: is truncated or altered ({reason}). The presets in "
            "the folder are intact; remove this file to train from the "
            "start, or name another folder"
        ) from error
    return state


def _read(path: Path) -> RunState:
    if not path.is_file():
        raise ValueError("is no file")
    # NumPy would leave a truncated file open.
    with open(path, "rb") as file:
        with ZipFile(file) as archive:
            if any(m.compress_type != ZIP_STORED for m in archive.infolist()):
                raise BadZipFile("has compressed members")
            if (damaged := archive.testzip()) is not None:
                raise BadZipFile(f"{damaged} is damaged")
        file.seek(0)
        with np.load(file) as stored:
            arrays = {name: stored[name] for name in stored.files}
    log = json.loads(str(arrays.pop("log")))
    # Earlier versions saved after whole epochs only.
    step = int(arrays.pop("step", 0))
    _check_log(log)
    if step < 0:
        raise ValueError(f"step is {step}")
    metrics = [arrays.pop(k) for k in list(arrays) if k.startswith(_METRIC)]
    return RunState(log, list(arrays.values()), step, metrics)


def _check_log(log: Any) -> None:
    for index, entry in enumerate(log if isinstance(log, list) else [log]):
        if not isinstance(entry, dict) or entry.get("epoch") != index:
            raise ValueError(f"the log has no epoch {index}")
        for name, value in entry.items():
            if not isinstance(value, (int, float)):
                raise ValueError(f"the log has {name}={value!r}")


def _check_variables(state: RunState, expected: Sequence[np.ndarray]) -> None:
    if len(state.variables) != len(expected):
        raise ValueError(
            f"has {len(state.variables)} variables in place of {len(expected)}"
        )
    for index, (found, like) in enumerate(
        zip(state.variables, expected, strict=True)
    ):
        if (found.shape, found.dtype) != (like.shape, like.dtype):
            raise ValueError(
                f"variable {index} is {found.dtype}{list(found.shape)} in "
                f"place of {like.dtype}{list(like.shape)}"
            )
    if not state.is_finite:
        raise ValueError("a variable is NaN or infinite")


def _named(prefix: str, arrays: Sequence[np.ndarray]) -> dict[str, np.ndarray]:
    return {f"{prefix}{i:04}": array for i, array in enumerate(arrays)}
