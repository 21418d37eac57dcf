"""Conversion of other packages' weights for `DeformableConv2D`."""

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
    """Load weights of torchvision's or mmcv's modules into a layer.

    mmcv's `DeformConv2dPack` and `ModulatedDeformConv2dPack` have all four
    arrays, the last two in `conv_offset`. torchvision's `DeformConv2d` has the
    first two; the convolution that computes its offsets, followed by the mask,
    belongs to the user. These modules pad by a number and modulate by one
    sigmoid: to compute the same, the layer needs `padding=NUMBER` and
    `modulation_scale=1.0`. `convzoo.losses.read_weights_file` reads the arrays
    of a `.pth` or `.safetensors` file without PyTorch.

    Args:
        layer: Built `DeformableConv2D`.
        weight: Array `(filters, channels / groups, rows, columns)`.
        bias: Array `(filters,)`. None for zeros, if the layer has a bias.
        offset_weight: Array `(outputs, channels, rows, columns)`. None leaves
            the offsets unchanged.
        offset_bias: Array `(outputs,)`. None for zeros, if `offset_weight` is
            given.

    Raises:
        ValueError: The layer is not built, the shape of an array does not match
            its weight, or `bias` is given and the layer has none.
    """
    if not layer.built:
        raise ValueError(
            "`layer` has no weights yet: build it first. "
            f"Received: layer={layer.name!r}"
        )
    if bias is not None and layer.bias is None:
        raise ValueError(
            "`bias` must be None for a layer without a bias. "
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
    # Check all shapes before the first assignment.
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
    """Reorder the last axis from the order of offsets in DCNv3 and DCNv4.

    Their order is (x, y) and taps column by column; ours is (y, x) and taps row
    by row. The function applies to offsets, and to the weights and biases of
    the layer that computes them.

    Args:
        values: Array `(..., 2 * deformable_groups * rows * columns)`.
        kernel_size: Size of the kernel in taps, an int or (rows, columns).
        deformable_groups: Number of groups with their own offsets; `group` in
            DCNv3.

    Returns:
        Reordered array.

    Raises:
        ValueError: The last axis has the wrong length.

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
    """Transpose a kernel; other ranks fail the check of the shape."""
    kernel = np.asarray(kernel)
    return kernel.transpose(2, 3, 1, 0) if kernel.ndim == 4 else kernel


def _or_zeros(value: ArrayLike | None, variable: keras.Variable) -> np.ndarray:
    return np.zeros(variable.shape) if value is None else np.asarray(value)
