"""The log of a run, one entry per epoch, and its best epoch."""

import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from convzoo.common.output_file import write_whole
from convzoo.training.run_settings import LOG


def quality(entry: dict[str, Any], score: str) -> float:
    """Return the score of an epoch, with the sign that makes higher better.

    Args:
        entry: Entry of a log.
        score: Name of a figure; lower is better if it starts with a minus.
    """
    sign = -1 if score.startswith("-") else 1
    found = sign * entry[score.removeprefix("-")]
    return -math.inf if math.isnan(found) else found


def best_entry(
    log: Sequence[dict[str, Any]], score: str
) -> dict[str, Any] | None:
    """Return the entry with the best score, the last one of equals."""
    return max(reversed(log), key=lambda e: quality(e, score), default=None)


def is_stale(
    log: Sequence[dict[str, Any]], score: str, patience: int | None
) -> bool:
    """Return whether the best score was first reached `patience` epochs ago."""
    if patience is None or not log:
        return False
    first = max(log, key=lambda entry: quality(entry, score))
    return len(log) - 1 - first["epoch"] >= patience


def write_log(folder: Path, log: Sequence[dict[str, Any]]) -> None:
    """Write `log.jsonl`, unless it is empty or there already.

    Raises:
        ValueError: It cannot be written.
    """
    lines = "".join(json.dumps(entry) + "\n" for entry in log)
    path = folder / LOG
    if lines and not (path.is_file() and path.read_bytes() == lines.encode()):
        write_whole(path, lines)


def read_log(folder: Path) -> list[dict[str, Any]]:
    """Read `log.jsonl`; empty if there is none.

    Raises:
        ValueError: It cannot be read.
    """
    path = folder / LOG
    if not path.exists():
        return []
    try:
        return [json.loads(line) for line in path.read_text().splitlines()]
    except (OSError, ValueError) as error:
        raise ValueError(
            f"{path}: is no log of a run ({error}); name another folder"
        ) from error
