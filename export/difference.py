"""Differences between an exported model and Keras, and call times."""

import re
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from numbers import Integral
from typing import TypeAlias, TypedDict

import keras
import numpy as np

from convzoo.export.served import Served

TOLERANCE = 1e-4
# Values of the open sizes: the batch size, then the others. Not square; one
# odd, one tiny.
SIZES: tuple[tuple[int, ...], ...] = ((1, 32, 48), (2, 41, 23), (1, 5, 8))
_ROUNDS = 3
# Sides of common networks must be divisible by one of these.
_FACTORS = (2, 4, 8, 16, 32, 64)

# An exported model: a function from arrays by name to a dictionary of arrays.
Run: TypeAlias = Callable[..., dict[str, np.ndarray]]


class Difference(TypedDict):
    """Absolute differences of one output, divided by its scale."""

    largest: float
    mean: float
    p99_9: float


class Comparison(TypedDict):
    """An exported model compared with Keras on one input; see `measure`."""

    inputs: dict[str, tuple[int, ...]]
    seconds: float
    outputs: dict[str, Difference]


def checked_sizes(
    sizes: Sequence[Sequence[int]], model: Served
) -> tuple[tuple[int, ...], ...]:
    """Check `sizes` against the shapes of a `Served`, and return them.

    To the sides of the default `SIZES`, one less is added than the smallest
    side of images that the model takes.

    Raises:
        ValueError: If `sizes` are not tuples of positive integers, or too
            short.
    """
    if (
        not isinstance(sizes, (tuple, list))
        or not sizes
        or not all(
            isinstance(each, (tuple, list))
            and all(isinstance(n, Integral) and int(n) > 0 for n in each)
            for each in sizes
        )
    ):
        raise ValueError(
            "`sizes` must be tuples of positive integers, such as "
            f"{SIZES[:2]}. Received: sizes={sizes!r}"
        )
    checked = tuple(map(tuple, sizes))
    if checked == SIZES:
        more = model.sides[0] - 1
        checked = tuple((n, *(side + more for side in s)) for n, *s in checked)
    for each in checked:
        model.closed(each)
    return checked


def check_callable(model: Served, sizes: Iterable[Sequence[int]]) -> None:
    """Raise a `ValueError` unless Keras can call the model on all sizes."""
    random = np.random.default_rng(0)
    for each in sizes:
        try:
            _keras_outputs(model, model.example(each, random), each)
        except ValueError as error:
            raise ValueError(f"{error}{_advice(model, each)}") from error


def _advice(model: Served, sizes: Sequence[int]) -> str:
    """Say which `sizes` a model takes whose sides must be divisible."""
    random = np.random.default_rng(0)
    for factor in _FACTORS:
        batch, *sides = sizes
        sides = [(n + factor - 1) // factor * factor for n in sides]
        sizes = batch, *sides
        try:
            _keras_outputs(model, model.example(sizes, random), sizes)
        except ValueError:
            continue
        text = "x".join(map(str, sizes))
        return (
            f"; pass `sizes` that it takes, such as {text}, with sides "
            f"divisible by {factor}"
        )
    return "; pass `sizes` that it takes"


def measure(
    model: Served, run: Run, sizes: Iterable[Sequence[int]] = SIZES
) -> list[Comparison]:
    """Compare the outputs of an exported model with Keras, size by size.

    Args:
        model: A `Served`.
        run: Exported model, a function from arrays by name to a dictionary of
            arrays.
        sizes: Values of the open sizes, as in `export_model`.

    Returns:
        A list of dictionaries, one per size: `inputs`, from names to shapes;
        `seconds`, the median time of three calls; and `outputs`, from names to
        the `largest`, `mean` and 99.9th-percentile (`p99_9`) difference,
        divided by the output's scale.

    Raises:
        ValueError: If the Keras model fails at a size, or an output of `run` is
            missing or has another shape.
    """
    random = np.random.default_rng(0)
    return [
        compare(model, run, model.example(each, random), each) for each in sizes
    ]


def compare(
    model: Served,
    run: Run,
    inputs: dict[str, np.ndarray],
    sizes: Sequence[int] | None = None,
) -> Comparison:
    """Compare on one input; `sizes`, if given, are named in errors."""
    expected = _keras_outputs(model, inputs, sizes)
    found = run(**inputs)
    _check_alike(expected, found)
    return {
        "inputs": {name: array.shape for name, array in inputs.items()},
        "seconds": _seconds(run, inputs),
        "outputs": {
            name: _differences(found[name], array, model.scales.get(name, 1))
            for name, array in expected.items()
        },
    }


def largest(differences: Iterable[Comparison]) -> float:
    """The largest difference in a result of `measure`; NaN if any is."""
    return float(
        np.max(
            [
                output["largest"]
                for size in differences
                for output in size["outputs"].values()
            ]
        )
    )


def _keras_outputs(
    model: Served,
    inputs: dict[str, np.ndarray],
    sizes: Sequence[int] | None,
) -> dict[str, np.ndarray]:
    try:
        outputs = model.serve(**inputs)
    except Exception as error:
        # Backends raise different exceptions for sizes that do not fit.
        raise ValueError(
            "The model cannot be called on inputs of "
            f"{f'`sizes` {sizes}' if sizes else 'shapes ' + _shapes(inputs)}: "
            f"{_reason(error)}"
        ) from error
    return {
        name: keras.ops.convert_to_numpy(value)
        for name, value in outputs.items()
    }


def _shapes(inputs: Mapping[str, np.ndarray]) -> str:
    return str({name: array.shape for name, array in inputs.items()})


def _reason(error: Exception) -> str:
    """The line with the cause: Keras puts the location above it, in bold."""
    text = re.sub(r"\x1b\[\d+m", "", str(error))
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    causes = [line for line in lines if not line.startswith("Exception enc")]
    return (causes or lines or [type(error).__name__])[0]


def _check_alike(
    expected: Mapping[str, np.ndarray], found: Mapping[str, np.ndarray]
) -> None:
    for name, array in expected.items():
        if name not in found or found[name].shape != array.shape:
            shapes = {k: v.shape for k, v in found.items()}
            raise ValueError(
                f"The exported model must return {name!r} of shape "
                f"{array.shape}. Received: {shapes}"
            )


def _differences(
    found: np.ndarray, expected: np.ndarray, scale: float
) -> Difference:
    away = np.abs(found.astype("float64") - expected) / scale
    return {
        "largest": float(np.max(away)),
        "mean": float(np.mean(away)),
        "p99_9": float(np.quantile(away, 0.999)),
    }


def _seconds(run: Run, inputs: dict[str, np.ndarray]) -> float:
    rounds = []
    for _ in range(_ROUNDS):
        start = time.perf_counter()
        run(**inputs)
        rounds.append(time.perf_counter() - start)
    return float(np.median(rounds))
