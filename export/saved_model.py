"""Keras models as SavedModel folders, for TensorFlow and TF Serving."""

import contextlib
import io

import keras
import numpy as np
import tensorflow as tf


def write_saved_model(model, folder):
    """Write `folder/saved_model.pb` and its variables.

    The one endpoint, `serving_default`, takes and returns tensors by name.

    Args:
        model: a Keras model with `serving_inputs`, a dict from names to shapes
            (None where any size goes), and `serve`, which maps one tensor for
            each name to a dict of tensors.
        folder: a path that does not exist yet.

    Raises:
        ValueError: Keras runs on another backend than TensorFlow.
    """
    if keras.config.backend() != "tensorflow":
        raise ValueError(
            "A SavedModel is written with KERAS_BACKEND=tensorflow. "
            f"Received: KERAS_BACKEND={keras.config.backend()}"
        )
    archive = keras.export.ExportArchive()
    archive.track(model)
    signature = [
        tf.TensorSpec(shape, tf.float32, name=name)
        for name, shape in model.serving_inputs.items()
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
        One float32 array for each input, by name.

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
        outputs = self._function(
            **{
                name: tf.constant(np.asarray(value, np.float32))
                for name, value in inputs.items()
            }
        )
        return {name: value.numpy() for name, value in outputs.items()}
