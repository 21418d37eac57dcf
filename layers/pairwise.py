"""Weighted means over all positions, without a map of all pairs of them.

Every function takes queries `(batch, positions, inner)`, or what stands for
them, and keys and values `(batch, keys, inner)`, and returns `(batch,
positions, inner)`.
"""

from collections.abc import Callable

from keras import ops

from convzoo.common.types import Tensor
from convzoo.layers.in_parts import in_parts

# Below any product of queries and keys: its exponential is 0 in float32.
_FAR = 1e9


def softmax_map(
    queries: Tensor, keys: Tensor, bias: Tensor | None = None
) -> Tensor:
    """The map of all pairs: softmax over the keys, `(batch, N, keys)`.

    Args:
        bias: added to the products, of the shape of the map; or None.
    """
    products = _products(queries, keys)
    if bias is not None:
        products = products + bias
    if products.shape[-1] == 1:
        # Keras takes this for a mistake, and warns. One, with a gradient of
        # zero: without any, it warns on PyTorch.
        return ops.exp(products - products)
    return ops.softmax(products, axis=-1)


def dot_product_map(queries: Tensor, keys: Tensor) -> Tensor:
    """The map of all pairs: dot products over N, `(batch, N, keys)`."""
    return _products(queries, keys) / _count(keys)


def softmax_mean(
    queries: Tensor,
    keys: Tensor,
    values: Tensor,
    length: int | None = None,
    training: bool = False,
    bias: Tensor | None = None,
) -> Tensor:
    """Values weighted by a softmax over the keys.

    Queries do not depend on each other: in parts of any length the result is
    the same, and memory is that of a part's map, not of the whole one.

    Args:
        length: queries in one part; None for all.
        training: whether a backward pass follows.
        bias: as in `softmax_map`.
    """
    function: Callable[..., Tensor] = _softmax_mean
    divided: tuple[Tensor, ...] = (queries,)
    if bias is not None:
        function, divided = _biased_softmax_mean, (queries, bias)
    if length is None:
        return function(*divided, keys, values)
    return in_parts(
        function, length, 1, divided, keys, values, training=training
    )


def dot_product_mean(queries: Tensor, keys: Tensor, values: Tensor) -> Tensor:
    """Values weighted by the dot products over N, by associativity.

    (queries keys^T) values = queries (keys^T values): linear in the positions.
    """
    keys = keys / _count(keys)
    return ops.matmul(
        queries, ops.matmul(ops.transpose(keys, (0, 2, 1)), values)
    )


def relu_sum_map(queries: Tensor, keys: Tensor) -> Tensor:
    """The map of all pairs: relu(query + key) over N, `(batch, N, keys)`.

    Args:
        queries, keys: `(batch, positions, 1)` and `(batch, keys, 1)`.
    """
    pairs = ops.relu(queries + ops.transpose(keys, (0, 2, 1)))
    return pairs / _count(keys)


def relu_sum_mean(queries: Tensor, keys: Tensor, values: Tensor) -> Tensor:
    """Values weighted by relu(query + key) over N, by sorting.

    For query a, the sum of (a + b_j) v_j over the keys with b_j > -a is a times
    a running sum of the v_j, plus one of the b_j v_j, in falling order of the
    b_j: O(N log N) instead of N^2, and no map.

    Args:
        queries, keys: `(batch, positions, 1)` and `(batch, keys, 1)`.
    """
    batch, count, _ = ops.shape(queries)
    values = values / _count(keys)
    terms = ops.concatenate([values, keys * values], axis=-1)
    terms = ops.concatenate(
        [terms, ops.zeros_like(terms[:, :1]) + ops.zeros_like(queries)], axis=1
    )
    thresholds = ops.concatenate([keys, -queries], axis=1)
    order = ops.argsort(-ops.stop_gradient(thresholds[:, :, 0]), axis=1)
    sums = ops.cumsum(_take_rows(terms, order), axis=1)
    rank = ops.argsort(order, axis=1)[:, ops.shape(keys)[1] :]
    sums, scaled_sums = ops.split(_take_rows(sums, rank), 2, axis=-1)
    return queries * sums + scaled_sums


def masked(
    queries: Tensor, keys: Tensor, mask: Tensor
) -> tuple[Tensor, Tensor]:
    """Queries and keys with one entry more, so that a softmax over their
    products leaves out the keys that do not count, in any of its forms.

    Args:
        mask: `(batch, keys, 1)`, 1 where a key counts, else 0.
    """
    ones = ops.ones_like(queries[:, :, :1])
    return (
        ops.concatenate([queries, ones], axis=-1),
        ops.concatenate([keys, (mask - 1) * _FAR], axis=-1),
    )


def shares(mask: Tensor) -> Tensor:
    """What to weigh values with, so that a mean over all is one over those
    that count: `(batch, keys, 1)`, as `mask`.
    """
    counted = ops.maximum(ops.sum(mask, axis=1, keepdims=True), 1)
    return mask * (_count(mask) / counted)


def _softmax_mean(queries: Tensor, keys: Tensor, values: Tensor) -> Tensor:
    return ops.matmul(softmax_map(queries, keys), values)


def _biased_softmax_mean(
    queries: Tensor, bias: Tensor, keys: Tensor, values: Tensor
) -> Tensor:
    return ops.matmul(softmax_map(queries, keys, bias), values)


def _products(queries: Tensor, keys: Tensor) -> Tensor:
    return ops.matmul(queries, ops.transpose(keys, (0, 2, 1)))


def _count(keys: Tensor) -> Tensor:
    return ops.cast(ops.shape(keys)[1], keys.dtype)


def _take_rows(rows: Tensor, index: Tensor) -> Tensor:
    """`rows[b, index[b, i]]`, by a gather on a flat table."""
    batch, count, channels = ops.shape(rows)
    first = ops.arange(batch, dtype="int32") * count
    flat = ops.cast(index, "int32") + ops.expand_dims(first, 1)
    taken = ops.take(ops.reshape(rows, (-1, channels)), flat, axis=0)
    return ops.reshape(taken, (-1, ops.shape(index)[1], channels))
