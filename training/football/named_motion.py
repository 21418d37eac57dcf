"""The models over time that `fill_ball` takes by name."""

import functools
from typing import get_args

from convzoo.common.checks import check_choice
from convzoo.common.choices import Motion
from convzoo.zoo.football.ball_motion import BallMotion

_PRESETS = {"smooth": "ball_motion", "causal": "ball_motion_causal"}


def named_motion(motion: "Motion | BallMotion | None") -> BallMotion | None:
    """The `BallMotion` of a name, or itself.

    Raises:
        ValueError: If `motion` is neither a name nor a `BallMotion`.
    """
    if motion is None or isinstance(motion, BallMotion):
        return motion
    check_choice("motion", motion, get_args(Motion))
    return _loaded(_PRESETS[motion])


@functools.cache
def _loaded(name: str) -> BallMotion:
    return BallMotion.from_preset(name)
