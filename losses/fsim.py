"""Feature similarity (FSIM).

Zhang, Zhang, Mou and Zhang 2011, FSIM: A Feature Similarity Index for Image
Quality Assessment, https://doi.org/10.1109/TIP.2011.2109730.

What differs from the paper: square roots have a small constant under them, so
flat regions have gradients; the conversion to YIQ has four decimals, as in piq,
instead of the three of the authors' code; the product of the chromatic
similarities enters by its magnitude; the phase congruency of odd sizes is that
of piq.
"""

from typing import Any

import keras
import numpy as np
from keras import ops

from convzoo.common.checks import check_above, check_flag
from convzoo.common.luma_weights import LUMA_WEIGHTS
from convzoo.common.types import Tensor
from convzoo.layers.input_checks import is_empty_batch
from convzoo.losses.image_loss import ImageLoss
from convzoo.losses.images import (
    checked_images,
    filled_up,
    no_values,
)
from convzoo.losses.phase_congruency import phase_congruency, safe_sqrt

# T1 to T4 and lambda of the paper, for values in [0, 255].
_T_PHASE, _T_GRADIENT, _T_CHROMATIC, _LAMBDA = 0.85, 160.0, 200.0, 0.03
_TO_YIQ = (
    LUMA_WEIGHTS,
    (0.5959, -0.2746, -0.3213),
    (0.2115, -0.5227, 0.3112),
)
_SCHARR = np.array([[3, 0, -3], [10, 0, -10], [3, 0, -3]]) / 16
# Images are reduced until their shorter side has about this many pixels.
_SIDE = 256


@keras.saving.register_keras_serializable(package="convzoo")
def fsim(
    y_true: Tensor, y_pred: Tensor, max_val: float = 1.0, chromatic: bool = True
) -> Tensor:
    """Compute the feature similarity index, 1 for identical images.

    A metric: `FSIM` is 1 minus it. See there for the arguments.

    Returns:
        Indices `(batch,)`, in (0, 1].

    Raises:
        ValueError: As for `FSIM`.
    """
    y_true, y_pred = checked_images(
        y_true, y_pred, smallest=2, channels=3 if chromatic else None
    )
    _check_channels(y_true)
    if is_empty_batch(y_true):
        return no_values(y_true)
    y_true, y_pred = filled_up(y_true, 2), filled_up(y_pred, 2)
    x, y = (_reduced(images) * (255 / max_val) for images in (y_true, y_pred))
    x, y = _yiq(x), _yiq(y)
    # Computed separately, since only the prediction needs gradients.
    phase_x, phase_y = phase_congruency(x[0]), phase_congruency(y[0])
    similarity = _similarity(phase_x, phase_y, _T_PHASE) * _similarity(
        _gradient(x[0]), _gradient(y[0]), _T_GRADIENT
    )
    if chromatic:
        hue = _similarity(x[1], y[1], _T_CHROMATIC)
        hue = hue * _similarity(x[2], y[2], _T_CHROMATIC)
        # The magnitude to the power of lambda, differentiable at 0.
        similarity = similarity * (hue * hue + 1e-10) ** (_LAMBDA / 2)
    weight = ops.maximum(phase_x, phase_y)
    return _sum(similarity * weight) / _sum(weight)


def _reduced(images: Tensor) -> Tensor:
    """Average images until their shorter side has about 256 pixels."""
    height, width = ops.shape(images)[1:3]
    if isinstance(height, int) and isinstance(width, int):
        factor = max(1, round(min(height, width) / _SIDE))
        if factor == 1:
            return images
    else:
        side = ops.cast(ops.minimum(height, width), "float32")
        factor = ops.cast(ops.maximum(ops.round(side / _SIDE), 1), "int32")
    # A pooling layer would need a static factor.
    rows, columns, channels = height // factor, width // factor, images.shape[3]
    images = images[:, : rows * factor, : columns * factor]
    images = ops.reshape(images, (-1, factor, columns * factor * channels))
    images = ops.reshape(ops.mean(images, 1), (-1, factor, channels))
    return ops.reshape(ops.mean(images, 1), (-1, rows, columns, channels))


def _yiq(images: Tensor) -> list[Tensor]:
    """Return the planes Y, I and Q, or only Y for grey images."""
    if images.shape[3] == 1:
        return [ops.squeeze(images, axis=-1)]
    red, green, blue = (images[:, :, :, channel] for channel in range(3))
    return [r * red + g * green + b * blue for r, g, b in _TO_YIQ]


def _gradient(planes: Tensor) -> Tensor:
    """Gradient magnitude, with black padding beyond the border."""
    kernels = np.stack([_SCHARR, _SCHARR.T], axis=-1)
    kernels = ops.convert_to_tensor(np.expand_dims(kernels, 2), planes.dtype)
    both = ops.conv(
        ops.expand_dims(planes, -1),
        kernels,
        padding="same",
        data_format="channels_last",
    )
    return safe_sqrt(ops.sum(both * both, axis=-1))


def _similarity(x: Tensor, y: Tensor, constant: float) -> Tensor:
    return (2 * x * y + constant) / (x * x + y * y + constant)


def _sum(maps: Tensor) -> Tensor:
    """Sum axis by axis, for the reason that `spatial_mean` gives."""
    return ops.sum(ops.sum(maps, axis=-1), axis=-1)


def _check_channels(images: Tensor) -> None:
    if images.shape[3] not in (1, 3):
        raise ValueError(
            "`y_true` and `y_pred` must have 1 or 3 channels. Received: "
            f"images of shape {tuple(images.shape)}"
        )


@keras.saving.register_keras_serializable(package="convzoo")
class FSIM(ImageLoss):
    """1 minus the feature similarity index: FSIMc for colour, FSIM for grey.

    Compares phase congruency, which is high at edges and lines of any contrast,
    gradient magnitude, and, with `chromatic=True`, the two chromatic channels.
    Regions with features have the largest weight.

    It is almost blind to luminance: flat images of any two greys have an index
    of at least 0.94, even black and white. Combine it with `Charbonnier` or the
    mean absolute error; alone it lets the brightness drift.

    Gradients are finite on flat, half flat, letterboxed and black images.

    Args:
        max_val: Value of white; black is 0.
        chromatic: Whether to compare colours too. Images must then be RGB.
        check_range: Whether to raise a `ValueError` if values do not fit
            [0, max_val]. Skipped inside compiled functions.
        **kwargs: `name`, `reduction` and `dtype` of `keras.losses.Loss`.

    Call arguments:
        y_true: Images `(batch, height, width, 3)` in [0, max_val], or with one
            channel and `chromatic=False`. Images with a shorter side of 384
            pixels or more are first reduced to about 256.
        y_pred: Images of the same shape.
        sample_weight: Weights of the samples, `(batch,)`.

    Output shape:
        A scalar, or `(batch,)` with `reduction="none"`. In [0, 1), 0 for
        identical images; negative only by rounding.

    Raises:
        ValueError: If an argument is invalid, the shapes differ, or an image
            has fewer than 2 pixels per side or another number of channels.

    Example:

    >>> import numpy as np
    >>> from convzoo.losses import FSIM
    >>> image = np.random.default_rng(0).uniform(size=(1, 64, 64, 3))
    >>> print(f"{float(FSIM()(image, image)):.3f}")
    0.000
    >>> print(f"{float(FSIM()(image, 1 - image)):.3f}")
    0.025
    """

    def __init__(
        self,
        max_val: float = 1.0,
        chromatic: bool = True,
        check_range: bool = False,
        name: str = "fsim",
        **kwargs: Any,
    ) -> None:
        check_above("max_val", max_val, 0)
        check_flag("chromatic", chromatic)
        super().__init__(check_range=check_range, name=name, **kwargs)
        self.max_val = max_val
        self.chromatic = chromatic

    def compare(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        return 1 - fsim(y_true, y_pred, self.max_val, self.chromatic)

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "max_val": self.max_val,
            "chromatic": self.chromatic,
        }
