"""Evidence for and against a class, drawn over the image."""

import numpy as np

# Colours of evidence for and against. People who see no red or no green tell
# them apart, and in a grey print orange is the brighter one.
FOR = np.array((255, 120, 0), "float32")
AGAINST = np.array((20, 90, 255), "float32")
# The strongest evidence covers this part of the image.
_OPACITY = 0.8
# Weaker evidence than this part of the strongest one is not drawn.
_FAINT = 0.1
# Grey values of black and white: both colours are visible on all between.
_GREYS = (50, 215)
_LUMA = np.array((0.299, 0.587, 0.114), "float32")


def heat_map(image: np.ndarray, evidence: np.ndarray) -> np.ndarray:
    """Draw evidence over a grey image: orange for the class, blue against it.

    The strength is relative to the strongest evidence of either sign, which is
    the most opaque. The image is grey, so that it has neither colour, and
    neither black nor white, so that the colours are seen on all of it.

    Args:
        image: uint8 array `(height, width, 1 or 3)`.
        evidence: Evidence `(rows, columns)`, whose places cover the image
            evenly.

    Returns:
        uint8 array `(height, width, 3)`.

    Raises:
        ValueError: If an argument is not as described, is empty, or contains
            NaN or infinity.
    """
    image, evidence = np.asarray(image), np.asarray(evidence)
    _check(image, evidence)
    height, width = image.shape[:2]
    strength = _enlarged(evidence, height, width)
    grey = np.expand_dims(_grey(image), 2)
    colour = np.where(np.expand_dims(strength, 2) > 0, FOR, AGAINST)
    opacity = np.expand_dims(opacities(strength), 2)
    return np.rint(grey + opacity * (colour - grey)).astype("uint8")


def opacities(strength: np.ndarray) -> np.ndarray:
    """Opacity of evidence from -1 to 1, as in `heat_map`."""
    part = (np.abs(strength) - _FAINT) / (1 - _FAINT)
    return _OPACITY * np.clip(part, 0, 1)


def _grey(image: np.ndarray) -> np.ndarray:
    """Grey values `(height, width)` between those of black and white."""
    if image.shape[2] == 3:
        grey = image @ _LUMA
    else:
        grey = image[..., 0].astype("float32")
    low, high = _GREYS
    return low + grey * np.float32((high - low) / 255)


def _enlarged(evidence: np.ndarray, height: int, width: int) -> np.ndarray:
    """Interpolate without overshoot, which would show evidence of its own."""
    rows, columns = evidence.shape
    relative = (evidence / _strongest(evidence)).astype("float32")
    enlarged = _spline(rows, height) @ relative @ _spline(columns, width).T
    # A peak is lower when it is smoothed.
    return enlarged / _strongest(enlarged)


def _strongest(evidence: np.ndarray) -> float:
    # Where all is 0, nothing is strong.
    return float(np.abs(evidence).max()) or 1.0


def _spline(count: int, length: int) -> np.ndarray:
    """Weights `(length, count)` of a cubic B-spline, which are positive."""
    position = (np.arange(length, dtype="float32") + 0.5) * count / length - 0.5
    away = np.abs(position.reshape(-1, 1) - np.arange(count, dtype="float32"))
    near = 2 / 3 - away**2 + away**3 / 2
    far = np.clip(2 - away, 0, None) ** 3 / 6
    weights = np.where(away < 1, near, far)
    return weights / weights.sum(axis=1, keepdims=True)


def _check(image: np.ndarray, evidence: np.ndarray) -> None:
    if (
        image.dtype != np.uint8
        or image.ndim != 3
        or image.shape[2] not in (1, 3)
        or 0 in image.shape
    ):
        raise ValueError(
            "`image` must be uint8 of shape (height, width, 1 or 3). "
            f"Received: {image.dtype} of shape {image.shape}"
        )
    if evidence.ndim != 2 or evidence.dtype.kind != "f" or 0 in evidence.shape:
        raise ValueError(
            "`evidence` must be floats of shape (rows, columns). "
            f"Received: {evidence.dtype} of shape {evidence.shape}"
        )
    if not np.isfinite(evidence).all():
        raise ValueError(
            "`evidence` must not contain NaN or infinity. Received: evidence "
            f"with {np.count_nonzero(~np.isfinite(evidence))} such values"
        )
