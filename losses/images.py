"""What every loss of images asks of them, and what the losses share."""

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
    """Two batches of images of one shape, in one type of at least 32 bits.

    Integers and short floats become float32: an index computed in them would
    be wrong without a sign of it.

    Args:
        y_true: the images as they should be.
        y_pred: the images to be judged.
        smallest: pixels of the shortest side that will do.
        channels: how many there must be; None for any number.

    Raises:
        ValueError: an argument is no batch of images, or their shapes differ,
            or, where that is known, a side is too short.
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
    """As `checked_images`, of arrays of one shape that are anything."""
    y_true, y_pred = as_floats(y_true, y_pred)
    for name, array in zip(names, (y_true, y_pred), strict=True):
        check_batch(name, array)
    check_same_shape(y_true, y_pred, names)
    return y_true, y_pred


def check_batch(name: str, array: Tensor) -> None:
    """Raise a `ValueError` where a tensor has no axis of samples."""
    if len(array.shape) == 0:
        raise ValueError(
            f"`{name}` must have the shape (batch, ...). "
            f"Received: {name} of shape ()"
        )


def as_floats(y_true: Tensor, y_pred: Tensor) -> tuple[Tensor, Tensor]:
    """Two tensors in float32, or in float64 if one was in that."""
    y_true, y_pred = as_float(y_true), as_float(y_pred)
    if "float64" in (dtype_of(y_true), dtype_of(y_pred)):
        y_true, y_pred = (ops.cast(y, "float64") for y in (y_true, y_pred))
    return y_true, y_pred


def as_float(values: Tensor) -> Tensor:
    """A tensor in float32, or in float64 if it was in that."""
    tensor = ops.convert_to_tensor(values)
    return (
        tensor if dtype_of(tensor) == "float64" else ops.cast(tensor, "float32")
    )


def dtype_of(tensor: Tensor) -> str:
    return keras.backend.standardize_dtype(tensor.dtype)


def check_images(
    name: str, images: Tensor, smallest: int = 1, channels: int | None = None
) -> None:
    """Raise a `ValueError` unless a tensor is a batch of such images."""
    shape = tuple(images.shape)
    if len(shape) != 4:
        raise ValueError(
            f"`{name}` must have the shape (batch, height, width, channels). "
            f"Received: {name} of shape {shape}"
        )
    if channels is not None and shape[3] not in (channels, None):
        raise ValueError(
            f"`{name}` must have {channels} channels, the last dimension. "
            f"Received: {name} of shape {shape}"
        )
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
    """Raise a `ValueError` where two shapes are known to differ."""
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
    """Raise a `ValueError` where images cannot be in the range they should.

    `y_true` has to lie within it, to a thousandth. `y_pred`, which a network
    may not have learned to keep in its range yet, may leave it by its width.
    Inside a compiled function, where values cannot be looked at, it passes.
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
        # In this order, so that NaN is refused too.
        if not (low - slack <= found[0] and found[1] <= high + slack):
            raise ValueError(
                f"`{name}` must hold values from {low} to {high}. Received: "
                f"{name} with values from {found[0]:.6g} to {found[1]:.6g}"
            )


def filled_up(maps: Tensor, smallest: int, value: float = 0.0) -> Tensor:
    """Maps with sides of at least `smallest`, where they were unknown.

    Too few pixels would leave nothing to take a mean of. Sides that are known
    have been checked by then.

    Args:
        maps: `(batch, height, width, ...)`.
        smallest: pixels of a side.
        value: what is added below and to the right.
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
    """Means over the last two axes, one after the other.

    In one step some backends add millions of pixels to a single float32, and
    are wrong in the third decimal of an index.
    """
    return last_mean(last_mean(maps))


def sample_mean(values: Tensor) -> Tensor:
    """Means over all axes but the first, one after the other."""
    while len(values.shape) > 1:
        values = last_mean(values)
    return values


def last_mean(values: Tensor) -> Tensor:
    """Means over the last axis; `ops.mean` on JAX knows no float64."""
    count = ops.cast(ops.shape(values)[-1], values.dtype)
    return ops.sum(values, axis=-1) / count
