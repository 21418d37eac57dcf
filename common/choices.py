"""Choices of arguments that models, recipes and commands share. No Keras.

Signatures use the alias, and `check_choice` its `get_args`.
"""

from typing import Literal

Backbone = Literal["residual", "network_in_network", "plain"]
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
