"""Names of layers that do not depend on what was built before."""

import re
from collections import defaultdict

import keras


def name_by_position(model: keras.Model) -> None:
    """Rename the layers that Keras named by a counter of the process.

    `activation_17` becomes `activation`, `activation_1` and so on, in the order
    in which the layers of its class were made: the names that they have where
    nothing else was built before.
    """
    counted = defaultdict(list)
    for layer in model.layers:
        start = _snake_case(type(layer).__name__)
        found = re.fullmatch(rf"{start}(?:_(\d+))?", layer.name)
        if found:
            counted[start].append((int(found[1] or 0), layer))
    for start, layers in counted.items():
        ordered = sorted(layers, key=lambda pair: pair[0])
        for index, (_, layer) in enumerate(ordered):
            layer.name = f"{start}_{index}" if index else start


def _snake_case(name: str) -> str:
    """Return the name of a class as Keras starts the names of its layers."""
    name = re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", name)
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", name).lower()
