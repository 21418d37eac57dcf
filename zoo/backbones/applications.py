"""Networks of `keras.applications`, for images of any size."""

import contextlib
from collections.abc import Iterator
from typing import NamedTuple

import keras

from convzoo.common.choices import PreprocessingMode
from convzoo.zoo.backbones.normalization import Normalization
from convzoo.zoo.backbones.stable_names import name_by_position


class Application(NamedTuple):
    """A network of `keras.applications`.

    Attributes:
        builder: Name of its function.
        mode: Preprocessing that its published weights expect. Networks with
            `"none"` have it in their first layers.
    """

    builder: str
    mode: PreprocessingMode


APPLICATIONS: dict[str, Application] = {
    "convnext_tiny": Application("ConvNeXtTiny", "none"),
    "convnext_small": Application("ConvNeXtSmall", "none"),
    "convnext_base": Application("ConvNeXtBase", "none"),
    "convnext_large": Application("ConvNeXtLarge", "none"),
    "convnext_xlarge": Application("ConvNeXtXLarge", "none"),
    "densenet121": Application("DenseNet121", "torch"),
    "densenet169": Application("DenseNet169", "torch"),
    "densenet201": Application("DenseNet201", "torch"),
    "efficientnet_b0": Application("EfficientNetB0", "none"),
    "efficientnet_b1": Application("EfficientNetB1", "none"),
    "efficientnet_b2": Application("EfficientNetB2", "none"),
    "efficientnet_b3": Application("EfficientNetB3", "none"),
    "efficientnet_b4": Application("EfficientNetB4", "none"),
    "efficientnet_b5": Application("EfficientNetB5", "none"),
    "efficientnet_b6": Application("EfficientNetB6", "none"),
    "efficientnet_b7": Application("EfficientNetB7", "none"),
    "efficientnet_v2_b0": Application("EfficientNetV2B0", "none"),
    "efficientnet_v2_b1": Application("EfficientNetV2B1", "none"),
    "efficientnet_v2_b2": Application("EfficientNetV2B2", "none"),
    "efficientnet_v2_b3": Application("EfficientNetV2B3", "none"),
    "efficientnet_v2_s": Application("EfficientNetV2S", "none"),
    "efficientnet_v2_m": Application("EfficientNetV2M", "none"),
    "efficientnet_v2_l": Application("EfficientNetV2L", "none"),
    "inception_resnet_v2": Application("InceptionResNetV2", "tf"),
    "inception_v3": Application("InceptionV3", "tf"),
    "mobilenet": Application("MobileNet", "tf"),
    "mobilenet_v2": Application("MobileNetV2", "tf"),
    "mobilenet_v3_small": Application("MobileNetV3Small", "none"),
    "mobilenet_v3_large": Application("MobileNetV3Large", "none"),
    "resnet50": Application("ResNet50", "caffe"),
    "resnet101": Application("ResNet101", "caffe"),
    "resnet152": Application("ResNet152", "caffe"),
    "resnet50_v2": Application("ResNet50V2", "tf"),
    "resnet101_v2": Application("ResNet101V2", "tf"),
    "resnet152_v2": Application("ResNet152V2", "tf"),
    "xception": Application("Xception", "tf"),
}
# Of images in [0, 1], by channel.
_MEAN = 0.485, 0.456, 0.406
_DEVIATION = 0.229, 0.224, 0.225
# Between deviations and variances lie 0.17.
_CLOSE = 1e-3


def build_application(name: str, dtype: keras.DTypePolicy) -> keras.Model:
    """Build a network with random weights and without its classifier.

    Args:
        name: A key of `APPLICATIONS`.
        dtype: Policy of its layers.

    Returns:
        A functional model of images `(batch, height, width, 3)`. The names of
        its layers do not depend on what was built before.
    """
    builder = getattr(keras.applications, APPLICATIONS[name].builder)
    with _settings(dtype):
        model = builder(
            include_top=False, weights=None, input_shape=(None, None, 3)
        )
    name_by_position(model)
    for layer in _normalizations(model):
        # It computes with its weights, not with a copy of them.
        layer.__class__ = Normalization
        if layer.weights:
            # As in the published files, once `mend_normalization` mended them.
            layer.adapt_mean.assign(_MEAN)
            layer.adapt_variance.assign([d**2 for d in _DEVIATION])
    return model


def mend_normalization(model: keras.Model) -> None:
    """Mend the normalisation that the files of EfficientNet hold.

    They hold standard deviations in place of variances. Keras makes up for it
    with one more layer in networks with `weights="imagenet"`; here the
    variances are corrected, so that one structure fits all weights. Other
    networks and values stay as they are.
    """
    for layer in _normalizations(model):
        if layer.weights:
            variance = keras.ops.convert_to_numpy(layer.adapt_variance)
            if all(abs(variance - _DEVIATION) < _CLOSE):
                layer.adapt_variance.assign(variance * _DEVIATION)


def _normalizations(model: keras.Model) -> list[keras.layers.Normalization]:
    return [
        layer
        for layer in model.layers
        if isinstance(layer, keras.layers.Normalization)
    ]


@contextlib.contextmanager
def _settings(dtype: keras.DTypePolicy) -> Iterator[None]:
    """Set the settings of Keras that the networks read, for a while."""
    policy = keras.config.dtype_policy()
    layout = keras.config.image_data_format()
    keras.config.set_dtype_policy(dtype)
    keras.config.set_image_data_format("channels_last")
    try:
        yield
    finally:
        keras.config.set_dtype_policy(policy)
        keras.config.set_image_data_format(layout)
