"""Batches of several shapes for TensorFlow."""

from collections.abc import Iterator
from typing import Any

import keras
import numpy as np


def tf_source(dataset: keras.utils.PyDataset) -> Any:
    """A `tf.data.Dataset` of one epoch of a `keras.utils.PyDataset`.

    Keras takes the shapes of the first two batches for those of all. Here only
    the number of axes, the images of a batch and the channels stay.

    Args:
        dataset: yields nested dictionaries and tuples of arrays; images are of
            rank 4.
    """
    import tensorflow as tf

    def signature(array: np.ndarray) -> tf.TensorSpec:
        shape: list[int | None] = list(np.shape(array))
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
