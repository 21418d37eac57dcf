"""Colours of transparent pixels, replaced by those of visible neighbours.

The colour of a transparent pixel is arbitrary, mostly black or white, and a
network would spread it into the visible edge beside it. As in waifu2x, the
visible colours are extended outwards instead. Multiplying by alpha before the
network and dividing by it afterwards leaves errors that are over fifty times as
large, since the network and the interpolation of alpha place an edge
differently.
"""

import numpy as np

_STEPS = 8
_SHIFTS = (1, 2, 4)
# A pixel depends on the pixels at most this many rows and columns away.
REACH = _STEPS + sum(_SHIFTS)
# Pixels are hidden whose alpha is below this part of the largest alpha within
# `sum(_SHIFTS)` pixels: files have hidden colours with an alpha of 1 or 2, too.
_HIDDEN = 1 / 16


def visible_colours(colour: np.ndarray, alpha: np.ndarray) -> np.ndarray:
    """Replace the colours of transparent pixels.

    Each of eight steps gives the hidden pixels beside visible ones the mean of
    their visible neighbours, and makes them visible. The rest becomes black.

    Args:
        colour: float32 array `(height, width, channels)`.
        alpha: float32 array `(height, width, 1)`.

    Returns:
        Array like `colour`; `colour` itself if no pixel is hidden.
    """
    visible = (alpha > 0) & (alpha >= _HIDDEN * _largest_around(alpha))
    if visible.all():
        return colour
    colour = np.where(visible, colour, np.float32(0))
    for _ in range(_STEPS):
        known = visible.astype(np.float32)
        count = _sum_around(known)
        reached = ~visible & (count > 0)
        if not reached.any():
            break
        mean = _sum_around(colour) / np.maximum(count, 1)
        colour = np.where(reached, mean, colour)
        visible = visible | reached
    return colour


def without_hidden_colours(pixels: np.ndarray) -> np.ndarray:
    """Replace the colours of transparent pixels of an image with alpha.

    Args:
        pixels: float32 array `(height, width, channels)`. The last of 2 or 4
            channels is alpha.
    """
    if pixels.shape[-1] not in (2, 4):
        return pixels
    colour, alpha = pixels[..., :-1], pixels[..., -1:]
    return np.concatenate([visible_colours(colour, alpha), alpha], axis=-1)


def _largest_around(values: np.ndarray) -> np.ndarray:
    for shift in _SHIFTS:
        for axis in (0, 1):
            before, middle, after = _shifted(values, shift, axis)
            values = np.maximum(np.maximum(before, middle), after)
    return values


def _sum_around(values: np.ndarray) -> np.ndarray:
    for axis in (0, 1):
        before, middle, after = _shifted(values, 1, axis)
        values = before + middle + after
    return values


def _shifted(values: np.ndarray, shift: int, axis: int) -> list[np.ndarray]:
    """`values`, shifted forwards, as they are and backwards, 0 outside."""
    padding = [(0, 0)] * values.ndim
    padding[axis] = (shift, shift)
    padded = np.pad(values, padding)
    length = values.shape[axis]
    return [
        padded.take(np.arange(start, start + length), axis)
        for start in (0, shift, 2 * shift)
    ]
