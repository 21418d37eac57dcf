"""Client of TF Serving."""

import os
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from convzoo.common.checks import check_above, is_integer
from convzoo.common.serving_address import ServingAddress
from convzoo.common.types import PathLike
from convzoo.export.encoded_image import encoded_image
from convzoo.export.grpc_transport import GRPCTransport
from convzoo.export.rest_transport import RESTTransport
from convzoo.export.serving_error import ServingError

# gRPC's limit of sizes.
_MOST_BYTES = 2**31 - 1


class ServingClient:
    """A model on TF Serving or a compatible server, as a function.

    Args:
        url: URL of the model: `http://HOST:8501/v1/models/NAME` (or https) for
            REST, or `grpc://HOST:8500/NAME` for gRPC, which requires
            `convzoo[serving]` and sends arrays as bytes instead of text. A user
            and password (`http://USER:PASSWORD@HOST`) are sent over REST only,
            and shown in no message.
        version: Version number or label. Default: the server's choice, the
            newest version.
        timeout: Time in seconds for a whole request: name resolution,
            connection, upload and answer.
        max_bytes: Maximum size of an answer in bytes, and over gRPC also of a
            request. An answer over REST takes several times as much memory
            while it is read.

    Call arguments:
        endpoint: Name of the endpoint, positional only. Default:
            `"serving_default"`.
        **inputs: One array per input, by name, all with one batch size;
            numbers, bytes or text.

    Returns:
        When called, a dictionary of output arrays by name. Encoded images are
        bytes in object arrays.

    Raises:
        ValueError: If an argument is invalid.
        ServingError: A `ValueError`; if the server cannot be reached, is too
            slow, returns an error, which is quoted, or gives an answer that is
            not one row of numbers or bytes per input row.

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
        address = ServingAddress.of(url)
        _check_version(version)
        check_above("timeout", timeout, 0)
        if not is_integer(max_bytes) or not 0 < max_bytes <= _MOST_BYTES:
            raise ValueError(
                "`max_bytes` must be a positive integer below 2**31. "
                f"Received: max_bytes={max_bytes!r}"
            )
        transport = GRPCTransport if address.scheme == "grpc" else RESTTransport
        self._transport: RESTTransport | GRPCTransport = transport(
            address, version, timeout, max_bytes
        )

    def __call__(
        self, endpoint: str = "serving_default", /, **inputs: ArrayLike
    ) -> dict[str, np.ndarray]:
        arrays = {name: _array(name, value) for name, value in inputs.items()}
        batch = {name: len(array) for name, array in arrays.items()}
        if len(set(batch.values())) != 1:
            raise ValueError(
                f"All inputs must have one batch size. Received: {batch}"
            )
        (rows,) = set(batch.values())
        return self._transport.predict(endpoint, arrays, rows)

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
            ValueError: If a file cannot be read.
            ServingError: If the call fails.
        """
        if isinstance(images, (str, bytes, os.PathLike, np.ndarray)):
            raise ValueError(
                "`images` must be a list of images. "
                f"Received one {type(images).__name__}"
            )
        if not len(images):
            return []
        encoded = np.empty(len(images), object)
        encoded[:] = [encoded_image(image) for image in images]
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
        except ServingError:
            return False


def _check_version(version: object) -> None:
    number = is_integer(version) and 0 <= version < 2**63
    label = isinstance(version, str) and version.isprintable() and version
    if not (version is None or number or label):
        raise ValueError(
            "`version` must be a number of at least 0 or a label. "
            f"Received: version={version!r}"
        )


def _array(name: str, value: ArrayLike) -> np.ndarray:
    """Return an input as an array of numbers, text, or bytes as objects."""
    try:
        array = np.asarray(value)
    except ValueError as error:
        raise ValueError(f"input {name!r} is not an array: {error}") from error
    if array.dtype.kind == "S":
        array = array.astype(object)
    objects = array.dtype == object
    known = (
        all(isinstance(each, bytes) for each in array.flat)
        if objects
        else array.dtype.kind in "biufU"
    )
    if not array.ndim or not known:
        raise ValueError(
            f"input {name!r} must be an array of numbers, text or bytes with a "
            f"batch axis. Received: shape {array.shape}, dtype {array.dtype}"
        )
    return array
