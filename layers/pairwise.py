"""Weighted means over all positions, without a map of all pairs."""

from collections.abc import Callable

from keras import ops

from convzoo.common.types import Tensor
from convzoo.layers.in_parts import in_parts

# Above any product of queries and keys: exp(-_FAR) is 0 in float32.
_FAR = 1e9


def softmax_map(
    queries: Tensor, keys: Tensor, bias: Tensor | None = None
) -> Tensor:
    """Compute the map of all pairs, a softmax over the keys.

    Args:
        queries: Queries, `(batch, positions, inner)`.
        keys: Keys, `(batch, keys, inner)`.
        bias: Bias of the products, of the shape of the map, or None.

    Returns:
        Map, `(batch, positions, keys)`.
    """
    products = _products(queries, keys)
    if bias is not None:
        products = products + bias
    if products.shape[-1] == 1:
        # Keras warns about a softmax over one entry. This is 1 with a gradient
        # of zero; a constant has none, which makes PyTorch warn.
        return ops.exp(products - products)
    return ops.softmax(products, axis=-1)


def dot_product_map(queries: Tensor, keys: Tensor) -> Tensor:
    """Compute the map of all pairs, dot products divided by the number of keys.

    Args:
        queries: Queries, `(batch, positions, inner)`.
        keys: Keys, `(batch, keys, inner)`.

    Returns:
        Map, `(batch, positions, keys)`.
    """
    return _products(queries, keys) / _count(keys)


def softmax_mean(
    queries: Tensor,
    keys: Tensor,
    values: Tensor,
    length: int | None = None,
    training: bool = False,
    bias: Tensor | None = None,
) -> Tensor:
    """Compute the mean of the values, weighted by a softmax over the keys.

    Queries are independent of each other: chunks of any length give the same
    result, and memory is that of the map of one chunk.

    Args:
        queries: Queries, `(batch, positions, inner)`.
        keys: Keys, `(batch, keys, inner)`.
        values: Values, `(batch, keys, channels)`.
        length: Number of queries in a chunk. None for all.
        training: Whether a backward pass follows.
        bias: Bias of the products, `(batch, positions, keys)`, or None.

    Returns:
        Means, `(batch, positions, channels)`.
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
    """Compute the mean of the values, weighted by dot products.

    By associativity, (queries keys^T) values = queries (keys^T values), which
    is linear in the number of positions.

    Args:
        queries: Queries, `(batch, positions, inner)`.
        keys: Keys, `(batch, keys, inner)`.
        values: Values, `(batch, keys, channels)`.

    Returns:
        Means, `(batch, positions, channels)`.
    """
    keys = keys / _count(keys)
    return ops.matmul(
        queries, ops.matmul(ops.transpose(keys, (0, 2, 1)), values)
    )


def relu_sum_map(queries: Tensor, keys: Tensor) -> Tensor:
    """Compute the map of all pairs, relu(query + key) over the number of keys.

    Args:
        queries: Queries, `(batch, positions, 1)`.
        keys: Keys, `(batch, keys, 1)`.

    Returns:
        Map, `(batch, positions, keys)`.
    """
    pairs = ops.relu(queries + ops.transpose(keys, (0, 2, 1)))
    return pairs / _count(keys)


def relu_sum_mean(queries: Tensor, keys: Tensor, values: Tensor) -> Tensor:
    """Compute the mean of the values, weighted by relu(query + key).

    For a query a, the sum of (a + b_j) v_j over the keys with b_j > -a is a
    times a cumulative sum of the v_j, plus one of the b_j v_j, in descending
    order of the b_j. By sorting it takes O(N log N) instead of N^2, and no map.

    Args:
        queries: Queries, `(batch, positions, 1)`.
        keys: Keys, `(batch, keys, 1)`.
        values: Values, `(batch, keys, channels)`.

    Returns:
        Means, `(batch, positions, channels)`.
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
    """Append an entry to queries and keys that masks keys in any softmax.

    Args:
        queries: Queries, `(batch, positions, inner)`.
        keys: Keys, `(batch, keys, inner)`.
        mask: `(batch, keys, 1)`, 1 for valid keys, else 0.

    Returns:
        Queries and keys with `inner + 1` entries.
    """
    ones = ops.ones_like(queries[:, :, :1])
    return (
        ops.concatenate([queries, ones], axis=-1),
        ops.concatenate([keys, (mask - 1) * _FAR], axis=-1),
    )


def mean_weights(mask: Tensor) -> Tensor:
    """Compute weights that make a mean over all values one over valid ones.

    Args:
        mask: `(batch, keys, 1)`, 1 for valid keys, else 0.

    Returns:
        Weights of the values, `(batch, keys, 1)`.
    """
    valid = ops.maximum(ops.sum(mask, axis=1, keepdims=True), 1)
    return mask * (_count(mask) / valid)


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
    """Return `rows[b, index[b, i]]`, by a gather on a flat table."""
    batch, count, channels = ops.shape(rows)
    first = ops.arange(batch, dtype="int32") * count
    flat = ops.cast(index, "int32") + ops.expand_dims(first, 1)
    taken = ops.take(ops.reshape(rows, (-1, channels)), flat, axis=0)
    return ops.reshape(taken, (-1, ops.shape(index)[1], channels))
