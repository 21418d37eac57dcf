"""Image classifier for images of any size.

He, Zhang, Ren and Sun 2014, Spatial Pyramid Pooling in Deep Convolutional
Networks for Visual Recognition, https://arxiv.org/abs/1406.4729.

What differs from the paper: residual and other networks instead of an
AlexNet-style one, one dense layer after the pyramid instead of three, and
batches that contain several image sizes.
"""

from collections.abc import Callable, Sequence
from typing import Any, Literal, Self, cast, get_args

import keras
import numpy as np
from keras import layers, ops

from convzoo.common.checks import check_positive
from convzoo.common.choices import (
    Backbone,
    OwnBackbone,
    Pooling,
    PreprocessingMode,
    PretrainedBackbone,
)
from convzoo.common.types import PathLike, Shape, Tensor
from convzoo.layers import SPP
from convzoo.layers.input_checks import checked_channels
from convzoo.layers.seeded_dropout import seeded_dropout
from convzoo.layers.sizes import checked_sizes
from convzoo.zoo.backbones.preprocess import preprocess
from convzoo.zoo.backbones.pretrained_network import pretrained_network
from convzoo.zoo.classification.checked_class import checked_class
from convzoo.zoo.classification.classifier_checks import (
    check_arguments,
    map_shape,
)
from convzoo.zoo.classification.classifier_networks import (
    Unit,
    network_in_network,
    plain,
    residual,
)
from convzoo.zoo.classification.classifier_pixels import classifier_pixels
from convzoo.zoo.classification.evidence import evidence
from convzoo.zoo.classification.features import Features
from convzoo.zoo.classification.mapped_pixels import mapped_pixels
from convzoo.zoo.pretrained import Pretrained

_NETWORKS: dict[str, Callable[[int, keras.DTypePolicy], list[Unit]]] = {
    "residual": residual,
    "network_in_network": network_in_network,
    "plain": plain,
}
_KEYS = {"images", "sizes"}
# As in `keras.layers.UnitNormalization`.
_LEAST_SQUARES = 1e-12


@keras.saving.register_keras_serializable(package="convzoo")
class SizeAgnosticClassifier(Pretrained, keras.Model):
    """Convolutional backbone, spatial pyramid pooling and a dense layer.

    Images are passed alone, in a batch of one size, or in a batch of several
    sizes that are padded to one. In a padded batch, each image gets the logits
    that it gets alone, and in training only its own pixels count.

    Args:
        num_classes: Number of classes.
        backbone: One of:

            - a network of convzoo, from random weights: `"residual"`;
              `"network_in_network"`, a chain of `MLPConv` layers; `"plain"`,
              the same chain with single convolutions;
            - a network with published weights: `"squeezenet"`, `"alexnet"`, or
              a convolutional one of `keras.applications`, as
              `"mobilenet_v3_small"`, `"efficientnet_b0"`, `"resnet50"`;
            - a Keras model that outputs feature maps for images of any size.
        bins: As in `SPP`.
        pooling: As in `SPP`.
        width: Number of output channels of the first convolution of a network
            of convzoo.
        dropout: Fraction of the pooled features to drop.
        image_range: Lowest and highest pixel value. Networks of convzoo map it
            to [-1, 1], networks with published weights to what those expect; a
            Keras model receives images unchanged.
        class_names: Name of each class, or None.
        standardize: Whether networks of convzoo standardise each image to mean
            0 and standard deviation 1 over its pixels and channels instead,
            which removes brightness and contrast.
        grid: Side of a square grid to which the maps of the first convolution
            are average-pooled, with the bins of `SPP`, or None. If an object
            fills its image, the image size determines its scale: the rest of
            the network then sees a single scale, and does not have to learn
            each one, without any warping of pixels. For networks of convzoo.
        weights: Weights of a backbone with published ones: `"imagenet"`, which
            are downloaded once; a path of a file of Keras, torchvision or, for
            SqueezeNet, Caffe, see `FeatureExtractor`; or None for random ones.
            A saved model holds its weights: its configuration has None.
        maps: Names of the layers of such a backbone whose maps are pooled. None
            for the last one.
        preprocessing_mode: Preprocessing of such a backbone, as in
            `keras.applications.imagenet_utils`: `"caffe"`, `"tf"`, `"torch"`,
            or `"none"` for pixels from 0 to 255. `"auto"` takes that of the
            weights.
        short_side: Length in pixels to which `classify`, `explain` and exported
            endpoints of encoded images scale the shorter side of an image, or
            None. They keep the aspect ratio up to 16:1. The model itself, and
            other inputs of exported files, take images as they are.
        normalize: Whether to scale the pooled features of each image to unit
            length.
        temperature: Divisor of the logits. Above 1, the probabilities are less
            certain. `fit_temperature` calibrates it.
        evidence: Whether exported files return `evidence_of` too.
        **kwargs: `name` and `dtype` of `keras.Model`.

    Input shape: `(batch, height, width, 3)`; or a dictionary `{"images":
        (batch, height, width, 3), "sizes": (batch, 2)}` of padded images and
        the integer rows and columns that are valid, from the top left corner.
    Output shape: `(batch, num_classes)`, logits in float32.

    Raises:
        ValueError: If an argument is invalid or belongs to another kind of
            backbone; the weights cannot be found or belong to another network;
            or `sizes` exceed the images or are passed for a backbone that is
            not of convzoo, which cannot ignore padding.

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
    >>> model = SizeAgnosticClassifier(10, "squeezenet", bins=(1, 2))
    >>> pooled, (maps,) = model.features(images)
    >>> pooled.shape, maps.shape
    (TensorShape([2, 2560]), TensorShape([2, 1, 2, 512]))

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
        *,
        weights: PathLike | None = None,
        maps: Sequence[str] | None = None,
        preprocessing_mode: PreprocessingMode | Literal["auto"] = "auto",
        short_side: int | None = None,
        normalize: bool = False,
        temperature: float = 1.0,
        evidence: bool = False,
        **kwargs: Any,
    ) -> None:
        check_arguments(
            backbone,
            {
                "num_classes": num_classes,
                "width": width,
                "dropout": dropout,
                "image_range": image_range,
                "class_names": class_names,
                "standardize": standardize,
                "grid": grid,
                "weights": weights,
                "maps": maps,
                "preprocessing_mode": preprocessing_mode,
                "short_side": short_side,
                "normalize": normalize,
                "temperature": temperature,
                "evidence": evidence,
            },
        )
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
        self.short_side = short_side
        self.normalize = normalize
        self.temperature = temperature
        self.evidence = evidence
        policy = self.dtype_policy
        self.units: list[Unit] = []
        # `Any`: a `keras.Model` for a backbone with published weights.
        self.network: Any = None
        self.maps: tuple[str, ...] | None = None
        # `Any`: it is "auto" only without such a network.
        self.preprocessing_mode: Any = "auto"
        # Smallest side of the images that the backbone takes.
        self.smallest_side = 1
        if backbone in get_args(PretrainedBackbone):
            found = pretrained_network(
                cast(PretrainedBackbone, backbone), maps, weights, policy
            )
            self.network, self.maps = found.model, found.maps
            self.smallest_side = found.smallest_side
            self.preprocessing_mode = (
                found.preprocessing_mode
                if preprocessing_mode == "auto"
                else preprocessing_mode
            )
        elif isinstance(backbone, str):
            self.units = _NETWORKS[backbone](width, policy)
        self.pool = SPP(bins, pooling, dtype=policy)
        self.regrid: SPP | None = None
        if grid is not None:
            self.regrid = SPP((grid,), "average", flatten=False, dtype=policy)
        # Half precision would overflow, and round the logits.
        self.norm = layers.UnitNormalization(dtype="float32")
        self.drop = seeded_dropout(dropout, policy)
        self.head = layers.Dense(num_classes, dtype="float32", name="head")
        self.build((None, None, None, 3))

    @property
    def pooling(self) -> Pooling:
        return self.pool.pooling

    @property
    def num_features(self) -> int:
        """Length of the pooled features of an image."""
        return self.head.kernel.shape[0]

    @property
    def arguments(self) -> dict[str, Any]:
        """The constructor's arguments, without those of every Keras model.

        Without `weights`, too, which a saved model holds; `model.weights` are
        its variables, as in Keras.
        """
        found = super().arguments
        del found["weights"]
        return found

    def build(self, input_shape: Shape) -> None:
        length = 0
        for shape in self._map_shapes(tuple(input_shape)):
            self.pool.build(shape)
            pooled = self.pool.compute_output_shape(shape)
            length += checked_channels("SPP", pooled, -1)
        self.head.build((None, length))
        self.built = True

    def _map_shapes(self, shape: Shape) -> list[Shape]:
        """Build the backbone, and return the shapes of its maps."""
        if self.network is not None:
            return [tuple(each.shape) for each in self.network.outputs]
        if not self.units:
            return [map_shape(self.backbone)]
        for index, unit in enumerate(self.units):
            if index == 1 and self.grid:
                shape = shape[0], self.grid, self.grid, shape[3]
            unit.build(shape)
            shape = unit.compute_output_shape(shape)
        return [shape]

    def call(
        self, inputs: Tensor | dict[str, Tensor], training: bool | None = None
    ) -> Tensor:
        pooled, _ = self._features(inputs, training)
        vectors = self.drop(self._normalized(pooled), training=training)
        return self._logits(vectors)

    def features(self, images: Tensor | dict[str, Tensor]) -> Features:
        """Return the pooled features and the maps of images of any size.

        Args:
            images: As in a call of the model.
        """
        pooled, maps = self._features(images, training=False)
        return Features(self._normalized(pooled), maps)

    def evidence_of(self, images: Tensor) -> Tensor:
        """Return the evidence for each class at each place of the maps.

        It is computed forward, through pyramid and dense layer. Its sum over
        all places is the logit of the class, without the bias. Of
        `normalize=True`, the length of the vector counts as a constant of the
        image. Where the maxima of a bin are equal, they share its evidence.

        Args:
            images: Images `(batch, height, width, 3)`.

        Returns:
            `(batch, rows, columns, num_classes)`, float32. Where the maps have
            several sizes, it has the largest of them.
        """
        return self._evidence(*self._features(images, training=False))

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
        pixels = np.expand_dims(self.pixels_of(image), 0)
        logits = self.predict_on_batch(pixels)[0]
        odds = np.exp(logits - logits.max(), dtype="float64")
        likeliest = np.argsort(-odds, kind="stable")[:top]
        names = self._names
        return [(names[i], float(odds[i] / odds.sum())) for i in likeliest]

    def explain(
        self, image: np.ndarray, class_name: str | None = None
    ) -> np.ndarray:
        """Return the evidence for one class at each place of an image.

        Args:
            image: As in `classify`.
            class_name: Name of the class, or its number where the model has no
                names. None for the most probable one.

        Returns:
            Float32 array `(rows, columns)` of the size of the feature maps; see
            `evidence_of`.

        Raises:
            ValueError: If an argument is invalid.
        """
        pixels = np.expand_dims(self.pixels_of(image), 0)
        pooled, maps = self._features(pixels, training=False)
        if class_name is None:
            logits = self._logits(self._normalized(pooled))
            number = int(ops.argmax(logits[0]))
        else:
            names = self.class_names
            number = checked_class(class_name, names, self.num_classes)
        evidence = self._evidence(pooled, maps, number)
        return ops.convert_to_numpy(evidence)[0, :, :, 0]

    def pixels_of(
        self, image: np.ndarray, short_side: int | None = None
    ) -> np.ndarray:
        """Return an image as `classify` passes it to the model.

        Args:
            image: As in `classify`.
            short_side: Length in pixels that replaces `short_side` of the
                model, or None.

        Returns:
            Float32 array `(height, width, 3)` in `image_range`. Its shorter
            side is `short_side`, or at least the smallest that the backbone
            takes.

        Raises:
            ValueError: If the image is invalid.
        """
        side = self.short_side if short_side is None else short_side
        smallest = self.smallest_side
        if side is not None:
            side = max(side, smallest)
        elif min(np.shape(image)[:2], default=smallest) < smallest:
            side = smallest
        return classifier_pixels(image, self.image_range, side)

    def serve(self, image: Tensor) -> dict[str, Tensor]:
        """Forward pass of exported files."""
        pooled, maps = self._features(image, training=False)
        logits = self._logits(self._normalized(pooled))
        outputs = {"logits": logits, "probabilities": ops.softmax(logits)}
        if self.evidence:
            outputs["evidence"] = self._evidence(pooled, maps)
        return outputs

    @property
    def preprocessing(self) -> str:
        low, high = self.image_range
        sizes = (
            "any size"
            if self.short_side is None
            else f"any size, best with a shorter side of {self.short_side} "
            "pixels"
        )
        return f"RGB in [{low:g}, {high:g}], channels last, {sizes}"

    @property
    def serving_inputs(self) -> dict[str, tuple[str | int, ...]]:
        """Names and shapes of the inputs of `serve`; open sizes are named."""
        return {"image": ("batch", "height", "width", 3)}

    @property
    def serving_sides(self) -> tuple[int, int | None]:
        """Least and largest shorter side of the images of an endpoint.

        Endpoints of encoded images scale them to it; None is no limit.
        """
        if self.short_side is not None:
            return self.short_side, self.short_side
        return self.smallest_side, None

    @property
    def serving_scales(self) -> dict[str, float]:
        """Scales of the outputs that `temperature` divides.

        Exported files are compared with Keras as if it were 1: it changes the
        unit of these outputs, not how they are rounded.
        """
        return dict.fromkeys(("logits", "evidence"), 1 / self.temperature)

    @property
    def serving_range(self) -> tuple[float, ...]:
        """Lowest and highest pixel value of the images of an endpoint."""
        return self.image_range

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

    @property
    def _names(self) -> list[str]:
        return self.class_names or [str(i) for i in range(self.num_classes)]

    def _features(
        self, inputs: Tensor | dict[str, Tensor], training: bool | None
    ) -> tuple[Tensor, list[Tensor]]:
        """Return the pooled features before `normalize`, and the maps."""
        images, sizes = self._unpacked(inputs)
        maps, sizes = self._maps(images, sizes, training)
        pooled = [self.pool(each, sizes=sizes) for each in maps]
        if len(pooled) == 1:
            return pooled[0], maps
        return ops.concatenate(pooled, axis=-1), maps

    def _maps(
        self, images: Tensor, sizes: Tensor | None, training: bool | None
    ) -> tuple[list[Tensor], Tensor | None]:
        """Return the maps of the backbone, and their valid sizes."""
        if self.network is not None:
            self._check_side(images)
            x = preprocess(images, self.preprocessing_mode, self.image_range)
            # Inference mode keeps the statistics of the published weights.
            return self.network(x, training=False), None
        if not self.units:
            x = ops.cast(images, self.compute_dtype)
            network = cast(keras.Model, self.backbone)
            return [network(x, training=training)], None
        x = mapped_pixels(images, sizes, self.image_range, self.standardize)
        x = ops.cast(x, self.compute_dtype)
        for index, unit in enumerate(self.units):
            if index == 1:
                x, sizes = self._regridded(x, sizes)
            x = unit(x, sizes=sizes, training=training)
            sizes = None if sizes is None else unit.sizes_after(sizes)
        return [x], sizes

    def _normalized(self, pooled: Tensor) -> Tensor:
        return self.norm(pooled) if self.normalize else pooled

    def _logits(self, vectors: Tensor) -> Tensor:
        logits = self.head(vectors)
        return logits if self.temperature == 1 else logits / self.temperature

    def _evidence(
        self, pooled: Tensor, maps: list[Tensor], number: int | None = None
    ) -> Tensor:
        """Return the evidence for one class, or for all for None."""
        kernel = self.head.kernel
        if number is not None:
            kernel = kernel[:, number : number + 1]
        scale = ops.ones_like(ops.cast(pooled[:, :1], "float32"))
        if self.normalize:
            pooled = ops.cast(pooled, "float32")
            squares = ops.sum(ops.square(pooled), axis=-1, keepdims=True)
            scale = ops.rsqrt(ops.maximum(squares, _LEAST_SQUARES))
        return evidence(
            maps,
            [self.pool] * len(maps),
            kernel,
            scale / self.temperature,
        )

    def _check_side(self, images: Tensor) -> None:
        for side in images.shape[1:3]:
            if side is not None and side < self.smallest_side:
                raise ValueError(
                    f"Images for {self.backbone!r} must have sides of at least "
                    f"{self.smallest_side} pixels. Received: images of shape "
                    f"{tuple(images.shape)}"
                )

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
        if not self.units:
            name = getattr(self.backbone, "name", self.backbone)
            raise ValueError(
                "`backbone` must be one of "
                f"{', '.join(map(repr, get_args(OwnBackbone)))} for a batch of "
                "several sizes: other networks cannot ignore padding. "
                f"Received: backbone={name!r}"
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
