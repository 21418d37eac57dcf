"""An encoder of the players of a frame, from their pairwise relations.

Qi et al. 2017, PointNet, https://arxiv.org/abs/1612.00593; Wang et al. 2019,
Dynamic Graph CNN for Learning on Point Clouds,
https://arxiv.org/abs/1801.07829, for pooled functions of pairs.

What differs from the papers: all pairs count, with their distances, directions
and velocities; poolings alternate with attention by `NonLocal`, which has a
bias from the features of each pair.
"""

from typing import Any

import keras
from keras import layers, ops

from convzoo.common.types import Shape, Tensor
from convzoo.layers import NonLocal
from convzoo.layers.seeded_dropout import seeded_dropout

# Channel reduction for pairs. Their number is quadratic in that of the players,
# and they take most of the time.
_PAIR_REDUCTION = 3


class PlayerEncoder(keras.layers.Layer):
    """Encodes players as tokens.

    Each block has a pooled function of pairs, attention, and a feed-forward
    network, all residual.

    Args:
        width: Number of channels of a token.
        depth: Number of blocks.
        heads: Number of attention heads per block.
        dropout: Dropout rate of the residual branches.
        **kwargs: Arguments of `keras.layers.Layer`.

    Call arguments:
        features: Features `(batch, n, channels)` of the players.
        pairs: Features `(batch, n, n, channels)` of the second player relative
            to the first.
        counted: Mask of pairs `(batch, n, n, 1)`: 1 to include, else 0.
        seen: Mask of players `(batch, n, 1)`: 1 to include, else 0.

    Output shape: `(batch, n, width)`.
    """

    def __init__(
        self,
        width: int = 96,
        depth: int = 4,
        heads: int = 3,
        dropout: float = 0.1,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.width = width
        self.enter = layers.Dense(width, dtype=self.dtype_policy)
        self.blocks = [
            _Block(width, heads, dropout, dtype=self.dtype_policy)
            for _ in range(depth)
        ]
        self.norm = layers.LayerNormalization(dtype=self.dtype_policy)

    def build(self, features_shape: Shape, pairs_shape: Shape, *_: Any) -> None:
        self.enter.build(features_shape)
        shape = (None, None, self.width)
        for block in self.blocks:
            block.build(shape, pairs_shape)
        self.norm.build(shape)

    def call(
        self,
        features: Tensor,
        pairs: Tensor,
        counted: Tensor,
        seen: Tensor,
        training: bool = False,
    ) -> Tensor:
        x = self.enter(features)
        for block in self.blocks:
            x = block(x, pairs, counted, seen, training=training)
        return self.norm(x)

    def compute_output_shape(self, features_shape: Shape, *_: Any) -> Shape:
        return (*features_shape[:2], self.width)


class _Block(keras.layers.Layer):
    def __init__(
        self, width: int, heads: int, dropout: float, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        policy = {"dtype": self.dtype_policy}
        self.width = width
        self.norms = [layers.LayerNormalization(**policy) for _ in range(3)]
        self.channels = max(width // _PAIR_REDUCTION, 1)
        self.own = layers.Dense(self.channels, **policy)
        self.other = layers.Dense(self.channels, use_bias=False, **policy)
        self.between = layers.Dense(self.channels, use_bias=False, **policy)
        self.pooled = layers.Dense(width, **policy)
        self.bias = layers.Dense(heads, use_bias=False, **policy)
        self.heads = [
            NonLocal(reduction=heads, chunk_size=None, **policy)
            for _ in range(heads)
        ]
        self.wide = layers.Dense(2 * width, activation="gelu", **policy)
        self.narrow = layers.Dense(width, **policy)
        self.drop = seeded_dropout(dropout, **policy)

    def build(self, shape: Shape, pairs_shape: Shape) -> None:
        for part in (*self.norms, self.own, self.other, *self.heads, self.wide):
            part.build(shape)
        for part in (self.between, self.bias):
            part.build(pairs_shape)
        self.pooled.build((None, None, 2 * self.channels))
        self.narrow.build((None, None, 2 * self.width))

    def call(
        self,
        x: Tensor,
        pairs: Tensor,
        counted: Tensor,
        seen: Tensor,
        training: bool = False,
    ) -> Tensor:
        added = self._pooled_pairs(self.norms[0](x), pairs, counted)
        x = x + self.drop(added, training=training)
        added = self._attention(self.norms[1](x), pairs, seen, training)
        x = x + self.drop(added, training=training)
        added = self.narrow(self.wide(self.norms[2](x)))
        return x + self.drop(added, training=training)

    def _attention(
        self, z: Tensor, pairs: Tensor, seen: Tensor, training: bool
    ) -> Tensor:
        """Sum of the heads, each with its own bias from the pairs."""
        mask = seen[:, :, 0] > 0
        bias = self.bias(pairs)
        return sum(
            head(z, mask=mask, bias=bias[:, :, :, index], training=training) - z
            for index, head in enumerate(self.heads)
        )

    def _pooled_pairs(
        self, z: Tensor, pairs: Tensor, counted: Tensor
    ) -> Tensor:
        """Maximum and mean over the other players of a function of pairs."""
        own = ops.expand_dims(self.own(z), 2)
        other = ops.expand_dims(self.other(z), 1)
        counted = ops.cast(counted, z.dtype)
        # Values are at least 0: a masked 0 never exceeds the maximum.
        values = ops.relu(own + other + self.between(pairs)) * counted
        count = ops.maximum(ops.sum(counted, axis=2), 1)
        pooled = [ops.max(values, axis=2), ops.sum(values, axis=2) / count]
        return self.pooled(ops.concatenate(pooled, axis=2))
