"""A residual block over time of `BallMotion`."""

from typing import Any

import keras
from keras import layers, ops

from convzoo.common.types import Shape, Tensor
from convzoo.layers.seeded_dropout import seeded_dropout


class MotionBlock(keras.layers.Layer):
    """A gated dilated convolution of three frames, with a residual connection.

    The convolution is a dense layer on shifted copies: dilated convolutions
    over an open number of frames are exported as a detour over blocks.

    Args:
        width: Number of channels.
        dilation: Number of frames between the frames that are seen.
        causal: Whether these frames are the frame itself and two before it,
            instead of one before and one after.
        dropout: Dropout rate of the residual branch.
        **kwargs: Arguments of `keras.layers.Layer`.

    Call arguments:
        x: Frames `(batch, frames, width)`.
        inside: 1 for frames, 0 for padding, `(batch, frames, 1)`.

    Output shape: that of `x`; 0 where `inside` is 0.
    """

    def __init__(
        self,
        width: int,
        dilation: int,
        causal: bool,
        dropout: float,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        policy = {"dtype": self.dtype_policy}
        self.width = width
        shifts = (2, 1, 0) if causal else (1, 0, -1)
        self.shifts = [shift * dilation for shift in shifts]
        self.norm = layers.LayerNormalization(**policy)
        self.gated = layers.Dense(2 * width, **policy)
        self.narrow = layers.Dense(width, **policy)
        self.drop = seeded_dropout(dropout, **policy)

    def build(self, shape: Shape, *_: Any) -> None:
        self.norm.build((None, None, self.width))
        self.gated.build((None, None, 3 * self.width))
        self.narrow.build((None, None, self.width))

    def call(self, x: Tensor, inside: Tensor, training: bool = False) -> Tensor:
        inside = ops.cast(inside, x.dtype)
        z = self.norm(x) * inside
        z = ops.concatenate([shifted(z, each) for each in self.shifts], axis=2)
        z = self.gated(z)
        z = z[:, :, : self.width] * ops.sigmoid(z[:, :, self.width :])
        return (x + self.drop(self.narrow(z), training=training)) * inside

    def compute_output_shape(self, shape: Shape, *_: Any) -> Shape:
        return shape


def shifted(x: Tensor, frames: int) -> Tensor:
    """Move `(batch, frames, channels)` to later frames, with zeros before.

    Args:
        x: The tensor.
        frames: Number of frames; negative to move to earlier ones.
    """
    if frames == 0:
        return x
    count = ops.shape(x)[1]
    before, after = max(frames, 0), max(-frames, 0)
    padded = ops.pad(x, [(0, 0), (before, after), (0, 0)])
    return padded[:, after : after + count]
