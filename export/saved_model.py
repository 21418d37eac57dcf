"""Keras models as SavedModels, for TensorFlow and TF Serving."""

import contextlib
import io
from collections import Counter

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import ArrayLike

from convzoo.common.types import PathLike
from convzoo.export.byte_endpoints import MAX_PIXELS, byte_endpoints
from convzoo.export.input_names import check_names
from convzoo.export.served import Served, opened, served

DEFAULT = "serving_default"


def write_saved_model(
    model: keras.Model | Served,
    folder: PathLike,
    image_size: tuple[int, int] | None = None,
    max_pixels: int = MAX_PIXELS,
    encoded: bool = True,
) -> None:
    """Write `folder/saved_model.pb` and its variables.

    The endpoint `serving_default` takes and returns tensors by name. An image
    model also gets the endpoints of `byte_endpoints`.

    Args:
        model: A Keras model that `served` accepts.
        folder: Folder to write, which must not exist yet.
        image_size: See `byte_endpoints`.
        max_pixels: See `byte_endpoints`.
        encoded: Whether to write the endpoints of `byte_endpoints`.

    Raises:
        ValueError: If Keras does not run on TensorFlow, or `served` or
            `byte_endpoints` reject an argument.
    """
    if keras.config.backend() != "tensorflow":
        raise ValueError(
            "Writing a SavedModel requires KERAS_BACKEND=tensorflow. "
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
    # `verbose=False` does not silence everything that Keras prints here.
    with contextlib.redirect_stdout(io.StringIO()):
        archive.write_out(str(folder), verbose=False)


class SavedModel:
    """A SavedModel as a function of arrays.

    Args:
        folder: Folder that contains `saved_model.pb`.

    Call arguments:
        endpoint: Name of the endpoint, positional only. Default:
            `"serving_default"`.
        **inputs: One array per input, by name.

    Returns:
        When called, a dictionary of output arrays by name.

    Attributes:
        endpoints: Names of the endpoints.
        operators: Dictionary from operation names to their counts in the graphs
            of `serving_default`.

    Raises:
        ValueError: If the folder contains no SavedModel; when called, if the
            endpoint does not exist, or the model cannot run on the inputs.
    """

    def __init__(self, folder: PathLike) -> None:
        try:
            # The functions live only as long as the loaded object.
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
                f"Received: endpoint={endpoint!r}"
            )
        function = self._loaded.signatures[endpoint]
        _, specs = function.structured_input_signature
        check_names(inputs, specs)
        try:
            outputs = function(
                **{
                    name: tf.constant(value, specs[name].dtype)
                    for name, value in inputs.items()
                }
            )
        except (TypeError, ValueError, tf.errors.OpError) as error:
            raise ValueError(
                f"The SavedModel cannot run on these inputs: {error}"
            ) from error
        return {name: value.numpy() for name, value in outputs.items()}

    @property
    def operators(self) -> dict[str, int]:
        graph = self._loaded.signatures[DEFAULT].graph.as_graph_def()
        nodes = list(graph.node)
        for function in graph.library.function:
            nodes += function.node_def
        counts = Counter(node.op for node in nodes)
        return dict(sorted(counts.items()))
