"""Calibration of the radii of `BallMotion`."""

from collections.abc import Sequence

import numpy as np

_SHARES = (0.5, 0.9)


def motion_radii(
    distances: np.ndarray,
    radii: Sequence[np.ndarray],
    scales: Sequence[float] = (1.0, 1.0),
) -> tuple[float, float]:
    """Find the scales at which the radii hold 50 and 90 % of the balls.

    Args:
        distances: Distances `(balls,)` to held-out balls in metres.
        radii: The two radii `(balls,)` of a model in metres.
        scales: The `radius_scales` of that model.

    Returns:
        `radius_scales`, rounded to three decimals.

    Raises:
        ValueError: If there is no ball.
    """
    if not len(distances):
        raise ValueError("`distances` must hold a distance. Received: none")
    first, second = (
        round(
            float(
                scale * np.quantile(distances / np.maximum(each, 1e-6), share)
            ),
            3,
        )
        for scale, each, share in zip(scales, radii, _SHARES, strict=True)
    )
    return first, second
