"""Client of TF Serving's REST API, which KServe's V1 protocol shares."""

import base64
import json
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

import numpy as np

# Name of the only output if the response does not name it.
_UNNAMED = "output"


class RESTTransport:
    """Requests to one model over HTTP.

    Args:
        url: URL of the model.
        version: Version number or label, or None for the server's choice.
        timeout: Timeout of a request in seconds.
    """

    def __init__(
        self, url: str, version: int | str | None, timeout: float
    ) -> None:
        self._model = url.rstrip("/")
        kind = "versions" if isinstance(version, int) else "labels"
        chosen = f"/{kind}/{quote(str(version))}"
        self._url = self._model + ("" if version is None else chosen)
        self._timeout = timeout

    def predict(
        self, endpoint: str, arrays: Mapping[str, np.ndarray]
    ) -> dict[str, np.ndarray]:
        batch = {name: len(array) for name, array in arrays.items()}
        if len(set(batch.values())) != 1:
            raise ValueError(
                f"All inputs must have one batch size. Received: {batch}"
            )
        rows = zip(*(map(_jsonable, a) for a in arrays.values()), strict=True)
        body = {
            "signature_name": endpoint,
            "instances": [dict(zip(arrays, row, strict=True)) for row in rows],
        }
        results = self._call(f"{self._url}:predict", body)["predictions"]
        if not all(map(_has_names, results)):
            name = self._only_output(endpoint)
            results = [{name: result} for result in results]
        names = results[0] if results else ()
        return {name: _column([row[name] for row in results]) for name in names}

    def versions(self) -> dict[int, str]:
        status = self._call(self._model)
        if "model_version_status" not in status:
            raise ValueError(
                f"{self._model}: the server reports no versions. "
                f"Received: {status}"
            )
        return {
            int(each["version"]): each["state"]
            for each in status["model_version_status"]
        }

    def ready(self) -> bool:
        # KServe reports `ready` instead of versions.
        status = self._call(self._model)
        if "ready" in status:
            return status["ready"]
        return available(self.versions())

    def _only_output(self, endpoint: str) -> str:
        """Name of the only output, if the server has metadata."""
        try:
            metadata = self._call(f"{self._url}/metadata")["metadata"]
            signatures = metadata["signature_def"]["signature_def"]
            (name,) = signatures[endpoint]["outputs"]
        except (ValueError, KeyError):
            return _UNNAMED
        return name

    def _call(self, url: str, body: dict[str, Any] | None = None) -> Any:
        """Send a request, and return the response decoded from JSON."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(
            url, data, {"Content-Type": "application/json"}
        )
        try:
            with urllib.request.urlopen(
                request, timeout=self._timeout
            ) as response:
                return json.load(response)
        except urllib.error.HTTPError as error:
            words = _reason(error.read()).split() or [error.reason]
            raise ValueError(
                f"{url}: {error.code}: {' '.join(words)}"
            ) from error
        except json.JSONDecodeError as error:
            raise ValueError(f"{url}: the response is not JSON") from error
        except OSError as error:
            reason = getattr(error, "reason", error)
            raise ValueError(f"{url}: cannot be reached ({reason})") from error


def available(versions: Mapping[int, str]) -> bool:
    """Whether any version is served, given their states."""
    return "AVAILABLE" in versions.values()


def _reason(content: bytes) -> str:
    """The error message in a response."""
    try:
        return json.loads(content)["error"]
    except (ValueError, KeyError, TypeError):
        return content.decode(errors="replace")


def _jsonable(value: Any) -> Any:
    if isinstance(value, bytes):
        return {"b64": base64.b64encode(value).decode()}
    return value.tolist()


def _has_names(result: Any) -> bool:
    return isinstance(result, dict) and set(result) != {"b64"}


def _column(values: Sequence[Any]) -> np.ndarray:
    """The array of one output from its JSON values."""
    if values and isinstance(values[0], dict):
        column = np.empty(len(values), object)
        column[:] = [base64.b64decode(value["b64"]) for value in values]
        return column
    return np.asarray(values)
