"""Sums of weighted rows of a table: what interpolation by gathering is."""

import keras
from keras import ops


def weighted_rows(table, indices, weights):
    """`outputs[n] = sum over j of weights[n, j] * table[indices[n, j]]`.

    Args:
        table: `(rows, channels)`.
        indices: integers `(positions, terms)`, rows of the table.
        weights: `(positions, terms)`.

    Returns:
        `(positions, channels)`.
    """
    if keras.config.backend() != "tensorflow":
        return _forward(table, indices, weights)

    # TensorFlow would keep the gathered rows, terms * positions of them, and
    # add up their gradients by `unsorted_segment_sum`, which costs twice the
    # processor time of `scatter_nd`: a deformable convolution then takes 1.1
    # times as long to train. Gathering again costs next to nothing.
    @ops.custom_gradient
    def forward(table, weights):
        def backward(gradient):
            rows = _rows(table, indices)
            to_weights = ops.squeeze(
                ops.matmul(rows, ops.expand_dims(gradient, 2)), 2
            )
            terms = ops.expand_dims(weights, 2) * ops.expand_dims(gradient, 1)
            to_table = ops.scatter(
                ops.expand_dims(indices, 2), terms, ops.shape(table)
            )
            return to_table, to_weights

        return _forward(table, indices, weights), backward

    return forward(table, weights)


def _forward(table, indices, weights):
    rows = _rows(table, indices)
    return ops.squeeze(ops.matmul(ops.expand_dims(weights, 1), rows), 1)


def _rows(table, indices):
    # In line: JAX loses a dimension where the table is empty.
    rows = ops.take(table, ops.reshape(indices, (-1,)), axis=0)
    return ops.reshape(rows, (-1, indices.shape[1], table.shape[1]))
