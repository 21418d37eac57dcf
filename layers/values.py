"""What a tensor holds, where that can be known."""

import keras
import numpy as np
from keras import ops

from convzoo.common.types import Tensor


def values_of(tensor: Tensor) -> np.ndarray | None:
    """The values of a tensor as a NumPy array; None inside a compiled function.

    Args:
        tensor: a tensor of the backend, or a symbolic one of Keras.
    """
    if isinstance(tensor, keras.KerasTensor):
        return None
    try:
        return ops.convert_to_numpy(tensor)
    # TensorFlow raises the first for a symbolic tensor, JAX the second.
    except (NotImplementedError, TypeError):
        return None
