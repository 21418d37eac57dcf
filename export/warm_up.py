"""Requests that TF Serving answers before it serves a model.

The first request of a size and an endpoint is slow: TensorFlow prepares what it
computes. TF Serving sends itself those that lie beside a SavedModel.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
import tensorflow as tf
from numpy.typing import ArrayLike

from convzoo.export.byte_endpoints import takes_images
from convzoo.export.difference import Run
from convzoo.export.image_bytes import encoded_png
from convzoo.export.saved_model import DEFAULT
from convzoo.export.served import Served

_FILE = "assets.extra/tf_serving_warmup_requests"


def write_warm_up(
    folder: Path,
    run: Run,
    model: Served,
    name: str,
    sizes: Iterable[Sequence[int]],
) -> None:
    """Write requests into a SavedModel folder, after all have been answered.

    Args:
        folder: of the `saved_model.pb`.
        run: it, as a `SavedModel`.
        model: the `Served` that it was written from.
        name: that it will have in TF Serving.
        sizes: of `export_model`: there is a request of each.
    """
    random = np.random.default_rng(0)
    path = folder / _FILE
    path.parent.mkdir()
    with tf.io.TFRecordWriter(str(path)) as file:
        for size in sizes:
            for endpoint, inputs in _requests(model, size, random):
                run(endpoint, **inputs)
                file.write(_prediction_log(name, endpoint, inputs))


def _requests(
    model: Served, size: Sequence[int], random: np.random.Generator
) -> Iterator[tuple[str, Mapping[str, ArrayLike]]]:
    """Names of endpoints, and inputs by name."""
    inputs = model.example(size, random)
    yield DEFAULT, inputs
    if takes_images(model):
        encoded = [encoded_png(image).numpy() for image in inputs["image"]]
        for endpoint in ("serve_bytes", "serve_one_bytes"):
            yield endpoint, {"image_bytes": encoded}


def _prediction_log(
    name: str, endpoint: str, inputs: Mapping[str, ArrayLike]
) -> bytes:
    """A `PredictionLog` of TF Serving, whose package is not needed for this.

    Numbers are those of the fields in its .proto files.
    """
    spec = _field(1, name.encode()) + _field(3, endpoint.encode())
    request = _field(1, spec)
    for key, value in inputs.items():
        tensor = tf.make_tensor_proto(value).SerializeToString()
        request += _field(2, _field(1, key.encode()) + _field(2, tensor))
    return _field(6, _field(1, request))


def _field(number: int, content: bytes) -> bytes:
    """Bytes as a field of a protocol buffer."""
    return bytes([number << 3 | 2]) + _varint(len(content)) + content


def _varint(number: int) -> bytes:
    """7 bits in a byte, the lowest first; all but the last byte add 128."""
    low, rest = number & 127, number >> 7
    return bytes([low | 128]) + _varint(rest) if rest else bytes([low])
