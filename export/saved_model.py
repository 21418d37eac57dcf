"""Keras models as SavedModel folders, for TensorFlow and TF Serving."""

import contextlib
import io
from collections import Counter

import keras
import tensorflow as tf

from convzoo.export.served import opened, served


def write_saved_model(model, folder):
    """Write `folder/saved_model.pb` and its variables.

    The one endpoint, `serving_default`, takes and returns tensors by name.

    Args:
        model: a Keras model, as `served` takes it.
        folder: a path that does not exist yet.

    Raises:
        ValueError: Keras runs on another backend than TensorFlow, or `served`
            refuses the model.
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
    archive.add_endpoint("serving_default", model.serve, signature)
    # `verbose=False` does not silence all that Keras prints here.
    with contextlib.redirect_stdout(io.StringIO()):
        archive.write_out(str(folder), verbose=False)


class SavedModel:
    """A SavedModel folder as a function from arrays to arrays.

    Args:
        folder: of the `saved_model.pb`.

    Call arguments:
        One array for each input, by name.

    Attributes:
        operators: how often each kind of operation is in its graphs, by name.

    Returns, when called: a dict of arrays by name.

    Raises:
        ValueError: the folder holds no SavedModel.
    """

    def __init__(self, folder):
        try:
            # The function dies with the object that it was loaded with.
            self._loaded = tf.saved_model.load(str(folder))
        except OSError as error:
            raise ValueError(f"{folder}: is not a SavedModel") from error
        self._function = self._loaded.signatures["serving_default"]

    def __call__(self, **inputs):
        _, specs = self._function.structured_input_signature
        outputs = self._function(
            **{
                name: tf.constant(value, specs[name].dtype)
                for name, value in inputs.items()
            }
        )
        return {name: value.numpy() for name, value in outputs.items()}

    @property
    def operators(self):
        graph = self._function.graph.as_graph_def()
        nodes = list(graph.node)
        for function in graph.library.function:
            nodes += function.node_def
        counts = Counter(node.op for node in nodes)
        return dict(sorted(counts.items()))
