"""Options that several recipes share, with their checks. No Keras."""

import dataclasses
from typing import Annotated, Any, TypeAlias, get_args

from convzoo.common.checks import (
    check_above,
    check_choice,
    check_flag,
    check_number,
    check_positive,
    check_seed,
)
from convzoo.common.choices import Precision, Schedule, Verbose
from convzoo.common.option import Option
from convzoo.common.types import PathLike
from convzoo.training.run_settings import check_folder

OutOption: TypeAlias = Annotated[
    PathLike,
    Option(
        "Output",
        "Folder of the run. A run that is there is resumed.",
        identifies=False,
    ),
]
StepsOption: TypeAlias = Annotated[
    int,
    Option(
        "Optimization",
        "Number of training steps. The last epoch is shorter if they are no "
        "multiple of `epoch_steps`.",
    ),
]
EpochStepsOption: TypeAlias = Annotated[
    int,
    Option(
        "Optimization",
        "Steps per epoch. After each epoch the model is validated and the run "
        "is saved.",
    ),
]
ScheduleOption: TypeAlias = Annotated[
    Schedule,
    Option(
        "Optimization",
        "Learning rate schedule: cosine decay to 0, or halving five times.",
    ),
]
WeightDecayOption: TypeAlias = Annotated[
    float, Option("Optimization", "Weight decay of AdamW.")
]
EMAOption: TypeAlias = Annotated[
    float,
    Option(
        "Optimization",
        "Momentum of the moving average of the weights, which is what is "
        "validated and saved; it rises to this value in the first steps. 0 "
        "turns the average off.",
    ),
]
PatienceOption: TypeAlias = Annotated[
    int | None,
    Option(
        "Optimization",
        "Number of epochs without a better validation score after which "
        "training stops.",
    ),
]
PrecisionOption: TypeAlias = Annotated[
    Precision,
    Option(
        "Optimization",
        "Precision of the networks. mixed_bfloat16 takes less than half the "
        "time on processors with matrix units for it.",
    ),
]
SeedOption: TypeAlias = Annotated[
    int,
    Option(
        "Optimization",
        "Seed of the initial weights, the batches and the augmentation.",
    ),
]
TensorBoardOption: TypeAlias = Annotated[
    bool,
    Option(
        "Output",
        "Whether to write logs for TensorBoard to the run.",
        identifies=False,
    ),
]
SaveMinutesOption: TypeAlias = Annotated[
    float,
    Option(
        "Output",
        "Minutes between two saves of the run within an epoch.",
        identifies=False,
    ),
]
ExtendOption: TypeAlias = Annotated[
    bool,
    Option(
        "Optimization",
        "Whether a run that is there goes on to a later end: larger `steps`, "
        "`epochs`, `minutes` or `patience`. From there on, its learning rate "
        "is that of a run planned to the new end.",
        identifies=False,
    ),
]
MaxPixelsOption: TypeAlias = Annotated[
    int,
    Option(
        "Data",
        "Files with more pixels are left out before they are decoded.",
        identifies=False,
    ),
]
VerboseOption: TypeAlias = Annotated[
    Verbose,
    Option("Output", "Progress output, as in `fit`.", identifies=False),
]


def check_shared_options(options: Any) -> None:
    """Check the options above, as far as a recipe has them.

    Raises:
        ValueError: A value is not as described.
    """
    values = {
        field.name: getattr(options, field.name)
        for field in dataclasses.fields(options)
    }
    for name in ("data", "out"):
        if values[name] == "":
            raise ValueError(f"`{name}` must not be empty")
    for name, choices in (
        ("schedule", Schedule),
        ("precision", Precision),
        ("verbose", Verbose),
    ):
        if name in values:
            check_choice(name, values[name], get_args(choices))
    for name in ("steps", "epoch_steps", "batch_size", "max_pixels"):
        if name in values:
            check_positive(name, values[name])
    check_folder(values["out"])
    check_above("save_minutes", values["save_minutes"], 0)
    check_flag("extend", values["extend"])
    check_above("learning_rate", values["learning_rate"], 0)
    check_number("weight_decay", values.get("weight_decay", 0), 0)
    check_number("ema", values["ema"], 0, 1)
    check_seed(values["seed"])
    check_flag("tensorboard", values.get("tensorboard", False))


def check_patience(patience: int | None, validates: bool) -> None:
    """Check the number of epochs without improvement.

    Raises:
        ValueError: It is neither None nor a positive integer, or there is no
            validation.
    """
    if patience is None:
        return
    check_positive("patience", patience)
    if not validates:
        raise ValueError(
            "`patience` needs validation data. "
            f"Received: patience={patience}, hold_out=0"
        )
