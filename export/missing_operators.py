"""Which operators a converter misses, of which layer, and what to do."""

import re
from collections.abc import Iterable

# An operation with where it is in the model: "ResizeBicubic:",
# "functional/mine/resize/ResizeBicubic@...".
_PLACE = re.compile(r'fused\["(\w+):", "([^"@]+)')
_NEEDS = "ERROR_NEEDS_FLEX_OPS"
_REMEDIES = {
    "ExtractImagePatches": "slice shifted copies of the image instead",
    "ResizeBicubic": "resize with `nearest` or `bilinear`, or before the model",
    "ScaleAndTranslate": "resize without antialiasing, or before the model",
    "StridedSlice": (
        "add an axis by `keras.ops.expand_dims`, not by indexing with None, "
        "and stay within four axes"
    ),
    "TensorListReserve": (
        "fix the batch to 1, unroll the recurrence, or convolve along time"
    ),
}
_REMEDIES["TensorListStack"] = _REMEDIES["TensorListReserve"]


def missing_operators(message: str) -> str | None:
    """What a person can act on in a message of the LiteRT converter.

    Args:
        message: all that it wrote.

    Returns:
        One line for all operators that LiteRT does not have, with their layers
        and the remedies that are known; or None if it names none.
    """
    found: dict[str, set[str]] = {}
    for line in message.splitlines():
        kind, _, names = line.partition(" ops: ")
        if kind in ("TF Select", "Custom"):
            for name in names.split(","):
                found.setdefault(name.strip().removeprefix("Flex"), set())
        elif _NEEDS in line and (place := _PLACE.search(line)):
            found.setdefault(place[1], set()).add(_layer(place[2]))
    return "; ".join(map(_said, found, found.values())) or None


def _layer(path: str) -> str:
    """`functional_1/mine_1/resize/ResizeBicubic` -> `mine_1/resize`."""
    parts = path.split("/")[:-1]
    return "/".join(parts[1:] or parts)


def _said(name: str, layers: Iterable[str]) -> str:
    where = ", ".join(sorted(filter(None, layers)))
    said = f"LiteRT has no operator for {name}" + (
        f", in {where}" * bool(where)
    )
    remedy = _REMEDIES.get(name)
    return f"{said}: {remedy}" if remedy else said
