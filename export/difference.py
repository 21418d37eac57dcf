"""How far an exported model is from Keras, and how fast it is."""

import re
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from numbers import Integral
from typing import TypeAlias, TypedDict

import keras
import numpy as np

from convzoo.export.served import Served

TOLERANCE = 1e-4
# What stands for an open size: batch, then the others. Not square, one odd,
# one tiny.
SIZES: tuple[tuple[int, ...], ...] = ((1, 32, 48), (2, 41, 23), (1, 5, 8))
_ROUNDS = 3

# An exported model: takes arrays by name, returns a dict of them.
Run: TypeAlias = Callable[..., dict[str, np.ndarray]]


class Difference(TypedDict):
    """Absolute differences of one output, over what counts as 1."""

    largest: float
    mean: float
    p99_9: float


class Comparison(TypedDict):
    """An exported model beside Keras, at one size; see `measure`."""

    inputs: dict[str, tuple[int, ...]]
    seconds: float
    outputs: dict[str, Difference]


def checked_sizes(
    sizes: Sequence[Sequence[int]], model: Served
) -> tuple[tuple[int, ...], ...]:
    """`sizes`, after they have been tried on the shapes of a `Served`.

    Raises:
        ValueError: they are not tuples of positive integers, or too short.
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
            f"{SIZES[:2]}. Received: {sizes!r}"
        )
    for each in sizes:
        model.closed(each)
    return tuple(map(tuple, sizes))


def measure(
    model: Served, run: Run, sizes: Iterable[Sequence[int]] = SIZES
) -> list[Comparison]:
    """What an exported model computes, beside Keras, size by size.

    Args:
        model: a `Served`.
        run: the exported model, a function from named arrays to a dict of them.
        sizes: of `export_model`.

    Returns:
        A list of dicts, one for each size: `inputs`, names to shapes; `seconds`
        that a call takes, the median of three; and `outputs`, names to the
        `largest`, `mean` and 99.9th-percentile (`p99_9`) difference, over what
        counts as 1.

    Raises:
        ValueError: Keras cannot compute that size, or an output of `run` is
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
    """One entry of `measure`, for inputs by name that `sizes` stand for."""
    expected = _of_keras(model, inputs, sizes)
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
    """The largest in a list of `measure`; NaN if there is one."""
    return float(
        np.max(
            [
                output["largest"]
                for size in differences
                for output in size["outputs"].values()
            ]
        )
    )


def _of_keras(
    model: Served,
    inputs: dict[str, np.ndarray],
    sizes: Sequence[int] | None,
) -> dict[str, np.ndarray]:
    try:
        outputs = model.serve(**inputs)
    except Exception as error:
        # Whatever its backend raises where a size will not do.
        raise ValueError(
            "The model cannot compute an input of "
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
    """The line that says it: Keras writes where above it, in bold."""
    text = re.sub(r"\x1b\[\d+m", "", str(error))
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    said = [line for line in lines if not line.startswith("Exception enc")]
    return (said or lines or [type(error).__name__])[0]


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
