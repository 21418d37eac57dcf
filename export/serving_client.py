"""Client of TF Serving."""

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
    """A model on TF Serving or a compatible server, as a function.

    Args:
        url: URL of the model: `http://HOST:8501/v1/models/NAME` (or https) for
            REST, or `grpc://HOST:8500/NAME` for gRPC, which requires
            `convzoo[serving]` and sends arrays as bytes instead of text.
        version: Version number or label. Default: the server's choice, the
            newest version.
        timeout: Timeout of a request in seconds.
        max_bytes: Maximum size of a gRPC message in bytes.

    Call arguments:
        endpoint: Name of the endpoint, positional only. Default:
            `"serving_default"`.
        **inputs: One array per input, by name, all with one batch size.

    Returns:
        When called, a dictionary of output arrays by name. Encoded images are
        bytes in object arrays.

    Raises:
        ValueError: If an argument is invalid, the server cannot be reached or
            times out, or it returns an error, which is quoted.

    Example, with a running server:

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
                "`timeout` must be a positive number. "
                f"Received: timeout={timeout!r}"
            )
        if not parts.netloc or not parts.path.strip("/"):
            raise ValueError(
                f"`url` must be a URL of a model, {_EXAMPLES}. "
                f"Received: url={url!r}"
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
                f"{_EXAMPLES}. Received: url={url!r}"
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
        """Call the model on images.

        Args:
            images: List of images; each is the path of a JPEG, PNG or WebP
                file, its bytes, or a uint8 array of shape `(height, width)` or
                `(height, width, 3)`.
            endpoint: Name of an endpoint that takes `image_bytes`.

        Returns:
            A list with a dictionary of outputs by name for each image. Output
            images are PNG files as bytes, with names that end with `_bytes`.

        Raises:
            ValueError: If the call fails, or a file cannot be read.
        """
        encoded = np.empty(len(images), object)
        encoded[:] = [_encoded(image) for image in images]
        found = self(endpoint, image_bytes=encoded)
        return [
            {name: values[index] for name, values in found.items()}
            for index in range(len(images))
        ]

    def versions(self) -> dict[int, str]:
        """Return a dictionary from version numbers to their states.

        A version in the state `"AVAILABLE"` is served.
        """
        return self._transport.versions()

    def ready(self) -> bool:
        """Return whether the server responds and serves a version."""
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
