"""Weights and offsets of other packages, as `DeformableConv2D` has them."""

import keras
import numpy as np
from numpy.typing import ArrayLike

from convzoo.common.checks import check_positive, checked_pair
from convzoo.layers.deformable_conv2d import DeformableConv2D
from convzoo.layers.types import IntOrPair


def load_torch_weights(
    layer: DeformableConv2D,
    weight: ArrayLike,
    bias: ArrayLike | None = None,
    offset_weight: ArrayLike | None = None,
    offset_bias: ArrayLike | None = None,
) -> None:
    """Give a layer the weights of torchvision's or mmcv's modules.

    mmcv's `DeformConv2dPack` and `ModulatedDeformConv2dPack` hold all four, the
    last two in `conv_offset`. torchvision's `DeformConv2d` holds the first two;
    the convolution that computes its offsets, and the mask after them, is the
    user's. These modules pad by a number and have a modulation of one sigmoid:
    the layer needs `padding=NUMBER` and `modulation_scale=1.0` to compute the
    same.

    Args:
        layer: a built `DeformableConv2D`.
        weight: `(filters, channels / groups, rows, columns)`, an array.
        bias: `(filters,)`; None for zeros, where the layer has one.
        offset_weight: `(outputs, channels, rows, columns)`; None leaves the
            offsets as they are.
        offset_bias: `(outputs,)`; None for zeros, if `offset_weight` is given.

    Raises:
        ValueError: the layer is not built, an array has another shape than the
            weight that it is for, or there is a bias and the layer has none.
    """
    if not layer.built:
        raise ValueError(
            "The layer has no weights yet: build it first. "
            f"Received: layer={layer.name!r}"
        )
    if bias is not None and layer.bias is None:
        raise ValueError(
            "`bias` was given, and the layer has none. "
            f"Received: layer.use_bias={layer.use_bias}"
        )
    values = {"weight": (layer.kernel, _channels_last(weight))}
    if layer.bias is not None:
        values["bias"] = (layer.bias, _or_zeros(bias, layer.bias))
    if offset_weight is not None:
        values["offset_weight"] = (
            layer.offset_kernel,
            _channels_last(offset_weight),
        )
        values["offset_bias"] = (
            layer.offset_bias,
            _or_zeros(offset_bias, layer.offset_bias),
        )
    # All are checked before the first is assigned.
    for name, (variable, value) in values.items():
        if tuple(variable.shape) != value.shape:
            raise ValueError(
                f"`{name}` must fit the layer's weight of shape "
                f"{tuple(variable.shape)}. Received: shape {value.shape} "
                "(channels last)"
            )
    for variable, value in values.values():
        variable.assign(value)


def from_dcnv3_order(
    values: ArrayLike, kernel_size: IntOrPair, deformable_groups: int = 1
) -> np.ndarray:
    """Reorder the last axis from DCNv3's and DCNv4's order of offsets.

    They have (x, y) where we have (y, x), and the taps column by column where
    we have them row by row. Offsets, and the weights and biases of what
    computes them, are all reordered along their last axis.

    Args:
        values: an array, `(..., 2 * deformable_groups * rows * columns)`.
        kernel_size: in taps, an int or (rows, columns).
        deformable_groups: of the offsets; `group` there.

    Returns:
        The array, reordered.

    Raises:
        ValueError: the last axis has another length.

    Example:

    >>> import numpy as np
    >>> from convzoo.layers.deformable_weights import from_dcnv3_order
    >>> names = "x00 y00 x10 y10 x01 y01 x11 y11".split()
    >>> " ".join(from_dcnv3_order(names, 2))
    'y00 x00 y01 x01 y10 x10 y11 x11'
    """
    rows, columns = checked_pair("kernel_size", kernel_size)
    check_positive("deformable_groups", deformable_groups)
    values = np.asarray(values)
    length = 2 * deformable_groups * rows * columns
    if values.ndim == 0 or values.shape[-1] != length:
        raise ValueError(
            f"`values` must have {length} entries along the last axis. "
            f"Received: shape {values.shape}"
        )
    order = np.arange(length).reshape(deformable_groups, columns, rows, 2)
    order = order.transpose(0, 2, 1, 3)[..., ::-1]
    return np.take(values, order.reshape(-1), axis=-1)


def _channels_last(kernel: ArrayLike) -> np.ndarray:
    """Of a convolution; what has another rank is refused by its shape."""
    kernel = np.asarray(kernel)
    return kernel.transpose(2, 3, 1, 0) if kernel.ndim == 4 else kernel


def _or_zeros(value: ArrayLike | None, variable: keras.Variable) -> np.ndarray:
    return np.zeros(variable.shape) if value is None else np.asarray(value)
