"""Time of TensorFlow's CPU kernels on rows of pixels, one kernel at a time.

    python -m benchmarks.row_sums

Prints nanoseconds of processor time per number, on two threads, for the 36 rows
of 64 channels that a deformable convolution reads around each of 16,384
positions; they explain its training time without XLA. The work is in 16 parts,
which reuse memory; medians of 9 rounds. The sorted sum includes the sorting.
"""

import os
import statistics
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
import tensorflow as tf

_IMAGES, _SIZE, _CHANNELS, _TERMS = 4, 64, 64, 36
_PARTS, _ROUNDS = 16, 9


def main():
    tf.config.threading.set_intra_op_parallelism_threads(2)
    tf.config.threading.set_inter_op_parallelism_threads(2)
    random = np.random.default_rng(0)
    rows, indices = _rows_around(random)
    count = len(indices) // _PARTS
    table = tf.constant(random.random((rows, _CHANNELS), "float32"))
    values = tf.constant(random.random((count, _CHANNELS), "float32"))
    weights = tf.constant(random.random((count, 1), "float32"))
    kernels = {
        "unsorted_segment_sum": lambda i: tf.math.unsorted_segment_sum(
            values, i, rows
        ),
        "scatter_nd": lambda i: tf.scatter_nd(
            tf.expand_dims(i, 1), values, (rows, _CHANNELS)
        ),
        "segment_sum, sorted": lambda i: tf.math.segment_sum(
            values, tf.sort(i)
        ),
        "gather": lambda i: tf.gather(table, i),
        "product with a weight": lambda i: (
            values * (weights + tf.cast(i[0], "float32"))
        ),
    }
    for name, kernel in kernels.items():
        nanoseconds = _nanoseconds(kernel, tf.constant(indices), count)
        print(f"{name:<24} {nanoseconds:.2f} ns per number", flush=True)


def _rows_around(random):
    """Return the size of a table of pixels, and rows around each position.

    Rows are about two pixels from their position.
    """
    y, x = np.mgrid[:_SIZE, :_SIZE]
    shape = (_IMAGES, _SIZE, _SIZE, _TERMS)
    y = np.expand_dims(y, (0, 3)) + np.round(random.normal(size=shape) * 2)
    x = np.expand_dims(x, (0, 3)) + np.round(random.normal(size=shape) * 2)
    image = np.arange(_IMAGES).reshape(-1, 1, 1, 1)
    y, x = (np.clip(v, 0, _SIZE - 1).astype("int32") for v in (y, x))
    indices = ((image * _SIZE + y) * _SIZE + x).reshape(-1)
    return _IMAGES * _SIZE**2, indices.astype("int32")


def _nanoseconds(kernel, indices, count):
    @tf.function
    def run(indices):
        parts = tf.split(indices, _PARTS)
        return tf.add_n([tf.reduce_max(kernel(part)) for part in parts])

    run(indices)
    seconds = []
    for _ in range(_ROUNDS):
        start = time.process_time()
        run(indices).numpy()
        seconds.append(time.process_time() - start)
    return 1e9 * statistics.median(seconds) / (_PARTS * count * _CHANNELS)


if __name__ == "__main__":
    main()
