"""Known values of tensors."""

import keras
import numpy as np
from keras import ops

from convzoo.common.types import Tensor


def values_of(tensor: Tensor) -> np.ndarray | None:
    """Return the values of a tensor as a NumPy array, if they are known.

    Args:
        tensor: Tensor of the backend, or symbolic tensor of Keras.

    Returns:
        NumPy array, or None for a symbolic tensor and in a compiled function.
    """
    if isinstance(tensor, keras.KerasTensor):
        return None
    try:
        return ops.convert_to_numpy(tensor)
    # TensorFlow raises the first for a symbolic tensor, JAX the second.
    except (NotImplementedError, TypeError):
        return None
