"""Operators that LiteRT does not support, with layers and remedies."""

import re
from collections.abc import Iterable

# An operation and its place in the model: "ResizeBicubic:",
# "functional/mine/resize/ResizeBicubic@...".
_PLACE = re.compile(r'fused\["(\w+):", "([^"@]+)')
_NEEDS = "ERROR_NEEDS_FLEX_OPS"
_REMEDIES = {
    "ExtractImagePatches": "slice shifted copies of the image instead",
    "ResizeBicubic": "resize with `nearest` or `bilinear`, or before the model",
    "ScaleAndTranslate": "resize without antialiasing, or before the model",
    "StridedSlice": (
        "add axes with `keras.ops.expand_dims`, not by indexing with None, "
        "and use at most four axes"
    ),
    "TensorListReserve": (
        "fix the batch size to 1, unroll the recurrence, or use a convolution "
        "over time"
    ),
}
_REMEDIES["TensorListStack"] = _REMEDIES["TensorListReserve"]


def missing_operators(message: str) -> str | None:
    """Find the unsupported operators in the output of the LiteRT converter.

    Args:
        message: Output of the converter.

    Returns:
        One line with all operators that LiteRT does not support, their layers
        and known remedies; None if the output names no operators.
    """
    found: dict[str, set[str]] = {}
    for line in message.splitlines():
        kind, _, names = line.partition(" ops: ")
        if kind in ("TF Select", "Custom"):
            for name in names.split(","):
                found.setdefault(name.strip().removeprefix("Flex"), set())
        elif _NEEDS in line and (place := _PLACE.search(line)):
            found.setdefault(place[1], set()).add(_layer(place[2]))
    return "; ".join(map(_explained, found, found.values())) or None


def _layer(path: str) -> str:
    """`functional_1/mine_1/resize/ResizeBicubic` -> `mine_1/resize`."""
    parts = path.split("/")[:-1]
    return "/".join(parts[1:] or parts)


def _explained(name: str, layers: Iterable[str]) -> str:
    where = ", ".join(sorted(filter(None, layers)))
    problem = f"LiteRT has no operator for {name}" + (
        f", in {where}" * bool(where)
    )
    remedy = _REMEDIES.get(name)
    return f"{problem}: {remedy}" if remedy else problem
