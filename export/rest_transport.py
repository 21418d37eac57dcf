"""TF Serving's protocol over HTTP, as version 1 of KServe speaks it too."""

import base64
import json
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

import numpy as np

# Of an answer that gives its only output no name.
_UNNAMED = "output"


class RESTTransport:
    """Requests to one model.

    Args:
        url: of the model.
        version: a number, a label, or None.
        timeout: in seconds.
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
                f"All inputs must be of one batch. Received: {batch}"
            )
        rows = zip(*(map(_jsonable, a) for a in arrays.values()), strict=True)
        body = {
            "signature_name": endpoint,
            "instances": [dict(zip(arrays, row, strict=True)) for row in rows],
        }
        answers = self._asked(f"{self._url}:predict", body)["predictions"]
        if not all(map(_has_names, answers)):
            name = self._only_output(endpoint)
            answers = [{name: answer} for answer in answers]
        names = answers[0] if answers else ()
        return {name: _column([row[name] for row in answers]) for name in names}

    def versions(self) -> dict[int, str]:
        told = self._asked(self._model)
        if "model_version_status" not in told:
            raise ValueError(f"{self._model}: tells no versions, but {told}")
        return {
            int(each["version"]): each["state"]
            for each in told["model_version_status"]
        }

    def ready(self) -> bool:
        # KServe has no versions.
        told = self._asked(self._model)
        return told["ready"] if "ready" in told else available(self.versions())

    def _only_output(self, endpoint: str) -> str:
        """Its name, of a server that can say it."""
        try:
            metadata = self._asked(f"{self._url}/metadata")["metadata"]
            signatures = metadata["signature_def"]["signature_def"]
            (name,) = signatures[endpoint]["outputs"]
        except (ValueError, KeyError):
            return _UNNAMED
        return name

    def _asked(self, url: str, body: dict[str, Any] | None = None) -> Any:
        """The answer of the server, from JSON."""
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
            raise ValueError(f"{url}: the answer is not JSON") from error
        except OSError as error:
            reason = getattr(error, "reason", error)
            raise ValueError(f"{url}: cannot be reached ({reason})") from error


def available(versions: Mapping[int, str]) -> bool:
    """Whether one of a dict from versions to states is served."""
    return "AVAILABLE" in versions.values()


def _reason(content: bytes) -> str:
    """What the server says of an error."""
    try:
        return json.loads(content)["error"]
    except (ValueError, KeyError, TypeError):
        return content.decode(errors="replace")


def _jsonable(value: Any) -> Any:
    if isinstance(value, bytes):
        return {"b64": base64.b64encode(value).decode()}
    return value.tolist()


def _has_names(answer: Any) -> bool:
    return isinstance(answer, dict) and set(answer) != {"b64"}


def _column(values: Sequence[Any]) -> np.ndarray:
    """The array of one output, from what JSON had of it."""
    if values and isinstance(values[0], dict):
        column = np.empty(len(values), object)
        column[:] = [base64.b64decode(value["b64"]) for value in values]
        return column
    return np.asarray(values)
