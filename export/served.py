"""What of a Keras model is served: named arrays in, named arrays out."""

import inspect
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias

import keras
import numpy as np
from keras import tree

from convzoo.common.types import Shape, Tensor

# Sizes of a tensor's axes; a name where a size is open.
NamedShape: TypeAlias = tuple[int | str, ...]
Examples: TypeAlias = Callable[
    [dict[str, tuple[int, ...]], np.random.Generator], dict[str, np.ndarray]
]


class Served(NamedTuple):
    """Inputs and outputs of a model by name, and what its checks need.

    Attributes:
        model: a `keras.Model`.
        shapes: a dict from names of inputs to shapes; a size is a number, or
            the name of an open one: those of one name are equal.
        dtypes: a dict from names of inputs to `"float32"` and the like.
        serve: maps one tensor for each input to a dict of tensors.
        examples: maps a dict of shapes without open sizes, and a NumPy random
            generator, to a dict of arrays.
        scales: a dict from names of outputs to what counts as 1 in them; those
            that are not in it are about 1.
    """

    model: keras.Model
    shapes: dict[str, NamedShape]
    dtypes: dict[str, str]
    serve: Callable[..., dict[str, Tensor]]
    examples: Examples
    scales: dict[str, float]

    def closed(self, sizes: Sequence[int]) -> dict[str, tuple[int, ...]]:
        """The shapes, with open sizes filled in.

        Args:
            sizes: one for each open size, in the order in which they are met;
                more are left over.

        Raises:
            ValueError: there are too few.
        """
        names = self.open_sizes
        if len(sizes) < len(names):
            raise ValueError(
                f"Each of `sizes` must have one for each of {names}. "
                f"Received: {sizes}"
            )
        chosen = dict(zip(names, sizes, strict=False))
        return {
            name: tuple(chosen[n] if isinstance(n, str) else n for n in shape)
            for name, shape in self.shapes.items()
        }

    @property
    def open_sizes(self) -> list[str]:
        """Their names, in the order in which they are met."""
        sizes = [size for shape in self.shapes.values() for size in shape]
        return list(dict.fromkeys(n for n in sizes if isinstance(n, str)))

    def example(
        self, sizes: Sequence[int], random: np.random.Generator
    ) -> dict[str, np.ndarray]:
        """Arrays for all inputs, of the closed shapes."""
        arrays = self.examples(self.closed(sizes), random)
        return {
            name: np.asarray(array, self.dtypes[name])
            for name, array in arrays.items()
        }


def served(model: keras.Model | Served) -> Served:
    """What is served of a model.

    Args:
        model: a Keras model that has `serving_inputs`, a dict from names to
            shapes as in `Served`, and `serve`; it may have `serving_examples`
            and `serving_scales` (`examples` and `scales` there). Or any other
            whose inputs are known, as those of a functional one are: it is
            served as it is called, without training. An input that has no name
            of its own is `input`, an output that has none `output`.

    Raises:
        ValueError: `model` is neither.
    """
    if isinstance(model, Served):
        return model
    if hasattr(model, "serve") and hasattr(model, "serving_inputs"):
        shapes = dict(model.serving_inputs)
        dtypes = dict.fromkeys(shapes, "float32")
        return Served(
            model,
            shapes,
            dtypes,
            model.serve,
            getattr(model, "serving_examples", _noise(dtypes)),
            dict(getattr(model, "serving_scales", {})),
        )
    return _as_called(model)


def opened(shape: NamedShape) -> Shape:
    """A shape with None where a size is open, as Keras has it."""
    return tuple(None if isinstance(size, str) else size for size in shape)


def _as_called(model: keras.Model) -> Served:
    """Of a model that says nothing of how it is served."""
    try:
        structure, results = model.input, model.output
    except (AttributeError, ValueError):
        structure = None
    if structure is None:
        raise ValueError(
            "`model` must be a Keras model with `serve` and `serving_inputs`, "
            "or one whose inputs are known, as those of a functional one are. "
            f"Received: {model!r}"
        )
    inputs = _by_name(structure, "input")
    names = list(inputs)
    outputs = list(_by_name(results, "output", model.output_names))

    def serve(*tensors: Tensor, **by_name: Tensor) -> dict[str, Tensor]:
        given = [*tensors, *(by_name[n] for n in names[len(tensors) :])]
        found = model(tree.pack_sequence_as(structure, given), training=False)
        return dict(zip(outputs, tree.flatten(found), strict=True))

    # TensorFlow asks for the names of what a function takes. `inspect` reads
    # this attribute; mypy knows no attributes of functions but their own.
    serve.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
        [
            inspect.Parameter(name, inspect.Parameter.POSITIONAL_OR_KEYWORD)
            for name in names
        ]
    )
    dtypes = {
        name: keras.backend.standardize_dtype(tensor.dtype)
        for name, tensor in inputs.items()
    }
    shapes = {
        name: named(tensor.shape, name, len(inputs) == 1)
        for name, tensor in inputs.items()
    }
    return Served(model, shapes, dtypes, serve, _noise(dtypes), {})


def _by_name(
    structure: Any, default: str, names: Sequence[str] | None = None
) -> dict[str, Tensor]:
    """Tensors of a structure, in the order of `tree.flatten`."""
    tensors = tree.flatten(structure)
    if isinstance(structure, dict) and len(structure) == len(tensors):
        names = sorted(structure)
    elif len(tensors) == 1 and names:
        names = [default]
    elif names is None:
        names = [_own_name(tensor, default) for tensor in tensors]
    if len(set(names)) < len(names):
        names = [f"{default}_{index}" for index in range(len(tensors))]
    return dict(zip(names, tensors, strict=True))


def _own_name(tensor: Tensor, default: str) -> str:
    """The one that its author gave, without what Keras made up."""
    name = tensor.name
    if name.startswith(("keras_tensor", "input_layer")):
        return default
    return re.sub(r"\W", "_", name)


def named(shape: Sequence[int | None], name: str, alone: bool) -> NamedShape:
    """A shape of the tensor `name`, with names in place of None.

    Args:
        alone: whether there is no other height and width beside its.
    """
    axes = ["batch", *(f"{name}_{axis}" for axis in range(1, len(shape)))]
    if len(shape) == 4:
        prefix = "" if alone else f"{name}_"
        axes[1:3] = [f"{prefix}height", f"{prefix}width"]
    return tuple(
        axis if size is None else size
        for axis, size in zip(axes, shape, strict=False)
    )


def _noise(dtypes: Mapping[str, str]) -> Examples:
    """Numbers in [0, 1]; where only whole ones are taken, 0 and 1."""

    def examples(
        shapes: dict[str, tuple[int, ...]], random: np.random.Generator
    ) -> dict[str, np.ndarray]:
        return {
            name: (
                random.random(shape, np.float32)
                if "float" in dtypes[name]
                else random.integers(2, size=shape)
            )
            for name, shape in shapes.items()
        }

    return examples
