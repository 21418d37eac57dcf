"""Checked content of the answers of TF Serving's REST API."""

import base64
import contextlib
import json
from collections.abc import Sequence
from typing import Any

import numpy as np

# TF Serving sends outputs whose names end with this suffix as base64.
BYTES = "_bytes"
_LONGEST_ERROR = 10**6


def parsed(content: bytes) -> dict[str, Any]:
    """Return the object of an answer.

    Raises:
        ValueError: If the content is not a JSON object.
    """
    try:
        found = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise ValueError("the answer is not JSON") from error
    if not isinstance(found, dict):
        raise ValueError("the answer is not a JSON object")
    return found


def message_of(content: bytes) -> str:
    """Return the error message in an answer, or the beginning of the answer."""
    if len(content) <= _LONGEST_ERROR:
        with contextlib.suppress(ValueError, KeyError):
            return str(parsed(content)["error"])
    return content[:2000].decode(errors="replace")


def rows_of(answer: dict[str, Any], count: int) -> list[Any]:
    """Return the predictions.

    Args:
        answer: The object of the answer.
        count: Number of rows that were asked for.

    Raises:
        ValueError: If there is another number of predictions.
    """
    rows = answer.get("predictions")
    if not isinstance(rows, list):
        raise ValueError("the answer has no list of `predictions`")
    if len(rows) != count:
        raise ValueError(
            f"the answer has {len(rows)} predictions for {count} inputs"
        )
    return rows


def has_names(rows: Sequence[Any]) -> bool:
    """Return whether the rows are dictionaries of outputs by name."""
    named = [isinstance(row, dict) and set(row) != {"b64"} for row in rows]
    if any(named) and not all(named):
        raise ValueError("some predictions name their outputs, others do not")
    return all(named)


def columns_of(rows: Sequence[dict[str, Any]]) -> dict[str, np.ndarray]:
    """Return one array per output, from one dictionary per row.

    Raises:
        ValueError: If outputs are missing, or a value is neither a number nor
            base64.
    """
    names = list(rows[0]) if rows else []
    for index, row in enumerate(rows):
        if not row or set(row) != set(names):
            raise ValueError(
                f"prediction {index} has the outputs {list(row)[:9]}, "
                f"the first one {names[:9]}"
            )
    return {name: _column(name, [row[name] for row in rows]) for name in names}


def _column(name: str, values: Sequence[Any]) -> np.ndarray:
    if name.endswith(BYTES) or any(isinstance(v, dict) for v in values):
        column = np.empty(len(values), object)
        column[:] = [_decoded(name, value) for value in values]
        return column
    try:
        found = np.asarray(values)
    except (ValueError, OverflowError) as error:
        raise ValueError(f"output {name!r} is not an array") from error
    if found.dtype.kind not in "biuf":
        raise ValueError(f"output {name!r} has values that are not numbers")
    return found


def _decoded(name: str, value: Any) -> bytes:
    if isinstance(value, dict) and list(value) == ["b64"]:
        try:
            return base64.b64decode(value["b64"], validate=True)
        except (TypeError, ValueError):
            pass
    raise ValueError(f"output {name!r} has a value that is not base64")


def versions_of(answer: dict[str, Any]) -> dict[int, str]:
    """Return the states of the versions.

    Raises:
        ValueError: If the server reports none.
    """
    try:
        return {
            _version(each["version"]): _text(each["state"])
            for each in answer["model_version_status"]
        }
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError("the server reports no versions") from error


def _version(value: Any) -> int:
    text = str(value)
    if not text.isdecimal() or len(text) > 19:
        raise ValueError
    return int(text)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value
