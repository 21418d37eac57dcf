"""Input checks and reductions shared by the image losses."""

import keras
from keras import ops

from convzoo.common.types import Tensor
from convzoo.layers.values import values_of


def checked_images(
    y_true: Tensor,
    y_pred: Tensor,
    smallest: int = 1,
    channels: int | None = None,
) -> tuple[Tensor, Tensor]:
    """Return two batches of images with the same shape and dtype.

    Integers and short floats become float32, since an index of lower precision
    would be silently wrong.

    Args:
        y_true: Ground-truth images.
        y_pred: Predicted images.
        smallest: Smallest valid side, in pixels.
        channels: Number of channels. None for any.

    Raises:
        ValueError: If an argument is not a batch of images, the shapes differ,
            or a known side is too short.
    """
    y_true, y_pred = as_floats(y_true, y_pred)
    for name, images in {"y_true": y_true, "y_pred": y_pred}.items():
        check_images(name, images, smallest, channels)
    check_same_shape(y_true, y_pred)
    return y_true, y_pred


def checked_arrays(
    y_true: Tensor,
    y_pred: Tensor,
    names: tuple[str, str] = ("y_true", "y_pred"),
) -> tuple[Tensor, Tensor]:
    """Return two arrays `(batch, ...)` with the same shape and dtype."""
    y_true, y_pred = as_floats(y_true, y_pred)
    for name, array in zip(names, (y_true, y_pred), strict=True):
        check_batch(name, array)
    check_same_shape(y_true, y_pred, names)
    return y_true, y_pred


def check_batch(name: str, array: Tensor) -> None:
    """Raise a `ValueError` if a tensor has no batch axis, or empty samples."""
    shape = tuple(array.shape)
    if len(shape) == 0 or 0 in shape[1:]:
        raise ValueError(
            f"`{name}` must have the shape (batch, ...), without a 0 after the "
            f"batch. Received: {name} of shape {shape}"
        )


def no_values(array: Tensor) -> Tensor:
    """Return the values of an empty batch, `(0,)`."""
    return ops.zeros((0,), dtype_of(array))


def as_floats(y_true: Tensor, y_pred: Tensor) -> tuple[Tensor, Tensor]:
    """Cast two tensors to float32, or to float64 if either is float64."""
    y_true, y_pred = as_float(y_true), as_float(y_pred)
    if "float64" in (dtype_of(y_true), dtype_of(y_pred)):
        y_true, y_pred = (ops.cast(y, "float64") for y in (y_true, y_pred))
    return y_true, y_pred


def as_float(values: Tensor) -> Tensor:
    """Cast a tensor to float32, unless it is float64."""
    tensor = ops.convert_to_tensor(values)
    return (
        tensor if dtype_of(tensor) == "float64" else ops.cast(tensor, "float32")
    )


def dtype_of(tensor: Tensor) -> str:
    return keras.backend.standardize_dtype(tensor.dtype)


def check_images(
    name: str, images: Tensor, smallest: int = 1, channels: int | None = None
) -> None:
    """Raise a `ValueError` unless a tensor is a valid batch of images."""
    shape = tuple(images.shape)
    if len(shape) != 4:
        raise ValueError(
            f"`{name}` must have the shape (batch, height, width, channels). "
            f"Received: {name} of shape {shape}"
        )
    if channels is not None and shape[3] not in (channels, None):
        raise ValueError(
            f"`{name}` must have {channels} channels in the last dimension. "
            f"Received: {name} of shape {shape}"
        )
    check_batch(name, images)
    if any(side is not None and side < smallest for side in shape[1:3]):
        raise ValueError(
            f"`{name}` must be at least {smallest} pixels high and wide. "
            f"Received: {name} of shape {shape}"
        )


def check_same_shape(
    y_true: Tensor,
    y_pred: Tensor,
    names: tuple[str, str] = ("y_true", "y_pred"),
) -> None:
    """Raise a `ValueError` if two shapes are known to differ."""
    shapes = tuple(y_true.shape), tuple(y_pred.shape)
    same_rank = len(shapes[0]) == len(shapes[1])
    if not same_rank or any(
        None not in pair and pair[0] != pair[1]
        for pair in zip(*shapes, strict=True)
    ):
        one, other = names
        raise ValueError(
            f"`{one}` and `{other}` must have the same shape. Received: "
            f"{one} of shape {shapes[0]}, {other} of shape {shapes[1]}"
        )


def check_value_range(
    y_true: Tensor, y_pred: Tensor, low: float, high: float
) -> None:
    """Raise a `ValueError` if images do not fit the range [low, high].

    `y_true` must lie within it, to a thousandth of its width. `y_pred` may
    exceed it by its width, since a network may not have learned the range yet.
    Passes inside a compiled function, where values are unknown.
    """
    width = high - low
    for name, images, slack in (
        ("y_true", y_true, 1e-3 * width),
        ("y_pred", y_pred, width),
    ):
        values = values_of(images)
        if values is None or values.size == 0:
            continue
        found = float(values.min()), float(values.max())
        # Comparisons with NaN are False, so NaN is rejected too.
        if not (low - slack <= found[0] and found[1] <= high + slack):
            raise ValueError(
                f"`{name}` must hold values from {low} to {high}. Received: "
                f"{name} with values from {found[0]:.6g} to {found[1]:.6g}"
            )


def filled_up(maps: Tensor, smallest: int, value: float = 0.0) -> Tensor:
    """Pad sides of unknown size to at least `smallest`.

    Otherwise there might be no pixels to average. Known sides have been checked
    before.

    Args:
        maps: Maps `(batch, height, width, ...)`.
        smallest: Smallest side, in pixels.
        value: Value of the padding, below and to the right.
    """
    sides = maps.shape[1:3]
    if None not in sides:
        return maps
    missing = [
        [0, ops.maximum(smallest - length, 0) if known is None else 0]
        for known, length in zip(sides, ops.shape(maps)[1:3], strict=True)
    ]
    others = [[0, 0]] * (len(maps.shape) - 3)
    return ops.pad(maps, [[0, 0], *missing, *others], constant_values=value)


def spatial_mean(maps: Tensor) -> Tensor:
    """Mean over the last two axes, one after the other.

    In one step some backends sum millions of pixels in a single float32, with
    an error in the third decimal of an index.
    """
    return last_mean(last_mean(maps))


def sample_mean(values: Tensor) -> Tensor:
    """Mean over all axes but the first, one after the other."""
    while len(values.shape) > 1:
        values = last_mean(values)
    return values


def last_mean(values: Tensor) -> Tensor:
    """Mean over the last axis, 0 where an axis of unknown size is empty.

    `ops.mean` on JAX does not support float64.
    """
    count = ops.maximum(ops.shape(values)[-1], 1)
    return ops.sum(values, axis=-1) / ops.cast(count, values.dtype)
