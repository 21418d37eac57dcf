"""Speed and memory of the layers, against equivalents or alternatives.

    python -m benchmarks.layers

Float32 on two threads of the CPU. Ours and the peer of a row take turns in one
process, as TensorFlow graphs without XLA. Rows marked XLA run ours with XLA,
the default of `fit`, against the same peer. Times are medians in milliseconds.
The peer of `deform_conv2d` is torchvision's, and missing if that is not
installed. Memory is what training steps add to the resident set of a separate
process, on Linux only.
"""

import functools
import math
import os
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

# Importing torchvision after TensorFlow crashes the process.
try:
    import torch
    from torchvision.ops import deform_conv2d as torchvision_deform_conv2d
except ImportError:
    torchvision_deform_conv2d = None

import keras
import numpy as np
import tensorflow as tf

from benchmarks._memory import added_kilobytes, child_megabytes
from benchmarks._ratios import calling, compare, print_line, print_ratio
from convzoo.layers import SPP, DeformableConv2D, NonLocal, deform_conv2d

_THREADS = 2
# With fewer rounds, rows of a few milliseconds are lost in noise.
_SHORT_ROUNDS = 200
_MEMORY_SHAPE = (1, 128, 128, 64)
_MEMORY_STEPS = 3


def main(*arguments):
    tf.config.threading.set_intra_op_parallelism_threads(_THREADS)
    tf.config.threading.set_inter_op_parallelism_threads(_THREADS)
    if arguments:
        print(_added_kilobytes(*arguments))
        return
    print_line("work", "ours", "peer", "ratio", "bar")
    _deform_conv2d()
    _deformable_layer()
    _dot_product()
    _softmax_memory()
    _small_softmax()
    _pyramid("max", keras.layers.AdaptiveMaxPooling2D, "peer/ours >= 3")
    _pyramid("average", keras.layers.AdaptiveAveragePooling2D, "peer/ours")


def _deform_conv2d():
    arrays = _deform_arrays()
    forward, step = _torchvision_runs(*arrays)
    arrays = [tf.constant(array) for array in arrays]
    note = "" if forward else "; torchvision is not installed"
    work = "deform_conv2d 4x64x64x64"
    bar = "peer/ours >= "
    compare(f"{work}, forward", f"{bar}6{note}", _deformed, arrays, forward)
    compare(
        f"{work}, forward and backward",
        f"{bar}12{note}",
        _step(functools.partial(_deformed, training=True)),
        arrays,
        step,
    )


def _deform_arrays():
    """Inputs, kernel, offsets of about two pixels, and mask."""
    random = np.random.default_rng(0)
    arrays = (
        random.normal(size=(4, 64, 64, 64)),
        random.normal(size=(3, 3, 64, 64), scale=1 / 24),
        random.normal(size=(4, 64, 64, 18), scale=2),
        random.uniform(size=(4, 64, 64, 9)),
    )
    return [array.astype("float32") for array in arrays]


def _deformed(inputs, kernel, offset, mask, training=False):
    return deform_conv2d(
        inputs, kernel, offset, mask, padding=1, training=training
    )


def _torchvision_runs(inputs, kernel, offset, mask):
    """Return calls that run forward, and also backward, or None for both."""
    if torchvision_deform_conv2d is None:
        return None, None
    torch.set_num_threads(_THREADS)
    tensors = [
        torch.from_numpy(np.ascontiguousarray(array.transpose(axes)))
        for array, axes in (
            (inputs, (0, 3, 1, 2)),
            (offset, (0, 3, 1, 2)),
            (kernel, (3, 2, 0, 1)),
            (mask, (0, 3, 1, 2)),
        )
    ]
    sources = [tensor.clone().requires_grad_() for tensor in tensors]

    def run(inputs, offset, kernel, mask):
        return torchvision_deform_conv2d(
            inputs, offset, kernel, padding=1, mask=mask
        )

    def forward():
        with torch.no_grad():
            return run(*tensors)

    def step():
        loss = run(*sources).square().mean()
        return loss, torch.autograd.grad(loss, sources)

    return forward, step


def _deformable_layer():
    arrays = [tf.constant(array) for array in _deform_arrays()]
    inputs = arrays[0]
    # With 9 * 64 normal inputs, offsets have standard deviation 2.
    spread = keras.initializers.RandomNormal(stddev=2 / 24, seed=0)
    layer = DeformableConv2D(64, 3, offset_kernel_initializer=spread)
    plain = keras.layers.Conv2D(64, 3, padding="same")
    layer.build(inputs.shape)
    plain.build(inputs.shape)
    peer = calling(plain.call, [inputs])
    compare(
        "DeformableConv2D 4x64x64x64, forward / Conv2D",
        "ours/peer <= 5",
        layer.call,
        [inputs],
        peer,
    )
    compare(
        "deform_conv2d 4x64x64x64, forward / Conv2D",
        "ours/peer",
        _deformed,
        arrays,
        peer,
    )


def _dot_product():
    """Compare with the same layer when it forms and returns the map."""
    inputs = _normal(4, 96, 96, 64)
    layer = _non_local(inputs.shape, mode="dot_product")
    mapped = _non_local(inputs.shape, mode="dot_product", return_attention=True)
    compare(
        "NonLocal dot_product 4x96x96x64, forward and backward",
        "peer/ours >= 50",
        _step(_trained(layer), layer.trainable_variables),
        [inputs],
        calling(
            _step(lambda x: mapped.call(x)[0], mapped.trainable_variables),
            [inputs],
        ),
    )


def _softmax_memory():
    work = "NonLocal embedded_gaussian 1x128x128x64, added MB"
    megabytes = {
        name: child_megabytes("benchmarks.layers", *arguments)
        for name, arguments in {
            "peer": ("none", "graph"),
            "ours": ("auto", "graph"),
            "xla": ("auto", "xla"),
        }.items()
    }
    peer, bar = megabytes["peer"], "peer/ours >= 8"
    print_ratio(work, megabytes["ours"], peer, bar)
    print_ratio(f"{work}, XLA", megabytes["xla"], peer, bar)


def _added_kilobytes(chunk_size, compiler):
    """Return what training steps add to the resident set, in kB."""
    layer = _non_local(
        _MEMORY_SHAPE, chunk_size=None if chunk_size == "none" else "auto"
    )
    inputs = _normal(*_MEMORY_SHAPE)
    step = calling(
        _step(_trained(layer), layer.trainable_variables),
        [inputs],
        jit_compile=compiler == "xla",
    )
    return added_kilobytes(step, _MEMORY_STEPS)


def _small_softmax():
    """Compare with a plain implementation with the same weights."""
    inputs = _normal(1, 28, 28, 64)
    layer = _non_local(inputs.shape)
    plain = functools.partial(_plain_softmax, layer)
    work = "NonLocal embedded_gaussian 1x28x28x64"
    compare(
        f"{work}, forward",
        "ours/peer <= 1",
        layer.call,
        [inputs],
        calling(plain, [inputs]),
        _SHORT_ROUNDS,
    )
    weights = layer.trainable_variables
    compare(
        f"{work}, forward and backward",
        "ours/peer <= 1",
        _step(_trained(layer), weights),
        [inputs],
        calling(_step(plain, weights), [inputs]),
        _SHORT_ROUNDS,
    )


def _plain_softmax(layer, inputs):
    def dense(x, weights):
        kernel, bias = (tf.convert_to_tensor(w) for w in weights.weights)
        return tf.matmul(x, kernel) + bias

    flat = tf.reshape(inputs, (inputs.shape[0], -1, inputs.shape[-1]))
    queries, keys, values = (
        dense(flat, part) for part in (layer.theta, layer.phi, layer.g)
    )
    scale = 1 / math.sqrt(queries.shape[-1])
    attention = tf.nn.softmax(
        tf.matmul(queries * scale, keys, transpose_b=True)
    )
    outputs = dense(tf.matmul(attention, values), layer.out)
    return inputs + tf.reshape(outputs, inputs.shape)


def _pyramid(pooling, peer_class, bar):
    """Compare on maps of unknown size with layers that need static sizes."""
    inputs = _normal(4, 64, 64, 256)
    layer = SPP(bins=(1, 2, 3, 6), pooling=pooling)
    layer.build(inputs.shape)
    peers = [peer_class(size) for size in (2, 3, 6)]
    signature = [tf.TensorSpec((None, None, None, 256))]
    work = f"SPP {pooling} 4x64x64x256"
    compare(
        f"{work}, forward",
        bar,
        layer.call,
        [inputs],
        calling(lambda x: [peer(x) for peer in peers], [inputs]),
        input_signature=signature,
    )
    compare(
        f"{work}, forward and backward",
        "",
        _step(layer.call),
        [inputs],
        input_signature=signature,
    )


def _non_local(shape, **arguments):
    """Create a layer with random weights: a new one returns its inputs."""
    layer = NonLocal(**arguments)
    layer.build(shape)
    random = np.random.default_rng(0)
    for weight in layer.weights:
        weight.assign(random.normal(size=weight.shape, scale=0.1))
    return layer


def _normal(*shape):
    random = np.random.default_rng(0)
    return tf.constant(random.normal(size=shape).astype("float32"))


def _trained(layer):
    return functools.partial(layer.call, training=True)


def _step(function, weights=()):
    """Return a step for the mean of squares and its gradients."""
    variables = [weight.value for weight in weights]

    def step(*arguments):
        with tf.GradientTape() as tape:
            tape.watch(arguments)
            loss = tf.reduce_mean(tf.square(function(*arguments)))
        return loss, tape.gradient(loss, [*arguments, *variables])

    return step


if __name__ == "__main__":
    main(*sys.argv[1:])
