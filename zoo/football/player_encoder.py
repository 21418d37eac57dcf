"""What each player is in the game, seen from all others.

Qi et al. 2017, PointNet, https://arxiv.org/abs/1612.00593; Wang et al. 2019,
Dynamic Graph CNN for Learning on Point Clouds,
https://arxiv.org/abs/1801.07829, for functions of pairs, pooled.

What differs from the papers: pairs are all pairs, with their distance,
directions and velocities; attention by `NonLocal` between the poolings, in
which what is known of a pair counts beside the tokens.
"""

from typing import Any

import keras
from keras import layers, ops

from convzoo.common.types import Shape, Tensor
from convzoo.layers import NonLocal
from convzoo.layers.seeded_dropout import seeded_dropout

# Times that a function of pairs has fewer channels than a token: there are as
# many pairs as players squared, and most of the time goes into them.
_PAIR_REDUCTION = 3


class PlayerEncoder(keras.layers.Layer):
    """Tokens of players: `depth` times pairs, attention, and a dense network.

    Args:
        width: channels of a token.
        depth: how many blocks there are.
        heads: how many `NonLocal` look at once in a block.
        dropout: share of what a block adds that is dropped in training.

    Call arguments:
        features: `(batch, n, channels)` of the players.
        pairs: `(batch, n, n, channels)`, what the second is to the first.
        counted: `(batch, n, n, 1)`, 1 for the pairs that count, else 0.
        seen: `(batch, n, 1)`, 1 for the players who count, else 0.

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
        added = self._of_pairs(self.norms[0](x), pairs, counted)
        x = x + self.drop(added, training=training)
        added = self._of_attention(self.norms[1](x), pairs, seen, training)
        x = x + self.drop(added, training=training)
        added = self.narrow(self.wide(self.norms[2](x)))
        return x + self.drop(added, training=training)

    def _of_attention(
        self, z: Tensor, pairs: Tensor, seen: Tensor, training: bool
    ) -> Tensor:
        """What the heads add, each with its own view of pairs."""
        mask = seen[:, :, 0] > 0
        bias = self.bias(pairs)
        return sum(
            head(z, mask=mask, bias=bias[:, :, :, index], training=training) - z
            for index, head in enumerate(self.heads)
        )

    def _of_pairs(self, z: Tensor, pairs: Tensor, counted: Tensor) -> Tensor:
        """The largest and the mean of a function of each pair."""
        own = ops.expand_dims(self.own(z), 2)
        other = ops.expand_dims(self.other(z), 1)
        counted = ops.cast(counted, z.dtype)
        # At least 0, so that 0 is as good as left out of the maximum.
        values = ops.relu(own + other + self.between(pairs)) * counted
        count = ops.maximum(ops.sum(counted, axis=2), 1)
        pooled = [ops.max(values, axis=2), ops.sum(values, axis=2) / count]
        return self.pooled(ops.concatenate(pooled, axis=2))
