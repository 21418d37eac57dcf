"""Batches of several shapes for TensorFlow."""

from collections.abc import Iterator
from typing import Any

import keras
import numpy as np


# `Any`: TensorFlow, whose type it returns, is imported when it is called.
def tf_source(dataset: keras.utils.PyDataset) -> Any:
    """Convert one epoch of a `keras.utils.PyDataset` to a `tf.data.Dataset`.

    Keras infers the shapes of all batches from the first two. Here, the number
    of images of a batch and their rows and columns are open.

    Args:
        dataset: Dataset of nested dictionaries and tuples of arrays. Images
            have rank 4.
    """
    import tensorflow as tf

    def signature(array: np.ndarray) -> tf.TensorSpec:
        shape: list[int | None] = [None, *np.shape(array)[1:]]
        if len(shape) == 4:
            shape[1:3] = None, None
        return tf.TensorSpec(shape, array.dtype)

    def batches() -> Iterator[Any]:
        for index in range(len(dataset)):
            yield dataset[index]

    source = tf.data.Dataset.from_generator(
        batches,
        output_signature=keras.tree.map_structure(signature, dataset[0]),
    )
    counted = tf.data.experimental.assert_cardinality(len(dataset))
    return source.apply(counted).prefetch(2)
