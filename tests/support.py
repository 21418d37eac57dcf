"""Shared test helpers: images, reference implementations, real data."""

import contextlib
from pathlib import Path

import keras
import numpy as np
import pytest

from convzoo.zoo import SRGenerator
from tests import layer_checks, loss_checks

SHARED = Path(__file__).parents[2] / "shared" / "data"
FIXTURES = Path(__file__).parent / "fixtures"


def shared_data(name):
    """Return a folder of real data beside the checkout, or skip the test."""
    folder = SHARED / name
    if not folder.is_dir():
        pytest.skip(f"the folder shared/data/{name} is not beside the checkout")
    return folder


def rest_long(*cases):
    """Return parameters of a test, all but the first marked as long."""
    first, *rest = cases
    tuples = (case if isinstance(case, tuple) else (case,) for case in rest)
    return [first, *(pytest.param(*t, marks=pytest.mark.long) for t in tuples)]


@contextlib.contextmanager
def untraced():
    """Run all models eagerly on TensorFlow, whatever `compile` requests."""
    with pytest.MonkeyPatch.context() as patch:
        if keras.config.backend() == "tensorflow":
            eagerly = property(lambda model: True, lambda model, value: None)
            patch.setattr(keras.Model, "run_eagerly", eagerly)
        yield


def run_layer_test(
    cls,
    arguments,
    input_shape,
    output_shape,
    *,
    folder,
    other_shapes,
    tolerance=1e-5,
):
    """Run the common checks of a layer.

    Its configuration and a `.keras` file restore the layer. Eager, graph and
    XLA modes, all dtypes and the exported files agree. One model and one file
    accept all sizes. Every weight has a gradient, and `fit` trains the layer.

    Args:
        cls: Class of the layer.
        arguments: Arguments of its constructor.
        input_shape: Shape of a batch.
        output_shape: Shape of its outputs.
        folder: Empty folder for files.
        other_shapes: Shapes of further batches for the same model.
        tolerance: Absolute and relative tolerance in float32.
    """
    random = np.random.default_rng(0)
    maps = [
        random.normal(size=shape).astype("float32")
        for shape in (input_shape, *other_shapes)
    ]
    layer_checks.check_config(cls, arguments)
    layer = cls(**arguments)
    layer.build(input_shape)
    randomized(layer)
    inputs = keras.Input(batch_shape=_opened(arguments, input_shape))
    model = keras.Model(inputs, layer(inputs))
    layer_checks.check_shapes(layer, model, maps, output_shape)
    layer_checks.check_empty(layer, maps[0])
    layer_checks.check_keras_file(model, maps, folder)
    layer_checks.check_compiled(layer, model, maps, tolerance)
    layer_checks.check_dtypes(cls, arguments, layer, maps)
    layer_checks.check_gradients(layer, maps)
    if layer_checks.BACKEND == "tensorflow":
        layer_checks.check_exported(model, maps, folder, tolerance)
    layer_checks.check_training(model, maps)


def run_loss_test(
    cls,
    arguments,
    pair,
    *,
    folder,
    other_pairs=(),
    hard_pairs=None,
    identical=0.0,
    independent=True,
    tolerance=1e-5,
):
    """Run the common checks of a loss.

    Its configuration and a `.keras` file restore the loss, and the file
    contains no network of the loss. Each sample has one value, with all
    reductions and sample weights. Eager, graph and XLA modes agree at known and
    unknown sizes. Gradients are finite. `fit` trains in float32 and float16.

    Args:
        cls: Class of the loss.
        arguments: Arguments of its constructor.
        pair: Arrays `y_true` and `y_pred`.
        folder: Empty folder for files.
        other_pairs: Pairs of other sizes for the same loss.
        hard_pairs: Dictionary of pairs at which gradients must be finite. None
            for the default images, in the shape of the pair.
        identical: Value for equal images; None if it is not constant.
        independent: Whether a value depends on its own pair only.
        tolerance: Absolute and relative tolerance in float32.
    """
    layer_checks.check_config(cls, arguments)
    loss = cls(**arguments)
    pairs = [pair, *other_pairs]
    if hard_pairs is None:
        hard_pairs = loss_checks.hard_pairs(pair[0].shape)
    loss_checks.check_values(loss, pair)
    loss_checks.check_empty(loss, pair)
    if independent:
        loss_checks.check_independent(loss, pair)
    if identical is not None:
        value = loss(pair[0], pair[0].copy())
        np.testing.assert_allclose(numpy_of(value), identical, atol=1e-6)
    pairs = loss_checks.sizes_apart(pairs)
    loss_checks.check_compiled(loss, pairs, tolerance)
    loss_checks.check_one_side_known(loss, pair)
    loss_checks.check_gradients(loss, hard_pairs)
    loss_checks.check_short_floats(loss, pair)
    loss_checks.check_training(loss, pairs, folder)


def _opened(arguments, shape):
    """Return an input shape in which only the channels are known."""
    channels = 1 if arguments.get("data_format") == "channels_first" else -1
    opened = [None] * len(shape)
    opened[channels] = shape[channels]
    # JAX and PyTorch trace a layer with concrete sizes.
    return tuple(opened)


def tiny_generator(**arguments):
    """Return a plain `SRGenerator` that builds fast, with random weights."""
    defaults = {
        "scale": 2,
        "filters": 5,
        "num_blocks": 2,
        "block": "plain",
        "activation": "relu",
        "anchor": "nearest",
        "head_kernel_size": 3,
    }
    return randomized(SRGenerator(**{**defaults, **arguments}))


def randomized(model, seed=0):
    """Randomise all weights, so that no zero or one hides a mistake."""
    random = np.random.default_rng(seed)
    for variable in model.variables:
        size = variable.shape
        fan_in = np.prod(size[:-1]) if len(size) > 1 else 4
        value = random.normal(size=size) / np.sqrt(fan_in)
        if "variance" in variable.path:
            value = np.abs(value) + 0.5
        variable.assign(value)
    return model


def photograph(height, width, channels=3, seed=0):
    """Return a uint8 image with flat regions, edges and texture."""
    random = np.random.default_rng(seed)
    y, x = np.mgrid[:height, :width]
    planes = []
    for _ in range(channels):
        angle, period = random.uniform(0, np.pi), random.uniform(9, 30)
        wave = np.sin((x * np.cos(angle) + y * np.sin(angle)) * 6.28 / period)
        disc = (x - width / 2) ** 2 + (y - height / 2) ** 2 < height * width / 9
        planes.append(110 + 60 * np.sign(wave) + 50 * disc)
    noise = random.normal(scale=4, size=(height, width, channels))
    return np.clip(np.stack(planes, -1) + noise, 0, 255).astype(np.uint8)


def convolution(image, kernel, bias):
    """Convolve with an odd kernel and "same" padding, by loops over the taps.

    Args:
        image: `(height, width, in_channels)`.
        kernel: `(kernel, kernel, in_channels, out_channels)`.
        bias: `(out_channels,)`.
    """
    reach = kernel.shape[0] // 2
    height, width = image.shape[:2]
    padded = np.pad(image, ((reach, reach), (reach, reach), (0, 0)))
    result = np.zeros((height, width, kernel.shape[-1])) + bias
    for y in range(kernel.shape[0]):
        for x in range(kernel.shape[1]):
            window = padded[y : y + height, x : x + width]
            result += window @ kernel[y, x]
    return result


def depth_to_space(image, scale):
    """Shuffle pixels by loops over the sub-pixels."""
    height, width, depth = image.shape
    channels = depth // scale**2
    result = np.empty((height * scale, width * scale, channels))
    for y in range(scale):
        for x in range(scale):
            first = (y * scale + x) * channels
            result[y::scale, x::scale] = image[..., first : first + channels]
    return result


def numpy_of(tensor):
    return keras.ops.convert_to_numpy(tensor)


def reference_arrays(reference, prefix):
    """Return reference arrays of `release`: one array or a dictionary."""
    if prefix in reference.files:
        return reference[prefix]
    return {
        name.removeprefix(f"{prefix}."): reference[name]
        for name in reference.files
        if name.startswith(f"{prefix}.")
    }


def tensorboard_values(folder):
    """Return the step and value of each tag in the event file of a folder.

    A record is a length with a checksum, then an event with a checksum.
    """
    from tensorboardX.proto.event_pb2 import Event

    (path,) = folder.iterdir()
    data, at, found = path.read_bytes(), 0, {}
    while at < len(data):
        length = int.from_bytes(data[at : at + 8], "little")
        event = Event.FromString(data[at + 12 : at + 12 + length])
        found |= {v.tag: (event.step, v) for v in event.summary.value}
        at += length + 16
    return found
