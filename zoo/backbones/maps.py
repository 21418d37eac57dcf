"""Layers of a network whose maps are pooled."""

import difflib
from collections.abc import Sequence

import keras

# Aliases of the layer that a network ends with.
_TOP = "top", "output"


def checked_maps(
    network: str, model: keras.Model, maps: str | Sequence[str] | None
) -> tuple[str, ...]:
    """Return names of layers that return maps.

    Args:
        network: Name of the network, for errors.
        model: The network, a functional model.
        maps: Name or names of layers; `"top"` and `"output"` are the layer that
            the network ends with, and so is None.

    Raises:
        ValueError: If a name is no layer that returns maps, or comes twice.
    """
    top = model.outputs[0]._keras_history.operation.name
    names = [maps] if isinstance(maps, str) else maps
    if names is None:
        return (top,)
    if (
        not isinstance(names, (list, tuple))
        or not names
        or not all(isinstance(name, str) for name in names)
    ):
        raise ValueError(
            "`maps` must be names of layers, or None for the deepest. "
            f"Received: maps={maps!r}"
        )
    known = _with_maps(model)
    found = tuple(top if name in _TOP else name for name in names)
    for name in found:
        if name not in known:
            raise ValueError(_unknown(network, name, known, maps))
    if len(set(found)) < len(found):
        raise ValueError(
            f"`maps` must be names of different layers. Received: maps={maps!r}"
        )
    return found


def _with_maps(model: keras.Model) -> list[str]:
    """Names of the layers that return maps of places, in order."""
    return [
        layer.name
        for layer in model.layers
        if not isinstance(layer, keras.layers.InputLayer)
        and _is_map(layer.output)
    ]


def _is_map(output: object) -> bool:
    # Maps of one place, as squeeze-and-excitation has them, have known sides.
    return (
        isinstance(output, keras.KerasTensor)
        and len(output.shape) == 4
        and output.shape[1] is None
        and output.shape[2] is None
    )


def _unknown(network: str, name: str, known: list[str], maps: object) -> str:
    close = difflib.get_close_matches(name, known) or known[-3:]
    quoted = ", ".join(map(repr, close))
    return (
        f"`maps` must be names of layers of {network} that return maps "
        f"({len(known)} layers, such as {quoted}), or 'top'. "
        f"Received: maps={maps!r} with {name!r}"
    )
