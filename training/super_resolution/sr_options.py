"""Options of `train_sr`. No Keras, so that `--help` answers at once."""

from collections.abc import Sequence
from dataclasses import KW_ONLY, dataclass
from typing import Annotated, Any, get_args

from convzoo.common.checks import (
    check_above,
    check_choice,
    check_flag,
    check_fraction,
    check_number,
    check_positive,
)
from convzoo.common.choices import (
    Precision,
    Schedule,
    SRConfig,
    SRLoss,
    SRScale,
    Verbose,
)
from convzoo.common.option import Option, documented
from convzoo.common.types import PathLike
from convzoo.training.steps import check_whole_epochs


@documented
@dataclass(frozen=True)
class SROptions:
    """Options of `train_sr`.

    Raises:
        ValueError: A value is not as described.
    """

    data: Annotated[
        PathLike,
        Option(
            "Data",
            "Folder of photographs, or `tfds:NAME` for a dataset of "
            "tensorflow-datasets.",
        ),
    ]
    out: Annotated[
        PathLike,
        Option(
            "Output",
            "Folder of the run. A run that is there is resumed.",
            identifies=False,
        ),
    ]
    _: KW_ONLY
    validation: Annotated[
        PathLike | None,
        Option(
            "Data",
            "Folder of photographs for validation, which chooses the best "
            "weights. Without it, every twentieth photograph of `data` is "
            "held out.",
        ),
    ] = None
    patch_size: Annotated[
        int, Option("Data", "Side of a low-resolution patch, in pixels.")
    ] = 32
    reductions: Annotated[
        tuple[float, ...],
        Option(
            "Data",
            "Factors in (0, 1] by which photographs are downscaled to get more "
            "training images, such as 1,0.8,0.6.",
        ),
    ] = (1.0,)
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
    config: Annotated[
        SRConfig, Option("Model", "Architecture of the generator.")
    ] = "tiny"
    scale: Annotated[
        SRScale, Option("Model", "Upscaling factor of height and width.")
    ] = 4
    init: Annotated[
        PathLike | None,
        Option(
            "Model",
            "Preset, run or .keras file whose weights initialize the model, "
            "for fine-tuning.",
        ),
    ] = None
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
    steps: Annotated[
        int,
        Option(
            "Optimization",
            "Number of training steps, a multiple of `epoch_steps`.",
        ),
    ] = 100_000
    epoch_steps: Annotated[
        int,
        Option(
            "Optimization",
            "Steps per epoch. After each epoch the model is validated and the "
            "run is saved.",
        ),
    ] = 1000
    batch_size: Annotated[
        int, Option("Optimization", "Number of patches per batch.")
    ] = 16
    learning_rate: Annotated[
        float, Option("Optimization", "Initial learning rate of Adam.")
    ] = 1e-3
    schedule: Annotated[
        Schedule,
        Option(
            "Optimization",
            "Learning rate schedule: cosine decay to 0, or halving five times.",
        ),
    ] = "cosine"
    ema: Annotated[
        float,
        Option(
            "Optimization",
            "Momentum of the moving average of the weights, which is what is "
            "validated and saved. 0 turns it off.",
        ),
    ] = 0.999
    precision: Annotated[
        Precision,
        Option(
            "Optimization",
            "Precision of the network. mixed_bfloat16 takes less than half the "
            "time on processors with matrix units for it.",
        ),
    ] = "float32"
    seed: Annotated[
        int,
        Option("Optimization", "Seed of the initial weights and the patches."),
    ] = 0
    verbose: Annotated[
        Verbose,
        Option("Output", "Progress output, as in `fit`.", identifies=False),
    ] = "auto"

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
    check_choice("scale", options.scale, get_args(SRScale))
    check_choice("schedule", options.schedule, get_args(Schedule))
    check_choice("precision", options.precision, get_args(Precision))
    check_number("ema", options.ema, 0, 1)
    check_above("learning_rate", options.learning_rate, 0)
    for name in ("steps", "batch_size", "patch_size", "epoch_steps"):
        check_positive(name, getattr(options, name))
    check_whole_epochs("steps", options.steps, options.epoch_steps)
    check_reductions(options.reductions)


def check_reductions(reductions: Sequence[float]) -> None:
    """Raise a `ValueError` unless all are above 0 and at most 1."""
    is_list = isinstance(reductions, (tuple, list)) and len(reductions) > 0
    if not is_list or not all(0 < reduction <= 1 for reduction in reductions):
        raise ValueError(
            "`reductions` must be factors above 0 and at most 1. "
            f"Received: reductions={reductions!r}"
        )
