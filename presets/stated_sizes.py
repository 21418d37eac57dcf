"""Check of the numbers in a stranger's configuration."""

from collections.abc import Iterator, Mapping
from typing import Any

from convzoo.common.checks import is_integer

# Of these, each one has an array of its own.
_LAYERS = ("num_blocks", "depth")
# A kernel has as many rows as columns.
_SIDES = ("filters", "width", "map_width", "head_kernel_size")
# Each one has a number of its own.
_LENGTHS = ("num_classes", "frames", "channels", "heads", "units")
# What is small costs little, and may stand for a part that is not there.
_FEW_LAYERS = 64
_SHORT = 256
# Packages whose arguments have these meanings.
_PACKAGES = ("convzoo", "keras")


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
    for config in _configurations(serialized):
        for name, value in config.items():
            if not is_integer(value):
                continue
            too_many = (
                (name in _LAYERS and value > max(arrays, _FEW_LAYERS))
                or (name in _SIDES and value > _SHORT and value**2 > nbytes)
                or (name in _LENGTHS and value > max(nbytes, _SHORT))
            )
            if too_many:
                raise ValueError(
                    f"`{name}` is {value}, for which the weights are too few: "
                    f"{arrays} arrays, {nbytes} bytes"
                )


def _configurations(serialized: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the configurations of a model and of its parts, at any depth."""
    waiting: list[Any] = [serialized]
    while waiting:
        found = waiting.pop()
        if isinstance(found, Mapping):
            waiting += found.values()
            config = found.get("config")
            origin = str(found.get("registered_name") or found.get("module"))
            if isinstance(config, dict) and origin.startswith(_PACKAGES):
                yield config
        elif isinstance(found, list):
            waiting += found
