"""Serving signatures of Keras models: named arrays in, named arrays out."""

import inspect
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias

import keras
import numpy as np
from keras import tree

from convzoo.common.types import Shape, Tensor
from convzoo.export.structures import structures

# Sizes of a tensor's axes; an open size is a name.
NamedShape: TypeAlias = tuple[int | str, ...]
# Smallest and largest length of a shorter side; None for no limit.
Sides: TypeAlias = tuple[int, int | None]
Examples: TypeAlias = Callable[
    [dict[str, tuple[int, ...]], np.random.Generator], dict[str, np.ndarray]
]


class Served(NamedTuple):
    """Serving signature of a model, with example inputs for its checks.

    Attributes:
        model: A `keras.Model`.
        shapes: Dictionary from input names to shapes. A size is an integer or
            the name of an open size. Sizes with the same name are equal.
        dtypes: Dictionary from input names to dtypes, such as `"float32"`.
        serve: Function from one tensor per input to a dictionary of tensors.
        examples: Function from a dictionary of shapes without open sizes and a
            NumPy random generator to a dictionary of arrays.
        scales: Dictionary from output names to scales, by which differences are
            divided. Default scale of an output: 1.
        sides: Of an image model, the smallest and the largest length of the
            shorter side of an image, or None for no limit: endpoints of
            encoded images scale others, and keep their aspect.
        image_range: Of an image model, the values of black and white.
    """

    model: keras.Model
    shapes: dict[str, NamedShape]
    dtypes: dict[str, str]
    serve: Callable[..., dict[str, Tensor]]
    examples: Examples
    scales: dict[str, float]
    sides: Sides = (1, None)
    image_range: tuple[float, float] = (0, 1)

    def closed(self, sizes: Sequence[int]) -> dict[str, tuple[int, ...]]:
        """Return the shapes with the open sizes filled in.

        Args:
            sizes: Values of the open sizes, in order of appearance. Extra
                values are ignored.

        Raises:
            ValueError: If there are too few values.
        """
        names = self.open_sizes
        if len(sizes) < len(names):
            raise ValueError(
                f"Each of `sizes` must have a value for each of {names}. "
                f"Received: {sizes}"
            )
        chosen = dict(zip(names, sizes, strict=False))
        return {
            name: tuple(chosen[n] if isinstance(n, str) else n for n in shape)
            for name, shape in self.shapes.items()
        }

    @property
    def open_sizes(self) -> list[str]:
        """Names of the open sizes, in order of appearance."""
        sizes = [size for shape in self.shapes.values() for size in shape]
        return list(dict.fromkeys(n for n in sizes if isinstance(n, str)))

    def example(
        self, sizes: Sequence[int], random: np.random.Generator
    ) -> dict[str, np.ndarray]:
        """Return example arrays for all inputs, with open sizes filled in."""
        arrays = self.examples(self.closed(sizes), random)
        return {
            name: np.asarray(array, _numpy_dtype(self.dtypes[name]))
            for name, array in arrays.items()
        }


def served(model: keras.Model | Served) -> Served:
    """Return the serving signature of a model.

    Args:
        model: Keras model with `serve` and `serving_inputs`, a dictionary from
            names to shapes as in `Served`; it may have `serving_examples`,
            `serving_scales`, `serving_sides` and `serving_range` (`examples`,
            `scales`, `sides` and `image_range` of `Served`). Or one with
            `served_model`, which is served in its place. Or a model
            with known inputs (see `structures`), which is served by its call
            with `training=False`; inputs and outputs without a name of their
            own are named `input` and `output`.

    Raises:
        ValueError: If `model` is neither.
    """
    if isinstance(model, Served):
        return model
    model = getattr(model, "served_model", model)
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
            getattr(model, "serving_sides", (1, None)),
            getattr(model, "serving_range", (0, 1)),
        )
    return _call_signature(model)


def _numpy_dtype(dtype: str) -> str:
    return "S" if dtype == "string" else dtype


def opened(shape: NamedShape) -> Shape:
    """Replace the names of open sizes by None, as in Keras."""
    return tuple(None if isinstance(size, str) else size for size in shape)


def _call_signature(model: keras.Model) -> Served:
    """Serving signature of a model without `serve`."""
    structure, results = structures(model)
    inputs = _by_name(structure, "input")
    names = list(inputs)
    outputs = list(
        _by_name(results, "output", getattr(model, "output_names", None))
    )

    def serve(*tensors: Tensor, **by_name: Tensor) -> dict[str, Tensor]:
        given = [*tensors, *(by_name[n] for n in names[len(tensors) :])]
        found = model(tree.pack_sequence_as(structure, given), training=False)
        return dict(zip(outputs, tree.flatten(found), strict=True))

    # TensorFlow inspects the argument names of functions. `inspect` reads this
    # attribute, which mypy does not know.
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
    """Name the tensors of a structure, in the order of `tree.flatten`."""
    tensors = tree.flatten(structure)
    if (
        isinstance(structure, dict)
        and len(structure) == len(tensors)
        and all(isinstance(key, str) for key in structure)
    ):
        names = sorted(structure)
    elif len(tensors) == 1 and names:
        names = [default]
    elif names is None:
        names = [_own_name(tensor, default) for tensor in tensors]
    if len(set(names)) < len(names):
        names = [f"{default}_{index}" for index in range(len(tensors))]
    return dict(zip(names, tensors, strict=True))


def _own_name(tensor: Tensor, default: str) -> str:
    """The user's name of a tensor; `default` if Keras generated it."""
    name = tensor.name
    if name.startswith(("keras_tensor", "input_layer")):
        return default
    return re.sub(r"\W", "_", name)


def named(shape: Sequence[int | None], name: str, alone: bool) -> NamedShape:
    """Replace None in the shape of the tensor `name` by names.

    Args:
        shape: Shape with None for open sizes.
        name: Name of the tensor.
        alone: Whether no other tensor has a height and width.
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
    """Examples of random floats in [0, 1), and of integers 0 and 1."""

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
