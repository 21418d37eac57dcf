"""Features of images, in the layers of a network that is not trained."""

import os
from typing import Any, Literal, Self, cast, get_args

import keras
import numpy as np
from keras import ops

from convzoo.common.checks import check_choice, check_flag, check_seed
from convzoo.common.types import PathLike, Tensor
from convzoo.losses.feature_checks import (
    Layers,
    check_input_range,
    check_layer_names,
    check_weights,
    checked_layers,
)
from convzoo.losses.images import check_images, dtype_of, filled_up
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

# The mean and the standard deviation of each channel, of images in [0, 1].
_TORCH = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
# Blue, green and red, of images in [0, 255].
_CAFFE_MEAN = (103.939, 116.779, 123.68)
Preprocessing = Literal["auto", NativePreprocessing, None]


@keras.saving.register_keras_serializable(package="convzoo")
class FeatureExtractor:
    """What a network for classification sees in images, layer by layer.

    `Perceptual` and `Style` compare it. The network is made here, once, and
    never trained; the file of a model whose loss has it does not hold it. It
    computes in float32 and channels last, whatever the settings of Keras are.

    Args:
        network: `"vgg16"`, `"vgg19"`, `"alexnet"`, `"squeezenet"` (version
            1.1), or a functional or sequential Keras model of images `(batch,
            height, width, channels)`. A model is copied: training one leaves
            the other as it is.
        layers: the name of a layer, a list of names, or a dictionary of names
            and the weight of each in a loss. VGG has `block1_conv1` to
            `block5_pool` as in `keras.applications`; AlexNet `conv1` to `conv5`
            and `pool1`, `pool2`, `pool5`; SqueezeNet `conv1`, `pool1`, `pool3`,
            `pool5`, and `fire2` to `fire9`, with `fire2_squeeze1x1`,
            `fire2_expand1x1` and `fire2_expand3x3` in each. What is deeper is
            not computed.
        before_activation: True for the features before the ReLU of their
            layers, which are not sparse. The layers after them see it applied.
        weights: one of

            - `"imagenet"`: those of `keras.applications` for VGG, and
              torchvision's for the others, which Keras does not have;
            - `"torchvision"`: those of torchvision, which trained VGG anew:
              its features are other ones. Either file is fetched to the cache
              of Keras when it is first needed, and its digest compared;
            - a path: of that `.pth` file of torchvision; of an `.h5` file of
              Keras without the classifier; or of an `.npz` file with the arrays
              of torchvision's state dict or, for SqueezeNet, of Caffe;
            - None: random ones, for tests. A model of yours keeps those it has
              now; with a path it loads others.
        preprocessing: of images, once they are in [0, 1]: `"torch"` (less the
            mean of ImageNet, by its standard deviation), `"caffe"` (blue, green
            and red from 0 to 255, less their mean), or None. `"auto"` is what
            the weights were trained with, and None for a model of yours.
        input_range: the values of black and white.
        seed: of the random weights.

    Call arguments:
        images: `(batch, height, width, channels)` in `input_range`.

    Output shape:
        A list with `(batch, rows, columns, channels)` for each layer, in the
        dtype of the images.

    Raises:
        ValueError: an argument is not as described; the weights cannot be had,
            or are not of this network; or the images have other channels, or
            are too small for one position in the deepest layer. Sides that are
            unknown and turn out too short are filled up with black instead.

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
        # The preprocessing that the weights were trained with.
        self.native_preprocessing: NativePreprocessing | None = None
        self._model = self._built(list(tapped))
        self.channels = self._model.input_shape[-1]

    def _built(self, names: list[str]) -> keras.Model:
        """The model of these layers, with its weights."""
        if isinstance(self.network, str):
            check_choice("network", self.network, get_args(Network))
            # `keras.Model` is untyped, so that `isinstance` leaves any `str`.
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
        images = ops.cast(images, "float32")
        images = filled_up(images, self.smallest, self.input_range[0])
        kind = self.preprocessing
        if kind == "auto":
            kind = self.native_preprocessing
        images = preprocessed(images, kind, self.input_range)
        features = self._model(images, training=False)
        # Keras makes no list of one output.
        features = [features] if len(self.layer_weights) == 1 else features
        return [ops.cast(maps, dtype) for maps in features]

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
        """The extractor of a configuration.

        Raises:
            ValueError: it had a model of yours and no path of weights; or as
                the constructor.
        """
        network = config["network"]
        if isinstance(network, dict):
            if config["weights"] is None:
                raise ValueError(
                    "No configuration holds the weights of a model that was "
                    "given as `network`: save them and give their path as "
                    "`weights`, or load with compile=False. Received: "
                    "weights=None"
                )
            network = keras.saving.deserialize_keras_object(network)
        return cls(**{**config, "network": network})


def preprocessed(
    images: Tensor,
    preprocessing: Preprocessing,
    input_range: tuple[float, float],
) -> Tensor:
    """Images as a network expects them.

    Args:
        images: `(batch, height, width, channels)` in float32.
        preprocessing: `"torch"`, `"caffe"` or None, as `FeatureExtractor`
            explains them.
        input_range: the values of black and white.
    """
    low, high = input_range
    mean, deviation = np.zeros(1), np.ones(1)
    if preprocessing == "torch":
        mean, deviation = (np.array(values) for values in _TORCH)
    if preprocessing == "caffe":
        images = ops.flip(images, axis=-1)
        mean, deviation = np.array(_CAFFE_MEAN) / 255, np.ones(1) / 255
    # One product and one sum in place of two of each.
    factor = 1 / ((high - low) * deviation)
    shift = -(low / (high - low) + mean) / deviation
    factor = ops.convert_to_tensor(factor, dtype="float32")
    return images * factor + ops.convert_to_tensor(shift, dtype="float32")
