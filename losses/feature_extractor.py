"""Features of images in the layers of a frozen network."""

import os
from typing import Any, Literal, Self, cast, get_args

import keras
from keras import ops

from convzoo.common.checks import check_choice, check_flag, check_seed
from convzoo.common.types import PathLike, Tensor
from convzoo.layers.input_checks import is_empty_batch
from convzoo.losses.feature_checks import (
    Layers,
    check_input_range,
    check_layer_names,
    check_weights,
    checked_layers,
)
from convzoo.losses.images import (
    check_images,
    dtype_of,
    filled_up,
)
from convzoo.losses.preprocessed import preprocessed
from convzoo.losses.tapped_model import (
    copied_model,
    plain_model,
    tapped_model,
)
from convzoo.losses.trunk_weights import NativePreprocessing, trunk_with_weights
from convzoo.losses.trunks import (
    Network,
    smallest_side,
    trunk_layer_names,
)

Preprocessing = Literal["auto", NativePreprocessing, None]


@keras.saving.register_keras_serializable(package="convzoo")
class FeatureExtractor:
    """Extracts intermediate features of images from a frozen network.

    `Perceptual` and `Style` compare these features. The network is built once,
    is never trained, and is not saved with a model whose loss uses it. It
    computes in float32 and channels-last, regardless of Keras's settings.

    Args:
        network: `"vgg16"`, `"vgg19"`, `"alexnet"`, `"squeezenet"` (version
            1.1), or a functional or sequential Keras model of images `(batch,
            height, width, channels)`. A model is copied, so training one does
            not change the other.
        layers: Name of a layer, a list of names, or a dictionary of names and
            their weights in a loss. VGG has `block1_conv1` to `block5_pool`, as
            in `keras.applications`; AlexNet `conv1` to `conv5` and `pool1`,
            `pool2`, `pool5`; SqueezeNet `conv1`, `pool1`, `pool3`, `pool5`, and
            `fire2` to `fire9`, with `fire2_squeeze1x1`, `fire2_expand1x1` and
            `fire2_expand3x3` in each. Deeper layers are not computed.
        before_activation: Whether to return the features before the ReLU of
            their layer, which are not sparse. Later layers still get the output
            of the ReLU.
        weights: One of:

            - `"imagenet"`: weights of `keras.applications` for VGG, and of
              torchvision for the networks that Keras does not have;
            - `"torchvision"`: weights of torchvision, whose VGG was trained
              separately and has different features. Either file is downloaded
              to the Keras cache on first use, and its digest is verified;
            - a path: torchvision's `.pth` file; an `.h5` file of Keras without
              the classifier; or an `.npz` or `.safetensors` file with the
              arrays of torchvision's state dict or, for SqueezeNet, of Caffe;
            - None: random weights, for tests. A custom model keeps its current
              weights; with a path it loads others.
        preprocessing: Preprocessing of images in [0, 1]: `"torch"` (minus the
            mean of ImageNet, divided by its standard deviation), `"caffe"` (BGR
            from 0 to 255, minus the mean), or None. `"auto"` selects the
            preprocessing of the weights, and None for a custom model.
        input_range: Values of black and white.
        seed: Seed of the random weights.

    Call arguments:
        images: Images `(batch, height, width, channels)` in `input_range`.

    Output shape:
        A list with `(batch, rows, columns, channels)` for each layer, in the
        dtype of the images.

    Raises:
        ValueError: If an argument is invalid; if the weights cannot be found or
            belong to another network; or if the images have another number of
            channels or are too small for one position in the deepest layer.
            Sides of unknown size that turn out too short are padded with black
            instead.

    Example:

    >>> import numpy as np
    >>> from convzoo.losses import FeatureExtractor
    >>> extractor = FeatureExtractor(
    ...     "squeezenet", ["conv1", "fire3"], weights=None
    ... )
    >>> for features in extractor(np.zeros((1, 32, 48, 3), "float32")):
    ...     print(features.shape)
    (1, 15, 23, 64)
    (1, 7, 11, 128)
    """

    def __init__(
        self,
        network: Network | keras.Model = "vgg19",
        layers: Layers = "block5_conv4",
        before_activation: bool = False,
        weights: PathLike | None = "imagenet",
        preprocessing: Preprocessing = "auto",
        input_range: tuple[float, float] = (0, 1),
        seed: int = 0,
    ) -> None:
        tapped = checked_layers(layers)
        check_flag("before_activation", before_activation)
        check_weights(weights)
        check_choice("preprocessing", preprocessing, get_args(Preprocessing))
        check_input_range(input_range)
        check_seed(seed)
        self.network = network
        self.layers = layers
        self.before_activation = before_activation
        self.weights = weights if weights is None else os.fspath(weights)
        self.preprocessing = preprocessing
        self.input_range = input_range
        self.seed = seed
        self.layer_weights = list(tapped.values())
        self.smallest = 1
        # Preprocessing that the weights were trained with.
        self.native_preprocessing: NativePreprocessing | None = None
        self._model = self._build_model(list(tapped))
        self.channels = self._model.input_shape[-1]

    def _build_model(self, names: list[str]) -> keras.Model:
        """Build the model of the given layers, with its weights."""
        if isinstance(self.network, str):
            check_choice("network", self.network, get_args(Network))
            # Narrowed to `str` only, since `keras.Model` has no types.
            network = cast(Network, self.network)
            check_layer_names(names, trunk_layer_names(network))
            self.smallest = smallest_side(network, names)
            model, self.native_preprocessing = trunk_with_weights(
                network, names, self.weights, self.seed
            )
        else:
            model = copied_model(self.network, self.weights)
        return tapped_model(model, names, self.before_activation)

    def __call__(self, images: Tensor) -> list[Tensor]:
        images = ops.convert_to_tensor(images)
        check_images("images", images, self.smallest, self.channels)
        dtype = dtype_of(images)
        if is_empty_batch(images):
            return self._no_features(images)
        images = ops.cast(images, "float32")
        images = filled_up(images, self.smallest, self.input_range[0])
        kind = self.preprocessing
        if kind == "auto":
            kind = self.native_preprocessing
        images = preprocessed(images, kind, self.input_range)
        features = self._model(images, training=False)
        # Keras returns a single output without a list.
        features = [features] if len(self.layer_weights) == 1 else features
        return [ops.cast(maps, dtype) for maps in features]

    def _no_features(self, images: Tensor) -> list[Tensor]:
        """Features of no images, which TensorFlow cannot convolve."""
        shapes = self._model.compute_output_shape(tuple(images.shape))
        return [ops.zeros(shape, dtype_of(images)) for shape in shapes]

    def get_config(self) -> dict[str, Any]:
        network = self.network
        if not isinstance(network, str):
            network = keras.saving.serialize_keras_object(plain_model(network))
        return {
            "network": network,
            "layers": self.layers,
            "before_activation": self.before_activation,
            "weights": self.weights,
            "preprocessing": self.preprocessing,
            "input_range": self.input_range,
            "seed": self.seed,
        }

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        """Create an extractor from its configuration.

        Raises:
            ValueError: If it holds a custom model but no path of weights;
                otherwise as for the constructor.
        """
        network = config["network"]
        if isinstance(network, dict):
            if config["weights"] is None:
                raise ValueError(
                    "The configuration does not hold the weights of a model "
                    "passed as `network`: save them and pass their path as "
                    "`weights`, or load with compile=False. Received: "
                    "weights=None"
                )
            network = keras.saving.deserialize_keras_object(network)
        return cls(**{**config, "network": network})
