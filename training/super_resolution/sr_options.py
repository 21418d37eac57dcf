"""Options of `train_sr`. No Keras, so that `--help` answers at once."""

import os
from collections.abc import Sequence
from dataclasses import KW_ONLY, dataclass
from typing import Annotated, Any, TypeAlias, get_args

from convzoo.common.checks import (
    check_above,
    check_choice,
    check_flag,
    check_fraction,
    check_positive,
)
from convzoo.common.choices import (
    SRConfig,
    SRLoss,
    SRScale,
)
from convzoo.common.option import Option, documented
from convzoo.common.pixel_limit import MAX_PIXELS
from convzoo.common.types import PathLike
from convzoo.presets import find_preset
from convzoo.training.shared_options import (
    EMAOption,
    EpochStepsOption,
    ExtendOption,
    MaxPixelsOption,
    OutOption,
    PrecisionOption,
    SaveMinutesOption,
    ScheduleOption,
    SeedOption,
    StepsOption,
    VerboseOption,
    check_shared_options,
)

PhotographsOption: TypeAlias = Annotated[
    PathLike,
    Option(
        "Data",
        "Folder of photographs, or `tfds:NAME` for a dataset of "
        "tensorflow-datasets.",
    ),
]
ValidationOption: TypeAlias = Annotated[
    PathLike | None,
    Option(
        "Data",
        "Folder of photographs for validation, which chooses the best "
        "weights. Without it, every twentieth photograph of `data` is "
        "held out.",
    ),
]
PatchSizeOption: TypeAlias = Annotated[
    int, Option("Data", "Side of a low-resolution patch, in pixels.")
]
ReductionsOption: TypeAlias = Annotated[
    tuple[float, ...],
    Option(
        "Data",
        "Factors in (0, 1] by which photographs are downscaled to get more "
        "training images, such as 1,0.8,0.6.",
    ),
]
ConfigOption: TypeAlias = Annotated[
    SRConfig, Option("Model", "Architecture of the generator.")
]
ScaleOption: TypeAlias = Annotated[
    SRScale, Option("Model", "Upscaling factor of height and width.")
]
InitOption: TypeAlias = Annotated[
    PathLike | None,
    Option(
        "Model",
        "Preset, run or .keras file whose weights initialize the generator, "
        "for fine-tuning.",
    ),
]
BatchSizeOption: TypeAlias = Annotated[
    int, Option("Optimization", "Number of patches per batch.")
]


@documented
@dataclass(frozen=True)
class SROptions:
    """Options of `train_sr`.

    Raises:
        ValueError: A value is not as described.
    """

    data: PhotographsOption
    out: OutOption
    _: KW_ONLY
    validation: ValidationOption = None
    max_pixels: MaxPixelsOption = MAX_PIXELS
    patch_size: PatchSizeOption = 32
    reductions: ReductionsOption = (1.0,)
    shifts: Annotated[
        bool,
        Option(
            "Data",
            "Whether patches start at any pixel of the high-resolution image, "
            "not only at multiples of the scale.",
        ),
    ] = False
    validation_reduction: Annotated[
        float,
        Option(
            "Data",
            "Factor by which validation photographs are downscaled first. "
            "Below 1, JPEG blocks vanish from the reference.",
        ),
    ] = 1.0
    config: ConfigOption = "tiny"
    scale: ScaleOption = 4
    init: InitOption = None
    quantization_aware: Annotated[
        bool,
        Option(
            "Model",
            "Whether to simulate 8-bit integer arithmetic in training and "
            "validation. Use it with `init`, for a few thousand steps at a "
            "tenth of the usual learning rate.",
        ),
    ] = False
    loss: Annotated[
        SRLoss, Option("Losses", "Pixel-wise loss, on RGB or mostly on luma.")
    ] = "mean_absolute_error"
    steps: StepsOption = 100_000
    epoch_steps: EpochStepsOption = 1000
    batch_size: BatchSizeOption = 16
    learning_rate: Annotated[
        float, Option("Optimization", "Initial learning rate of Adam.")
    ] = 1e-3
    schedule: ScheduleOption = "cosine"
    extend: ExtendOption = False
    ema: EMAOption = 0.999
    precision: PrecisionOption = "float32"
    seed: SeedOption = 0
    save_minutes: SaveMinutesOption = 2.0
    verbose: VerboseOption = "auto"

    def __post_init__(self) -> None:
        check_sr_options(self)
        check_choice("loss", self.loss, get_args(SRLoss))
        check_flag("shifts", self.shifts)
        check_flag("quantization_aware", self.quantization_aware)
        check_fraction("validation_reduction", self.validation_reduction)
        check_above("validation_reduction", self.validation_reduction, 0)
        if self.quantization_aware and self.precision != "float32":
            raise ValueError(
                "`precision` must be float32 with `quantization_aware`, which "
                "rounds to 256 values. "
                f"Received: precision={self.precision!r}"
            )


def check_sr_options(options: Any) -> None:
    """Check the options that `train_sr` and `train_srgan` share.

    Raises:
        ValueError: A value is not as described.
    """
    check_choice("config", options.config, get_args(SRConfig))
    check_positive("scale", options.scale)
    check_choice("scale", options.scale, get_args(SRScale))
    if options.init is not None:
        find_preset(options.init).check_class("SRGenerator", "`init`")
    check_shared_options(options)
    check_positive("patch_size", options.patch_size)
    check_reductions(options.reductions)
    for folder in (options.data, options.validation):
        # tfds:NAME is no path.
        if folder is not None and os.path.isfile(folder):
            raise ValueError(f"{folder}: is not a folder")


def check_reductions(reductions: Sequence[float]) -> None:
    """Raise a `ValueError` unless all are above 0 and at most 1."""
    is_list = isinstance(reductions, (tuple, list)) and len(reductions) > 0
    if not is_list or not all(0 < reduction <= 1 for reduction in reductions):
        raise ValueError(
            "`reductions` must be factors above 0 and at most 1. "
            f"Received: reductions={reductions!r}"
        )
