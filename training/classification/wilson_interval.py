"""Interval of a share, such as an accuracy.

Wilson 1927, Probable Inference, the Law of Succession, and Statistical
Inference, https://doi.org/10.1080/01621459.1927.10502953.
"""

import numpy as np

# Quantile of the normal distribution for a two-sided interval of 95 %.
_QUANTILE = 1.959963984540054


def wilson_interval(
    right: np.ndarray | int, total: np.ndarray | int
) -> tuple[np.ndarray, np.ndarray]:
    """Return the ends of the 95 % interval of the share `right / total`.

    It stays within [0, 1], and is meaningful for shares of 0 and 1, and for a
    single image.

    Args:
        right: Number of images that are classified correctly, or an array.
        total: Number of images, of the same shape. Without an image, the
            interval is [0, 1].
    """
    count = np.maximum(total, 1)
    share = np.asarray(right) / count
    spread = _QUANTILE**2 / count
    middle = share + spread / 2
    half = np.sqrt(spread * (share * (1 - share) + spread / 4))
    known = np.asarray(total) > 0
    low = (middle - half) / (1 + spread)
    high = (middle + half) / (1 + spread)
    # The share lies inside, but for rounding errors at 0 and 1.
    return (
        np.where(known, np.minimum(np.maximum(low, 0), share), 0),
        np.where(known, np.maximum(np.minimum(high, 1), share), 1),
    )
