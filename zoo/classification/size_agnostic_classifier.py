"""Image classifier for images of any size.

He, Zhang, Ren and Sun 2014, Spatial Pyramid Pooling in Deep Convolutional
Networks for Visual Recognition, https://arxiv.org/abs/1406.4729.

What differs from the paper: a residual network instead of an AlexNet-style one,
one dense layer after the pyramid instead of three, and batches that contain
several image sizes.
"""

from collections.abc import Callable, Sequence
from typing import Any, Self, get_args

import keras
import numpy as np
from keras import layers, ops

from convzoo.common.checks import (
    check_choice,
    check_flag,
    check_number,
    check_positive,
)
from convzoo.common.choices import Backbone, Pooling
from convzoo.common.types import Shape, Tensor
from convzoo.common.unit_range import unit_range
from convzoo.layers import SPP
from convzoo.layers.seeded_dropout import seeded_dropout
from convzoo.layers.sizes import checked_sizes, valid_area
from convzoo.zoo.classification.classifier_networks import (
    Unit,
    network_in_network,
    plain,
    residual,
)
from convzoo.zoo.images.standardized import standardized
from convzoo.zoo.pretrained import Pretrained

_NETWORKS: dict[str, Callable[[int, keras.DTypePolicy], list[Unit]]] = {
    "residual": residual,
    "network_in_network": network_in_network,
    "plain": plain,
}
_KEYS = {"images", "sizes"}


@keras.saving.register_keras_serializable(package="convzoo")
class SizeAgnosticClassifier(Pretrained, keras.Model):
    """Convolutional backbone, spatial pyramid pooling and a dense layer.

    Images are passed alone, in a batch of one size, or in a batch of several
    sizes that are padded to one. In a padded batch, each image gets the logits
    that it gets alone, and in training only its own pixels count.

    Args:
        num_classes: Number of classes.
        backbone: `"residual"`; `"network_in_network"`, a chain of `MLPConv`
            layers; `"plain"`, the same chain with single convolutions; or a
            Keras model that outputs feature maps for images of any size, such
            as one of `keras.applications` with `include_top=False`.
        bins: As in `SPP`.
        pooling: As in `SPP`.
        width: Number of output channels of the first convolution of the named
            backbones.
        dropout: Fraction of the pooled features to drop.
        image_range: Lowest and highest pixel value. Named backbones map it to
            [-1, 1]; a Keras model receives images unchanged.
        class_names: Name of each class, or None.
        standardize: Whether named backbones standardise each image to mean 0
            and standard deviation 1 over its pixels and channels instead, which
            removes brightness and contrast.
        grid: Side of a square grid to which the maps of the first convolution
            are average-pooled, with the bins of `SPP`, or None. If an object
            fills its image, the image size determines its scale: the rest of
            the network then sees a single scale, and does not have to learn
            each one, without any warping of pixels.
        **kwargs: `name` and `dtype` of `keras.Model`.

    Input shape: `(batch, height, width, 3)`; or a dictionary `{"images":
        (batch, height, width, 3), "sizes": (batch, 2)}` of padded images and
        the integer rows and columns that are valid, from the top left corner.
    Output shape: `(batch, num_classes)`, logits in float32.

    Raises:
        ValueError: If an argument is invalid, `standardize` or `grid` is set
            for a Keras model, or `sizes` exceed the images or are passed for a
            Keras model, which cannot ignore padding.

    Example:

    >>> import numpy as np
    >>> from convzoo.zoo import SizeAgnosticClassifier
    >>> model = SizeAgnosticClassifier(10, width=8)
    >>> model(np.zeros((2, 31, 47, 3), "float32")).shape
    TensorShape([2, 10])
    >>> sizes = np.array([[31, 47], [12, 8]])
    >>> images = np.zeros((2, 31, 47, 3), "float32")
    >>> model({"images": images, "sizes": sizes}).shape
    TensorShape([2, 10])

    Reference: [He et al. 2014](https://arxiv.org/abs/1406.4729),
    [Lin et al. 2013](https://arxiv.org/abs/1312.4400).
    """

    def __init__(
        self,
        num_classes: int,
        backbone: Backbone | keras.Model = "residual",
        bins: Sequence[int | tuple[int, int]] = (1, 2, 4),
        pooling: Pooling = "max",
        width: int = 32,
        dropout: float = 0.0,
        image_range: Sequence[float] = (0, 1),
        class_names: Sequence[str] | None = None,
        standardize: bool = False,
        grid: int | None = None,
        **kwargs: Any,
    ) -> None:
        check_positive("num_classes", num_classes)
        check_positive("width", width)
        check_number("dropout", dropout, 0, 1)
        _check_range(image_range)
        _check_names(class_names, num_classes)
        _check_backbone(backbone, standardize, grid)
        super().__init__(**kwargs)
        self.num_classes = num_classes
        self.backbone = backbone
        self.bins = bins
        self.width = width
        self.dropout = dropout
        self.image_range = tuple(image_range)
        self.standardize = standardize
        self.grid = grid
        self.class_names = None if class_names is None else list(class_names)
        policy = self.dtype_policy
        self.units: list[Unit] = (
            _NETWORKS[backbone](width, policy)
            if isinstance(backbone, str)
            else []
        )
        self.pool = SPP(bins, pooling, dtype=policy)
        self.regrid: SPP | None = None
        if grid is not None:
            self.regrid = SPP((grid,), "average", flatten=False, dtype=policy)
        self.drop = seeded_dropout(dropout, policy)
        # Half precision would round the logits before the softmax.
        self.head = layers.Dense(num_classes, dtype="float32", name="head")
        self.build((None, None, None, 3))

    @property
    def pooling(self) -> Pooling:
        return self.pool.pooling

    def build(self, input_shape: Shape) -> None:
        shape: Shape = tuple(input_shape)
        for index, unit in enumerate(self.units):
            if index == 1 and self.grid:
                shape = shape[0], self.grid, self.grid, shape[3]
            unit.build(shape)
            shape = unit.compute_output_shape(shape)
        if not self.units:
            shape = _map_shape(self.backbone)
        self.pool.build(shape)
        self.head.build(self.pool.compute_output_shape(shape))
        self.built = True

    def call(
        self, inputs: Tensor | dict[str, Tensor], training: bool | None = None
    ) -> Tensor:
        images, sizes = self._unpacked(inputs)
        if isinstance(self.backbone, str):
            x = ops.cast(self._mapped(images, sizes), self.compute_dtype)
            for index, unit in enumerate(self.units):
                if index == 1:
                    x, sizes = self._regridded(x, sizes)
                x = unit(x, sizes=sizes, training=training)
                sizes = None if sizes is None else unit.sizes_after(sizes)
        else:
            x = ops.cast(images, self.compute_dtype)
            x = self.backbone(x, training=training)
        x = self.drop(self.pool(x, sizes=sizes), training=training)
        return self.head(x)

    def classify(
        self, image: np.ndarray, top: int = 5
    ) -> list[tuple[str, float]]:
        """Return the most probable classes of one image.

        Args:
            image: Array `(height, width, channels)` with 1, 3 or 4 channels;
                uint8, uint16, or floats in `image_range`. An image with alpha
                is composited on white.
            top: Maximum number of classes.

        Returns:
            List of pairs of a class name and its probability, most probable
            first. Without `class_names`, the name is the number of the class.

        Raises:
            ValueError: If an argument is invalid, or a pixel is NaN or
                infinite.
        """
        check_positive("top", top)
        pixels = _pixels(image, self.image_range)
        logits = self.predict_on_batch(np.expand_dims(pixels, 0))[0]
        odds = np.exp(logits - logits.max(), dtype="float64")
        likeliest = np.argsort(-odds, kind="stable")[:top]
        names = self.class_names or [str(i) for i in range(self.num_classes)]
        return [(names[i], float(odds[i] / odds.sum())) for i in likeliest]

    def serve(self, image: Tensor) -> dict[str, Tensor]:
        """Forward pass of exported files."""
        logits = self(image, training=False)
        return {"logits": logits, "probabilities": ops.softmax(logits)}

    @property
    def preprocessing(self) -> str:
        low, high = self.image_range
        return f"RGB in [{low:g}, {high:g}], channels last, any size"

    @property
    def serving_inputs(self) -> dict[str, tuple[str | int, ...]]:
        """Names and shapes of the inputs of `serve`; open sizes are named."""
        return {"image": ("batch", "height", "width", 3)}

    def get_config(self) -> dict[str, Any]:
        config = {**super().get_config(), **self.arguments}
        if not isinstance(self.backbone, str):
            config["backbone"] = keras.saving.serialize_keras_object(
                self.backbone
            )
        return config

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        if isinstance(config["backbone"], dict):
            backbone = keras.saving.deserialize_keras_object(config["backbone"])
            config = {**config, "backbone": backbone}
        return cls(**config)

    def _unpacked(
        self, inputs: Tensor | dict[str, Tensor]
    ) -> tuple[Tensor, Tensor | None]:
        """Return images, and sizes or None."""
        if not isinstance(inputs, dict):
            return inputs, None
        if set(inputs) != _KEYS:
            raise ValueError(
                "A batch of several sizes must have the keys 'images' and "
                f"'sizes'. Received: {sorted(inputs)}"
            )
        if not isinstance(self.backbone, str):
            raise ValueError(
                "`backbone` must be one of "
                f"{', '.join(map(repr, _NETWORKS))} for a batch of several "
                "sizes: a Keras model cannot ignore padding. "
                f"Received: backbone={self.backbone.name!r}"
            )
        images = inputs["images"]
        return images, checked_sizes(inputs["sizes"], images)

    def _regridded(
        self, maps: Tensor, sizes: Tensor | None
    ) -> tuple[Tensor, Tensor | None]:
        """Pool maps to the grid, if there is one; all of it is then valid."""
        if self.regrid is None:
            return maps, sizes
        pooled = self.regrid(maps, sizes=sizes)
        shape = (-1, self.grid, self.grid, maps.shape[-1])
        return ops.reshape(pooled, shape), None

    def _mapped(self, images: Tensor, sizes: Tensor | None) -> Tensor:
        """Return the input of the first unit, 0 outside the valid area.

        It is computed in float32: half precision would round pixel values.
        """
        low, high = self.image_range
        images = ops.cast(images, "float32")
        x = (images - (low + high) / 2) * (2 / (high - low))
        area = None
        if sizes is not None:
            area = ops.expand_dims(valid_area(sizes, x), -1)
            x = ops.where(area, x, ops.zeros_like(x))
        return standardized(x, area) if self.standardize else x


def _pixels(image: np.ndarray, image_range: Sequence[float]) -> np.ndarray:
    """Return float32 pixels `(height, width, 3)` in `image_range`."""
    image = np.asarray(image)
    if image.ndim != 3 or image.shape[2] not in (1, 3, 4) or 0 in image.shape:
        raise ValueError(
            "`image` must have shape (height, width, channels) with 1, 3 or 4 "
            f"channels. Received: image of shape {image.shape}"
        )
    is_integer = image.dtype.newbyteorder("=") in (np.uint8, np.uint16)
    if not is_integer and image.dtype.kind != "f":
        raise ValueError(
            "`image` must be uint8, uint16 or a float array. Received: "
            f"dtype={image.dtype}"
        )
    if not np.isfinite(image).all():
        raise ValueError(
            "`image` must not contain NaN or infinity. Received: image with "
            f"{np.count_nonzero(~np.isfinite(image))} such values"
        )
    low, high = image_range
    if not is_integer and (image.min() < low or image.max() > high):
        raise ValueError(
            f"A float `image` must lie in [{low:g}, {high:g}]. Received: "
            f"values from {image.min():g} to {image.max():g}"
        )
    if is_integer:
        image = low + unit_range(image) * (high - low)
    if image.shape[2] == 4:
        image = _on_white(image, image_range)
    channels = np.broadcast_to(image, (*image.shape[:2], 3))
    return channels.astype("float32")


def _on_white(image: np.ndarray, image_range: Sequence[float]) -> np.ndarray:
    """Composite an image in `image_range`, whose last channel is alpha."""
    low, high = image_range
    alpha = np.clip((image[..., 3:] - low) / (high - low), 0, 1)
    return image[..., :3] * alpha + high * (1 - alpha)


def _map_shape(backbone: keras.Model) -> Shape:
    shape = backbone.output_shape
    if not isinstance(shape, tuple) or len(shape) != 4 or shape[-1] is None:
        raise ValueError(
            "`backbone` must output maps (batch, height, width, channels); "
            "models of keras.applications do with include_top=False. "
            f"Received: a model with output shape {shape}"
        )
    return shape


def _check_backbone(
    backbone: Backbone | keras.Model, standardize: bool, grid: int | None
) -> None:
    check_flag("standardize", standardize)
    if grid is not None:
        check_positive("grid", grid)
    if not isinstance(backbone, keras.Model):
        check_choice("backbone", backbone, get_args(Backbone))
        return
    for name, value in (("standardize", standardize), ("grid", grid)):
        if value:
            raise ValueError(
                f"`{name}` applies to the named backbones only: a Keras model "
                f"receives images unchanged. Received: {name}={value!r}"
            )


def _check_range(image_range: Sequence[float]) -> None:
    if not isinstance(image_range, (tuple, list)) or len(image_range) != 2:
        raise ValueError(
            "`image_range` must be a pair (low, high). "
            f"Received: image_range={image_range!r}"
        )
    for index, value in enumerate(image_range):
        check_number(f"image_range[{index}]", value, float("-inf"))
    if not image_range[0] < image_range[1]:
        raise ValueError(
            "`image_range` must have low < high. "
            f"Received: image_range={image_range!r}"
        )


def _check_names(class_names: Sequence[str] | None, num_classes: int) -> None:
    if class_names is not None and len(class_names) != num_classes:
        raise ValueError(
            "`class_names` must have a name for each of the "
            f"{num_classes} classes. Received: {len(class_names)} names"
        )
