"""Warm-up requests of TF Serving.

The first request of each size and endpoint is slow, since TensorFlow prepares
the computation. TF Serving replays the requests stored with a SavedModel before
it serves the model.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import cast

import numpy as np
import tensorflow as tf
from numpy.typing import ArrayLike

from convzoo.export.byte_endpoints import takes_images
from convzoo.export.difference import Run
from convzoo.export.image_bytes import encoded_png
from convzoo.export.saved_model import DEFAULT, SavedModel
from convzoo.export.served import Served

_FILE = "assets.extra/tf_serving_warmup_requests"


def write_warm_up(
    folder: Path,
    run: Run,
    model: Served,
    name: str,
    sizes: Iterable[Sequence[int]],
) -> None:
    """Write warm-up requests into a SavedModel folder, after running them.

    Args:
        folder: Folder that contains `saved_model.pb`.
        run: The `SavedModel` of this folder.
        model: The `Served` that it was written from.
        name: Name of the model in TF Serving.
        sizes: Values of the open sizes, as in `export_model`; each has requests
            of its own.
    """
    random = np.random.default_rng(0)
    path = folder / _FILE
    path.parent.mkdir()
    endpoints = cast(SavedModel, run).endpoints
    with tf.io.TFRecordWriter(str(path)) as file:
        for size in sizes:
            for endpoint, inputs in _requests(model, size, random):
                if endpoint in endpoints:
                    run(endpoint, **inputs)
                    file.write(_prediction_log(name, endpoint, inputs))


def _requests(
    model: Served, size: Sequence[int], random: np.random.Generator
) -> Iterator[tuple[str, Mapping[str, ArrayLike]]]:
    """Yield names of endpoints, which the model may have, with inputs."""
    inputs = model.example(size, random)
    yield DEFAULT, inputs
    if takes_images(model):
        encoded = [encoded_png(image).numpy() for image in inputs["image"]]
        for endpoint in ("serve_bytes", "serve_one_bytes"):
            yield endpoint, {"image_bytes": encoded}


def _prediction_log(
    name: str, endpoint: str, inputs: Mapping[str, ArrayLike]
) -> bytes:
    """Serialise a `PredictionLog` without TF Serving's package.

    The numbers are the field numbers in its .proto files.
    """
    spec = _field(1, name.encode()) + _field(3, endpoint.encode())
    request = _field(1, spec)
    for key, value in inputs.items():
        tensor = tf.make_tensor_proto(value).SerializeToString()
        request += _field(2, _field(1, key.encode()) + _field(2, tensor))
    return _field(6, _field(1, request))


def _field(number: int, content: bytes) -> bytes:
    """Encode bytes as a field of a protocol buffer."""
    return bytes([number << 3 | 2]) + _varint(len(content)) + content


def _varint(number: int) -> bytes:
    """Encode an integer: 7 bits per byte, lowest first, 128 if more follow."""
    low, rest = number & 127, number >> 7
    return bytes([low | 128]) + _varint(rest) if rest else bytes([low])
