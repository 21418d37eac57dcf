"""Random arguments and shapes for every public layer and loss.

Each case makes one object, from valid and invalid arguments, and calls it on a
random shape, some of it empty: eagerly, and compiled with known or unknown
sizes. A fault is an exception that is no `ValueError` or `TypeError` that names
an argument, a shape that `compute_output_shape` does not foretell, or a
compiled result that differs.
"""

import functools
import inspect
import random
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from keras import ops

from convzoo import layers, losses

CASES = 3000
SAMPLE = 15
SECONDS = 120

_BAD = (
    *(None, True, False, -1, 0, 1, 2.5, float("nan"), float("inf"), -3.0),
    *("", "nothing", b"x", [], (), {}, (0, 1), (2, -2), (1, 2, 3), [2, 2]),
    *(np.int64(2), np.float32(0.5), np.zeros(2), object()),
)
_GOOD: dict[str, tuple[Any, ...]] = {
    "bandwidth": (0.1, 0.5, 2),
    "bins": ((1, 2), (3,), ((2, 3), 1), [4]),
    "cell": (1.0, 2),
    "chunk_size": ("auto", None, 3, 100),
    "data_format": ("channels_last", "channels_first", None),
    "deformable_groups": (1, 2, 3),
    "dilation_rate": (1, 2, (1, 2)),
    "distance": ("cosine", "l2", "l1"),
    "dropout": (0.0, 0.5),
    "dtype": ("float32", "float64", None),
    "extent": ((8.0, 6.0), (105, 68)),
    "filter_size": (1, 2, 3, 5, 11),
    "filters": (1, 2, 4, 6),
    "grid": (3, (4, 2), 1),
    "groups": (1, 2, 3),
    "kernel_size": (1, 2, 3, (3, 1)),
    "kind": ("non_saturating", "least_squares", "hinge", "wasserstein"),
    "mode": ("embedded_gaussian", "gaussian", "dot_product", "concatenation"),
    "normalization": (None, "batch"),
    "padding": ("same", "valid", 0, 1, (1, 2)),
    "pooling": ("max", "average"),
    "power_factors": ((0.5, 0.5), [1.0], (0.2, 0.3, 0.5)),
    "reduction": (1, 2, 8, "none", "sum", "sum_over_batch_size"),
    "scales": ("auto", 1, 2),
    "sigma": (None, 0.5, 3.0),
    "strides": (1, 2, (2, 1)),
    "sub_sample": (None, 2, (2, 3)),
    "sub_sample_position": ("after", "before"),
    "units": ((4,), (2, 3), [5, 1]),
    "variant": ("distance", "similarity"),
    "power_iterations": (1, 3),
    "terms": ({"a": ("mean_squared_error", 1.0), "b": (losses.SSIM(), 0.5)},),
    "loss": ("mean_squared_error", losses.Charbonnier(), losses.ssim),
    "layers": ("conv1", ["conv1", "pool1"], {"conv1": 0.5}),
    "network": ("squeezenet",),
    "net": ("squeeze",),
    "weights": (None,),
    "input_range": ((0, 1), (-1.0, 1.0), (0, 255)),
    "preprocessing": ("auto", "torch", "caffe", None),
}
# Networks that are too large for thousands of cases, or are downloaded.
_ALWAYS = ("weights", "net", "network", "features", "layers")
_LAYERS = [
    layers.DeformableConv2D,
    layers.MLPConv,
    layers.NonLocal,
    layers.Rasterize,
    layers.SPP,
    layers.SpectralConv2D,
]
_LOSSES = [
    getattr(losses, name)
    for name in losses.__all__
    if inspect.isclass(getattr(losses, name))
    and issubclass(getattr(losses, name), keras.losses.Loss)
]
# Names of what is called, beside those of the constructor.
_CALLED = ("inputs", "input_shape", "y_true", "y_pred", "images")


@functools.cache
def _features() -> losses.FeatureExtractor:
    return losses.FeatureExtractor("squeezenet", "conv1", weights=None)


def check(seed: int, folder: Path) -> list[str]:
    """Run one seeded case; return its faults."""
    del folder
    picked = random.Random(seed)
    cls = picked.choice(_LAYERS + _LOSSES)
    arguments = _arguments(cls, picked)
    case = f"{cls.__name__}({_quoted(arguments)})"
    names = [*_parameters(cls), *arguments]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            made = cls(**arguments)
        except Exception as error:
            return _judged(case, error, names)
        if isinstance(made, keras.layers.Layer):
            return _check_layer(case, made, names, picked)
        return _check_loss(case, made, names, picked)


def _parameters(cls: type) -> dict[str, inspect.Parameter]:
    found = inspect.signature(cls).parameters
    return {
        name: parameter
        for name, parameter in found.items()
        if parameter.kind is not parameter.VAR_KEYWORD and name != "name"
    }


def _arguments(cls: type, picked: random.Random) -> dict[str, Any]:
    """Most arguments keep their default, few are invalid."""
    arguments = {}
    for name, parameter in _parameters(cls).items():
        needed = parameter.default is parameter.empty
        if name == "features":
            arguments[name] = _features()
        elif not (needed or name in _ALWAYS or picked.random() < 0.3):
            continue
        elif name not in _ALWAYS and picked.random() < 0.12:
            arguments[name] = picked.choice(_BAD)
        elif name in _GOOD:
            arguments[name] = picked.choice(_GOOD[name])
        elif isinstance(parameter.default, bool):
            arguments[name] = picked.random() < 0.5
        elif isinstance(parameter.default, float):
            arguments[name] = parameter.default * picked.choice((0.5, 1, 3))
    return arguments


def _quoted(arguments: dict[str, Any]) -> str:
    return ", ".join(f"{k}={v!r}"[:80] for k, v in arguments.items())


def _judged(case: str, error: Exception, names: list[str]) -> list[str]:
    """Return a fault unless an error is one that a user can act upon."""
    text = str(error)
    if isinstance(error, (ValueError, TypeError)) and any(
        name in text or name.split("_")[-1] in text.lower()
        for name in (*names, *_CALLED)
        # Short names are in every text.
        if len(name) > 2 or f"`{name}`" in text
    ):
        return []
    short = " ".join(text.split())[:300]
    return [f"{case}: {type(error).__name__}: {short}"]


def _shape(rank: int, picked: random.Random) -> tuple[int, ...]:
    sides = [picked.choice((0, 1, 2, 3, 7, 12, 19, 30)) for _ in range(rank)]
    # Most shapes are those of images.
    if picked.random() < 0.8:
        sides = [picked.choice((1, 2)), *[max(s, 1) for s in sides[1:]]]
        if rank > 1:
            sides[-1] = picked.choice((1, 2, 3, 3, 4, 6))
    return tuple(sides)


def _check_layer(
    case: str, layer: Any, names: list[str], picked: random.Random
) -> list[str]:
    rank = picked.choice((3, 4, 4, 4, 4, 5, 2))
    if isinstance(layer, layers.Rasterize):
        rank = picked.choice((3, 3, 3, 2))
    shape = _shape(rank, picked)
    case = f"{case} on {shape}"
    values = np.random.default_rng(0).normal(size=shape).astype("float32")
    try:
        outputs = layer(values)
    except Exception as error:
        return _judged(case, error, names)
    expected = layer.compute_output_shape(shape)
    return _differences(case, layer, (values,), outputs, expected, picked)


def _check_loss(
    case: str, loss: Any, names: list[str], picked: random.Random
) -> list[str]:
    if isinstance(loss, losses.BallPosition):
        return _check_ball(case, loss, names, picked)
    shape = _shape(picked.choice((4, 4, 4, 4, 2, 3)), picked)
    other = shape
    # The first ignores `y_true`; Keras's losses in the second broadcast.
    alike = losses.TotalVariation, losses.GeneratorLoss, losses.WeightedSum
    if picked.random() < 0.1 and not isinstance(loss, alike):
        other = _shape(4, picked)
    case = f"{case} on {shape}, {other}"
    values = np.random.default_rng(1)
    pair = [
        values.uniform(size=size).astype("float32") for size in (shape, other)
    ]
    tensors = [ops.convert_to_tensor(array) for array in pair]
    try:
        outputs = loss.call(*tensors)
    except Exception as error:
        return _judged(case, error, names)
    found = _differences(
        case, loss.call, tuple(pair), outputs, (shape[0],), picked
    )
    if shape[0]:
        total = ops.convert_to_numpy(loss(*pair))
        if not np.all(np.isfinite(total)):
            found.append(f"{case}: the reduced loss is {total}")
    return found


def _check_ball(
    case: str, loss: Any, names: list[str], picked: random.Random
) -> list[str]:
    batch, rows, columns = _shape(3, picked)
    case = f"{case} on {(batch, rows, columns)}"
    heatmap = np.full((batch, rows, columns), 0.01, "float32")
    try:
        found = loss.call(np.zeros((batch, 2), "float32"), {"heatmap": heatmap})
    except Exception as error:
        return _judged(case, error, names)
    return _of_shape(case, found, (batch,))


def _differences(
    case: str,
    function: Callable[..., Any],
    arrays: tuple[np.ndarray, ...],
    outputs: Any,
    expected: Any,
    picked: random.Random,
) -> list[str]:
    """Compare shapes, and the results of TensorFlow's compilers."""
    if isinstance(outputs, (tuple, list)):
        outputs, expected = outputs[0], expected[0]
    found = _of_shape(case, outputs, expected)
    shape = arrays[0].shape
    if 0 in shape:
        return found
    kind = picked.choice(("open", "open", "half open", "known", "xla"))
    spec: list[int | None] = list(shape)
    if kind in ("open", "half open"):
        spec[0] = None
        for axis in range(1, len(shape) - 1):
            if kind == "open" or axis == 1:
                spec[axis] = None
    channels_first = getattr(function, "data_format", "") == "channels_first"
    if channels_first and len(shape) > 1:
        spec = [spec[0], shape[1], *shape[2:]]
    call = tf.function(
        function,
        input_signature=[tf.TensorSpec(spec)] * len(arrays),
        jit_compile=kind == "xla",
    )
    try:
        again = call(*arrays)
    except Exception as error:
        text = " ".join(str(error).split())
        return [
            *found,
            f"{case}: {kind}: {type(error).__name__}: {text[-300:]}",
        ]
    if isinstance(again, (tuple, list)):
        again = again[0]
    # A variance is a small difference: see `SSIM`.
    if not np.allclose(again, outputs, rtol=1e-2, atol=1e-3, equal_nan=False):
        worst = np.max(np.abs(np.asarray(again) - np.asarray(outputs)))
        found.append(f"{case}: {kind}: differs by {worst}")
    return found


def _of_shape(case: str, outputs: Any, expected: Any) -> list[str]:
    found = []
    if tuple(outputs.shape) != tuple(expected):
        found.append(f"{case}: {tuple(outputs.shape)} instead of {expected}")
    if not np.all(np.isfinite(ops.convert_to_numpy(outputs))):
        found.append(f"{case}: values that are not finite")
    return found
