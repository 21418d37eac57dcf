"""Which networks enlarge an image by any scale, run one after the other."""

import itertools
import math
from collections.abc import Collection

from convzoo.common.checks import check_between

MAX_SCALE = 8


def scale_passes(scale: float, available: Collection[int]) -> tuple[int, ...]:
    """Return the scales of the networks to run, one after the other.

    Their product is the least that is not below `scale`, of as few networks as
    possible. The smallest comes first, since a later network has more pixels to
    work on.

    Args:
        scale: Upscaling factor, a number from 1 to 8.
        available: Upscaling factors of networks, at least 2. Each may be used
            several times.

    Raises:
        ValueError: `scale` is not in its range, or needs a network and there is
            none.

    Example:

    >>> from convzoo.common.scale_passes import scale_passes
    >>> [scale_passes(scale, [2, 4]) for scale in (1, 1.5, 3, 6)]
    [(), (2,), (4,), (2, 4)]
    """
    check_between("scale", scale, 1, MAX_SCALE)
    if scale == 1:
        return ()
    if not available:
        raise ValueError(f"`scale` needs a network. Received: scale={scale!r}")
    most = math.ceil(math.log2(MAX_SCALE))
    chains = itertools.chain.from_iterable(
        itertools.combinations_with_replacement(sorted(available), number)
        for number in range(1, most + 1)
    )
    return min(
        (chain for chain in chains if math.prod(chain) >= scale),
        key=lambda chain: (math.prod(chain), len(chain)),
    )
