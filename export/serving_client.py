"""Models that TF Serving serves, as functions."""

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np
from numpy.typing import ArrayLike
from PIL import Image

from convzoo.common.types import PathLike
from convzoo.export.grpc_transport import GRPCTransport
from convzoo.export.rest_transport import RESTTransport

_EXAMPLES = (
    "such as http://localhost:8501/v1/models/NAME or grpc://localhost:8500/NAME"
)


class ServingClient:
    """A model of a server of TF Serving, or of one that speaks as it does.

    Args:
        url: of the model: `http://HOST:8501/v1/models/NAME` (or https) for
            REST; `grpc://HOST:8500/NAME` for gRPC, which needs the packages of
            `convzoo[serving]` and carries arrays as bytes, not as text.
        version: a number, or a label that the server has for one; None lets
            the server choose, which takes the newest.
        timeout: in seconds, of a request.
        max_bytes: of a message of gRPC.

    Call arguments:
        The name of an endpoint; without it `serving_default`.
        One array for each input, by name, all of one batch.

    Returns, when called: a dict of arrays by name; encoded images are bytes in
        arrays of objects.

    Raises:
        ValueError: `url` is not as described, the server cannot be reached or
            does not answer in time, or it refuses: its reason is quoted.

    Example, with a server running:

        client = ServingClient("http://localhost:8501/v1/models/sr_x4_tiny")
        (found,) = client.images(["photo.jpg"])
        Path("photo_x4.png").write_bytes(found["image_x4_bytes"])
    """

    def __init__(
        self,
        url: str,
        version: int | str | None = None,
        timeout: float = 30.0,
        max_bytes: int = 2**28,
    ) -> None:
        parts = urlsplit(str(url))
        if not (isinstance(timeout, (int, float)) and timeout > 0):
            raise ValueError(
                f"`timeout` must be a positive number. Received: {timeout}"
            )
        if not parts.netloc or not parts.path.strip("/"):
            raise ValueError(
                f"`url` must be that of a model, {_EXAMPLES}. Received: {url}"
            )
        self._transport: RESTTransport | GRPCTransport
        if parts.scheme in ("http", "https"):
            self._transport = RESTTransport(str(url), version, timeout)
        elif parts.scheme == "grpc":
            name = parts.path.strip("/").removeprefix("v1/models/")
            self._transport = GRPCTransport(
                parts.netloc, name, version, timeout, max_bytes
            )
        else:
            raise ValueError(
                "`url` must begin with http://, https:// or grpc://, "
                f"{_EXAMPLES}. Received: {url}"
            )

    def __call__(
        self, endpoint: str = "serving_default", /, **inputs: ArrayLike
    ) -> dict[str, np.ndarray]:
        arrays = {name: np.asarray(value) for name, value in inputs.items()}
        return self._transport.predict(endpoint, arrays)

    def images(
        self,
        images: Sequence[PathLike | bytes | np.ndarray],
        endpoint: str = "serve_one_bytes",
    ) -> list[dict[str, Any]]:
        """What the model says of images.

        Args:
            images: a list; each the path of a JPEG, PNG or WebP file, the bytes
                of one, or a uint8 array `(height, width)` or `(height, width,
                3)`.
            endpoint: one that takes `image_bytes`.

        Returns:
            A list of dicts, an entry for each output. Images are PNG files, as
            bytes, whose names end with `_bytes`.

        Raises:
            ValueError: as above, or a file cannot be read.
        """
        encoded = np.empty(len(images), object)
        encoded[:] = [_encoded(image) for image in images]
        found = self(endpoint, image_bytes=encoded)
        return [
            {name: values[index] for name, values in found.items()}
            for index in range(len(images))
        ]

    def versions(self) -> dict[int, str]:
        """The state of each version that the server knows, by number.

        `"AVAILABLE"` is one that is served.
        """
        return self._transport.versions()

    def ready(self) -> bool:
        """Whether the server answers and has a version to serve."""
        try:
            return self._transport.ready()
        except ValueError:
            return False


def _encoded(image: PathLike | bytes | np.ndarray) -> bytes:
    if isinstance(image, bytes):
        return image
    if isinstance(image, np.ndarray):
        buffer = io.BytesIO()
        Image.fromarray(image).save(buffer, "png")
        return buffer.getvalue()
    try:
        return Path(image).read_bytes()
    except OSError as error:
        raise ValueError(
            f"{image}: cannot be read ({error.strerror})"
        ) from error
