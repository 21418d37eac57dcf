"""Check of the numbers in a stranger's configuration."""

import math
from collections.abc import Iterator, Mapping
from typing import Any

from convzoo.common.checks import is_integer

# Arguments of models of which each one has an array of its own.
_LAYERS = ("num_blocks", "depth")
# A kernel has as many rows as columns.
_SIDES = ("filters", "width", "map_width", "head_kernel_size")
# Each one has a number of its own.
_LENGTHS = ("num_classes", "frames", "channels", "heads")
_MODELS = ("SRGenerator", "SizeAgnosticClassifier", "BallPositionPredictor")
# Of layers, each one has a number of its own.
_OF_LAYERS = ("units", "filters")
_PACKAGES = ("convzoo", "keras")
# What is small costs little, and may stand for a part that is not there.
_FEW_LAYERS = 64
_SHORT = 512


def check_stated_sizes(
    serialized: Mapping[str, Any], arrays: int, nbytes: int
) -> None:
    """Raise a `ValueError` if a model would be far larger than its weights.

    A number of a few digits would else take all memory, or hours, before the
    weights are found not to fit.

    Args:
        serialized: The model as Keras serializes it.
        arrays: Number of arrays of its weights.
        nbytes: Bytes of these arrays.
    """
    for origin, config in _configurations(serialized):
        for name, value in config.items():
            if is_integer(value) and value > _most(
                origin, name, arrays, nbytes
            ):
                raise ValueError(
                    f"`{name}` is {value}, for which the weights are too few: "
                    f"{arrays} arrays, {nbytes} bytes"
                )


def _most(origin: str, name: str, arrays: int, nbytes: int) -> float:
    """Return the largest honest value of an argument."""
    if origin.rpartition(">")[2] in _MODELS:
        if name in _LAYERS:
            return max(arrays, _FEW_LAYERS)
        if name in _SIDES:
            return max(math.isqrt(nbytes), _SHORT)
        if name in _LENGTHS:
            return max(nbytes, _SHORT)
    elif origin.startswith(_PACKAGES) and name in _OF_LAYERS:
        return max(nbytes, _SHORT)
    return math.inf


def _configurations(
    serialized: Mapping[str, Any],
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the class and the arguments of a model and all of its parts."""
    waiting: list[Any] = [serialized]
    while waiting:
        found = waiting.pop()
        if isinstance(found, Mapping):
            waiting += found.values()
            config = found.get("config")
            if isinstance(config, dict):
                # `from_preset` goes by the class of what is not registered.
                if str(found.get("class_name")) in _MODELS:
                    yield found["class_name"], config
                else:
                    origin = found.get("registered_name") or found.get("module")
                    yield str(origin), config
        elif isinstance(found, list):
            waiting += found
