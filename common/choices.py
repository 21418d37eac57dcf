"""Choices of arguments that models, recipes and commands share. No Keras.

Signatures use the alias, and `check_choice` its `get_args`.
"""

from typing import Literal

# Networks of convzoo, which are trained from random weights.
OwnBackbone = Literal["residual", "network_in_network", "plain"]
# Networks with published weights: those that losses compare features of, and
# those of `keras.applications`, but NASNet, whose layers depend on the size of
# its images.
PretrainedBackbone = Literal[
    "squeezenet",
    "alexnet",
    "vgg16",
    "vgg19",
    "convnext_tiny",
    "convnext_small",
    "convnext_base",
    "convnext_large",
    "convnext_xlarge",
    "densenet121",
    "densenet169",
    "densenet201",
    "efficientnet_b0",
    "efficientnet_b1",
    "efficientnet_b2",
    "efficientnet_b3",
    "efficientnet_b4",
    "efficientnet_b5",
    "efficientnet_b6",
    "efficientnet_b7",
    "efficientnet_v2_b0",
    "efficientnet_v2_b1",
    "efficientnet_v2_b2",
    "efficientnet_v2_b3",
    "efficientnet_v2_s",
    "efficientnet_v2_m",
    "efficientnet_v2_l",
    "inception_resnet_v2",
    "inception_v3",
    "mobilenet",
    "mobilenet_v2",
    "mobilenet_v3_small",
    "mobilenet_v3_large",
    "resnet50",
    "resnet101",
    "resnet152",
    "resnet50_v2",
    "resnet101_v2",
    "resnet152_v2",
    "xception",
]
Backbone = Literal[OwnBackbone, PretrainedBackbone]
# As `mode` of `keras.applications.imagenet_utils.preprocess_input`.
PreprocessingMode = Literal["caffe", "tf", "torch", "none"]
ExportFormat = Literal["saved_model", "litert", "onnx"]
QuantizationRecipe = Literal["float16", "dynamic", "int8"]
Quantize = Literal[QuantizationRecipe, "auto"]
DiscriminatorNetwork = Literal["vgg", "unet"]
DiscriminatorNormalization = Literal["batch", "spectral"]
Pooling = Literal["max", "average"]
Precision = Literal["float32", "mixed_bfloat16"]
Schedule = Literal["cosine", "halving"]
Sees = Literal["players", "image"]
Spatial = Literal["plain", "dilated", "deformable", "non_local", "all"]
# Names of architectures, the keys of `SR_CONFIGS`.
SRConfig = Literal["tiny", "base", "large", "srresnet", "rrdb"]
SRLoss = Literal[
    "mean_absolute_error",
    "mean_squared_error",
    "luma_absolute_error",
    "luma_squared_error",
]
SRScale = Literal[2, 3, 4, 8]
# As `verbose` of `keras.Model.fit`.
Verbose = Literal["auto", 0, 1, 2]
# How `fill_ball` follows the ball over time.
Motion = Literal["smooth", "causal"]
