"""The ball over time, from predictions of each frame and known balls.

Bai et al. 2018, An Empirical Evaluation of Generic Convolutional and Recurrent
Networks for Sequence Modeling, https://arxiv.org/abs/1803.01271.

What differs from the paper: convolutions see both directions unless `causal`,
and are gated; the output is a weighted mean of candidates and an offset.
"""

from collections.abc import Callable, Sequence
from typing import Any

import keras
import numpy as np
from keras import layers, ops

from convzoo.common.checks import (
    check_above,
    check_flag,
    check_number,
    check_positive,
)
from convzoo.common.types import Tensor
from convzoo.losses import BallPath
from convzoo.zoo.football.motion_block import MotionBlock, shifted
from convzoo.zoo.football.motion_inputs import (
    CANDIDATES,
    EVIDENCE,
    checked_inputs,
    first_of,
    is_there,
    seen_evidence,
    shares_of,
    without_nan,
)
from convzoo.zoo.pretrained import Pretrained

# Units in which the network sees metres between candidates, metres per second,
# and metres on the pitch.
_APART, _SPEED, _AWAY = 10.0, 5.0, 50.0
# Metres per unit of the outputs.
_OFFSET, _WIDE = 5.0, 2.0


@keras.saving.register_keras_serializable(package="convzoo")
class BallMotion(Pretrained, keras.Model):
    """Follows the ball over the frames of a game.

    The input are candidates of the ball's position in each frame, and evidence
    for them; `motion_frames` makes both from the predictions of a
    `BallPositionPredictor` and from known balls.

    Args:
        width: Number of channels.
        dilations: Dilations of the blocks, in frames.
        causal: Whether a frame sees earlier frames only.
        frame_rate: Frames per second of the input.
        dropout: Dropout rate of the residual branches.
        radius_scales: Factors of `radius_50` and `radius_90`, which calibrate
            them.
        **kwargs: `name` and `dtype` of `keras.Model`.

    Call arguments:
        inputs: As below.
        training: Whether the call is for training.

    Input: a dictionary.
        places: Candidates `(batch, frames, 6, 2)` in metres from the centre
            spot, in the order of `CANDIDATES`; NaN where one is missing.
        velocities: Their velocities `(batch, frames, 6, 2)` in metres per
            second; NaN where unknown.
        evidence: Values `(batch, frames, 12)` in the order of `EVIDENCE`.

    Output: a dictionary.
        position: Positions `(batch, frames, 2)` in metres.
        radius_50, radius_90: Radii `(batch, frames)` in metres of the circles
            around `position` that contain the ball with this probability.

    Raises:
        ValueError: If an argument is invalid, or if the inputs have other keys
            or shapes.

    Example:

    >>> import numpy as np
    >>> from convzoo.zoo import BallMotion
    >>> model = BallMotion(width=8, dilations=(1, 2))
    >>> random = np.random.default_rng(0)
    >>> found = model({
    ...     "places": random.uniform(-30, 30, (1, 50, 6, 2)),
    ...     "velocities": random.normal(0, 3, (1, 50, 6, 2)),
    ...     "evidence": np.ones((1, 50, 12)),
    ... })
    >>> found["position"].shape
    TensorShape([1, 50, 2])
    """

    def __init__(
        self,
        width: int = 64,
        dilations: Sequence[int] = (1, 2, 4, 8, 16, 1, 2, 4, 8),
        causal: bool = False,
        frame_rate: float = 5.0,
        dropout: float = 0.1,
        radius_scales: tuple[float, float] = (1.0, 1.0),
        **kwargs: Any,
    ) -> None:
        check_positive("width", width)
        _check_dilations(dilations)
        check_flag("causal", causal)
        check_above("frame_rate", frame_rate, 0)
        check_number("dropout", dropout, 0, 1)
        _check_scales(radius_scales)
        super().__init__(**kwargs)
        self.width = width
        self.dilations = tuple(dilations)
        self.causal = causal
        self.frame_rate = frame_rate
        self.dropout = dropout
        self.radius_scales = tuple(radius_scales)
        policy = {"dtype": self.dtype_policy}
        self.enter = layers.Dense(width, **policy)
        self.blocks = [
            MotionBlock(width, each, causal, dropout, **policy)
            for each in self.dilations
        ]
        self.norm = layers.LayerNormalization(**policy)
        # At first, all candidates count alike.
        self.leave = layers.Dense(
            len(CANDIDATES) + 4, kernel_initializer="zeros", **policy
        )
        self.build()

    def build(self, *_: Any) -> None:
        # Positions, velocities and presence of the candidates, the evidence,
        # and the position and velocity of the reference.
        channels = 5 * len(CANDIDATES) + len(EVIDENCE) + 4
        self.enter.build((None, None, channels))
        shape = (None, None, self.width)
        for layer in (*self.blocks, self.norm, self.leave):
            layer.build(shape)
        self.built = True

    def call(
        self, inputs: dict[str, Tensor], training: bool = False
    ) -> dict[str, Tensor]:
        seen = checked_inputs(inputs)
        there = [is_there(each) for each in seen["places"]]
        places = [without_nan(each) for each in seen["places"]]
        inside = seen["evidence"][:, :, :1]
        x = self.enter(self._features(seen, places, there)) * inside
        for block in self.blocks:
            x = block(x, inside, training=training)
        x = ops.cast(self.leave(self.norm(x)), "float32")
        shares = shares_of(x[:, :, : len(CANDIDATES)], there)
        offset, radii = x[:, :, -4:-2], ops.softplus(x[:, :, -2:]) * _WIDE
        position = offset * _OFFSET + sum(
            shares[:, :, index : index + 1] * each
            for index, each in enumerate(places)
        )
        inner, more = radii[:, :, 0], radii[:, :, 1]
        of_50, of_90 = self.radius_scales
        return {
            "position": position,
            "radius_50": of_50 * inner,
            "radius_90": of_90 * (inner + more),
        }

    def _features(
        self,
        seen: dict[str, Any],
        places: list[Tensor],
        there: list[Tensor],
    ) -> Tensor:
        reference = first_of(places, there)
        apart = [
            (place - reference) * here / _APART
            for place, here in zip(places, there, strict=True)
        ]
        speeds = [without_nan(each) / _SPEED for each in seen["velocities"]]
        inside = seen["evidence"][:, :, :1]
        before = inside * shifted(inside, 1)
        step = (reference - shifted(reference, 1)) * before
        return ops.concatenate(
            [
                *apart,
                *speeds,
                *there,
                seen_evidence(seen["evidence"]),
                reference / _AWAY,
                step * (self.frame_rate / _SPEED),
            ],
            axis=2,
        )

    def compile(
        self,
        optimizer: str | keras.optimizers.Optimizer = "adam",
        loss: BallPath | None = None,
        **kwargs: Any,
    ) -> None:
        """Configure the model for training.

        The targets of `fit` are ball positions `(batch, frames, 2)`, NaN in
        frames that do not count.

        Args:
            optimizer: Optimizer, as in `keras.Model.compile`.
            loss: A `BallPath`. None for one with its defaults.
            **kwargs: Other arguments of `keras.Model.compile`.
        """
        loss = BallPath() if loss is None else loss
        if not isinstance(loss, BallPath):
            raise ValueError(
                f"`loss` must be a BallPath. Received: loss={loss!r}"
            )
        super().compile(optimizer=optimizer, loss=loss, **kwargs)

    def compute_loss(
        self,
        x: Any = None,
        y: Tensor = None,
        y_pred: Any = None,
        sample_weight: Tensor = None,
        training: bool = True,
    ) -> Tensor:
        return self.loss(y, y_pred, sample_weight) + sum(self.losses)

    @property
    def serve(self) -> Callable[..., dict[str, Tensor]]:
        """The function to export."""
        return self._serve

    def _serve(
        self, places: Tensor, velocities: Tensor, evidence: Tensor
    ) -> dict[str, Tensor]:
        inputs = {
            "places": places,
            "velocities": velocities,
            "evidence": evidence,
        }
        return self(inputs, training=False)

    @property
    def preprocessing(self) -> str:
        return (
            "Candidates of the ball in metres from the centre spot, and "
            f"evidence, at {self.frame_rate:g} frames per second"
        )

    @property
    def serving_inputs(self) -> dict[str, tuple[int | str, ...]]:
        """Names and shapes of the inputs of `serve`; open sizes are names."""
        vectors = ("batch", "frames", len(CANDIDATES), 2)
        return {
            "places": vectors,
            "velocities": vectors,
            "evidence": ("batch", "frames", len(EVIDENCE)),
        }

    @property
    def serving_scales(self) -> dict[str, float]:
        """Scales of the outputs: lengths on a pitch."""
        return dict.fromkeys(("position", "radius_50", "radius_90"), 105.0)

    def serving_examples(
        self, shapes: dict[str, tuple[int, ...]], random: np.random.Generator
    ) -> dict[str, np.ndarray]:
        """Random candidates; some are missing."""
        places = random.uniform(-30, 30, shapes["places"])
        places[random.random(places.shape[:-1]) < 0.2] = np.nan
        evidence = random.uniform(0, 1, shapes["evidence"])
        evidence[:, :, 0] = 1
        velocities = random.normal(0, 3, shapes["velocities"])
        examples = {
            "places": places,
            "velocities": velocities,
            "evidence": evidence,
        }
        return {name: a.astype("float32") for name, a in examples.items()}

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), **self.arguments}


def _check_dilations(dilations: Any) -> None:
    if not isinstance(dilations, (tuple, list)) or not dilations:
        raise ValueError(
            "`dilations` must be a sequence of positive integers. Received: "
            f"dilations={dilations!r}"
        )
    for index, each in enumerate(dilations):
        check_positive(f"dilations[{index}]", each)


def _check_scales(scales: Any) -> None:
    if not isinstance(scales, (tuple, list)) or len(scales) != 2:
        raise ValueError(
            "`radius_scales` must be two numbers. Received: "
            f"radius_scales={scales!r}"
        )
    for index, each in enumerate(scales):
        check_above(f"radius_scales[{index}]", each, 0)
