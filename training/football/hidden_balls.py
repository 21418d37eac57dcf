"""Which balls of a sequence a model that learns to fill them sees."""

import numpy as np

# Shares of the kinds of sequences: no ball, holes, and single known balls.
_KINDS = (0.4, 0.45, 0.15)
# Seconds of holes, evenly on a logarithmic scale, of the play between them on
# average, and between single balls.
_HOLE, _PLAY, _SINGLE = (0.3, 25.0), 5.0, (0.4, 10.0)


def hidden_balls(
    random: np.random.Generator, frames: int, frame_rate: float
) -> np.ndarray:
    """Draw the mask `(frames,)` of hidden balls.

    Either all balls are hidden, or those in holes of 0.3 to 25 seconds, or all
    but single ones, 0.4 to 10 seconds apart.

    Args:
        random: Generator of random numbers.
        frames: Number of frames.
        frame_rate: Frames per second.
    """
    kind = random.choice(len(_KINDS), p=_KINDS)
    hidden = np.ones(frames, bool)
    if kind == 1:
        _show_play(random, hidden, frame_rate)
    elif kind == 2:
        step = _logarithmic(random, *_SINGLE) * frame_rate
        first = random.uniform(0, step)
        shown = np.arange(first, frames, max(step, 1))
        hidden[shown.astype(int)] = False
    return hidden


def _show_play(
    random: np.random.Generator, hidden: np.ndarray, frame_rate: float
) -> None:
    """Alternate holes and play, beginning with either."""
    start, in_hole = 0, bool(random.integers(2))
    while start < len(hidden):
        seconds = (
            _logarithmic(random, *_HOLE)
            if in_hole
            else random.exponential(_PLAY)
        )
        end = start + max(round(seconds * frame_rate), 1)
        hidden[start:end] = in_hole
        start, in_hole = end, not in_hole


def _logarithmic(random: np.random.Generator, low: float, high: float) -> float:
    return float(np.exp(random.uniform(np.log(low), np.log(high))))
