"""Keras models as SavedModel folders, for TensorFlow and TF Serving."""

import contextlib
import io
from collections import Counter

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import ArrayLike

from convzoo.common.types import PathLike
from convzoo.export.byte_endpoints import (
    IMAGE_SIZE,
    MAX_PIXELS,
    byte_endpoints,
)
from convzoo.export.served import Served, opened, served

DEFAULT = "serving_default"


def write_saved_model(
    model: keras.Model | Served,
    folder: PathLike,
    image_size: tuple[int, int] = IMAGE_SIZE,
    max_pixels: int = MAX_PIXELS,
    encoded: bool = True,
) -> None:
    """Write `folder/saved_model.pb` and its variables.

    The endpoint `serving_default` takes and returns tensors by name; a model of
    images has those of `byte_endpoints` too.

    Args:
        model: a Keras model, as `served` takes it.
        folder: a path that does not exist yet.
        image_size, max_pixels: of `byte_endpoints`.
        encoded: whether to write those endpoints.

    Raises:
        ValueError: Keras runs on another backend than TensorFlow, or `served`
            or `byte_endpoints` refuse what they get.
    """
    if keras.config.backend() != "tensorflow":
        raise ValueError(
            "A SavedModel is written with KERAS_BACKEND=tensorflow. "
            f"Received: KERAS_BACKEND={keras.config.backend()}"
        )
    model = served(model)
    archive = keras.export.ExportArchive()
    archive.track(model.model)
    signature = [
        tf.TensorSpec(opened(shape), model.dtypes[name], name=name)
        for name, shape in model.shapes.items()
    ]
    archive.add_endpoint(DEFAULT, model.serve, signature)
    if encoded:
        signature = [tf.TensorSpec((None,), tf.string, name="image_bytes")]
        functions = byte_endpoints(model, image_size, max_pixels)
        for name, function in functions.items():
            archive.add_endpoint(name, function, signature)
    # `verbose=False` does not silence all that Keras prints here.
    with contextlib.redirect_stdout(io.StringIO()):
        archive.write_out(str(folder), verbose=False)


class SavedModel:
    """The endpoints of a SavedModel folder as functions of arrays.

    Args:
        folder: of the `saved_model.pb`.

    Call arguments:
        The name of an endpoint; without it `serving_default`.
        One array for each input, by name.

    Attributes:
        endpoints: their names.
        operators: how often each kind of operation is in the graphs of
            `serving_default`, by name.

    Returns, when called: a dict of arrays by name.

    Raises:
        ValueError: the folder holds no SavedModel; or, when called, it has no
            such endpoint.
    """

    def __init__(self, folder: PathLike) -> None:
        try:
            # The functions die with the object that they were loaded with.
            self._loaded = tf.saved_model.load(str(folder))
        except OSError as error:
            raise ValueError(f"{folder}: is not a SavedModel") from error
        self.endpoints = sorted(self._loaded.signatures)

    def __call__(
        self, endpoint: str = DEFAULT, /, **inputs: ArrayLike
    ) -> dict[str, np.ndarray]:
        if endpoint not in self.endpoints:
            raise ValueError(
                f"`endpoint` must be one of {self.endpoints}. "
                f"Received: {endpoint!r}"
            )
        function = self._loaded.signatures[endpoint]
        _, specs = function.structured_input_signature
        outputs = function(
            **{
                name: tf.constant(value, specs[name].dtype)
                for name, value in inputs.items()
            }
        )
        return {name: value.numpy() for name, value in outputs.items()}

    @property
    def operators(self) -> dict[str, int]:
        graph = self._loaded.signatures[DEFAULT].graph.as_graph_def()
        nodes = list(graph.node)
        for function in graph.library.function:
            nodes += function.node_def
        counts = Counter(node.op for node in nodes)
        return dict(sorted(counts.items()))
