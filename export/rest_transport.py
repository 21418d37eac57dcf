"""Client of TF Serving's REST API, which KServe's V1 protocol shares."""

import base64
import http
import json
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import numpy as np

from convzoo.common.serving_address import ServingAddress
from convzoo.export.http_answer import http_answer
from convzoo.export.rest_answer import (
    columns_of,
    has_names,
    message_of,
    parsed,
    rows_of,
    versions_of,
)
from convzoo.export.serving_error import ServingError, quoted

# Name of the only output if the response does not name it.
_UNNAMED = "output"


class RESTTransport:
    """Requests to one model over HTTP.

    Args:
        address: The model.
        version: Version number or label, or None for the server's choice.
        timeout: Time for a request and its answer in seconds.
        max_bytes: Maximum size of an answer in bytes.
    """

    def __init__(
        self,
        address: ServingAddress,
        version: int | str | None,
        timeout: float,
        max_bytes: int,
    ) -> None:
        self._address = address
        kind = "versions" if isinstance(version, int) else "labels"
        chosen = f"/{kind}/{quote(str(version), safe='')}"
        self._url = address.url + ("" if version is None else chosen)
        self._timeout, self._max_bytes = timeout, max_bytes

    def predict(
        self, endpoint: str, arrays: Mapping[str, np.ndarray], rows: int
    ) -> dict[str, np.ndarray]:
        columns = [_jsonable(array) for array in arrays.values()]
        instances = [
            dict(zip(arrays, row, strict=True))
            for row in zip(*columns, strict=True)
        ]
        body = {"signature_name": endpoint, "instances": instances}
        url, until = f"{self._url}:predict", time.monotonic() + self._timeout
        answer = self._call(url, until, json.dumps(body).encode())
        try:
            found = rows_of(answer, rows)
            if not has_names(found):
                name = self._only_output(endpoint, until)
                found = [{name: result} for result in found]
            return columns_of(found)
        except ServingError:
            raise
        except ValueError as error:
            raise ServingError(url, quoted(str(error))) from error

    def versions(self) -> dict[int, str]:
        return self._versions(self._status())

    def ready(self) -> bool:
        # KServe reports `ready` instead of versions.
        status = self._status()
        if "ready" in status:
            return status["ready"] is True
        return available(self._versions(status))

    def _status(self) -> dict[str, Any]:
        return self._call(
            self._address.url, time.monotonic() + self._timeout, None
        )

    def _versions(self, status: dict[str, Any]) -> dict[int, str]:
        try:
            return versions_of(status)
        except ValueError as error:
            raise ServingError(
                self._address.url,
                f"{error}. Received: {quoted(str(status))}",
            ) from error

    def _only_output(self, endpoint: str, until: float) -> str:
        """Name of the only output, if the server has metadata."""
        try:
            answer = self._call(f"{self._url}/metadata", until, None)
            signatures = answer["metadata"]["signature_def"]["signature_def"]
            (name,) = signatures[endpoint]["outputs"]
        except (ValueError, KeyError, TypeError):
            return _UNNAMED
        return name if isinstance(name, str) else _UNNAMED

    def _call(
        self, url: str, until: float, content: bytes | None
    ) -> dict[str, Any]:
        """Send a request, and return the object of the answer."""
        seconds = max(until - time.monotonic(), 0)
        status, received = http_answer(
            self._address, url, content, seconds, self._max_bytes
        )
        if status != 200:
            reason = quoted(message_of(received))
            raise ServingError(url, f"{status}: {reason or _phrase(status)}")
        try:
            return parsed(received)
        except ValueError as error:
            raise ServingError(url, str(error)) from error


def available(versions: Mapping[int, str]) -> bool:
    """Whether any version is served, given their states."""
    return "AVAILABLE" in versions.values()


def _phrase(status: int) -> str:
    try:
        return http.HTTPStatus(status).phrase
    except ValueError:
        return "the answer is empty"


def _jsonable(array: np.ndarray) -> list[Any]:
    if array.dtype == object:
        array = np.frompyfunc(_base64, 1, 1)(array)
    return array.tolist()


def _base64(value: bytes) -> dict[str, str]:
    return {"b64": base64.b64encode(value).decode()}
