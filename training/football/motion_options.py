"""Options of `train_ball_motion`. No Keras, for a quick `--help`."""

import os
from collections.abc import Sequence
from dataclasses import KW_ONLY, dataclass
from typing import Annotated

from convzoo.common.checks import (
    check_above,
    check_flag,
    check_fraction,
    check_lengths,
    check_number,
    check_positive,
)
from convzoo.common.option import Option, documented
from convzoo.common.types import PathLike
from convzoo.training.football.ball_options import check_shares
from convzoo.training.shared_options import (
    EMAOption,
    EpochStepsOption,
    ExtendOption,
    OutOption,
    PatienceOption,
    SaveMinutesOption,
    ScheduleOption,
    SeedOption,
    StepsOption,
    TensorBoardOption,
    VerboseOption,
    WeightDecayOption,
    check_patience,
    check_shared_options,
)


@documented
@dataclass(frozen=True)
class MotionOptions:
    """Options of `train_ball_motion`.

    Raises:
        ValueError: A value is not as described.
    """

    data: Annotated[
        PathLike | Sequence[PathLike],
        Option(
            "Data",
            "Tracking data of continuous play: a .npz or .csv file, "
            "`PROVIDER:FILES` or `tfds:NAME`; several are learned together. "
            "Test frames are not used.",
        ),
    ]
    out: OutOption
    _: KW_ONLY
    ball_model: Annotated[
        PathLike | Sequence[PathLike],
        Option(
            "Data",
            "Model that predicts single frames: a preset, its folder, or the "
            "folder of a run; one for all files, or one for each. A model that "
            "learned a file predicts it too well: use another one there.",
        ),
    ] = "ball_players"
    ball_flips: Annotated[
        bool,
        Option("Data", "Whether that model averages four mirrored views."),
    ] = False
    hold_out: Annotated[
        float,
        Option(
            "Data",
            "Fraction of each game held out for validation, which chooses the "
            "best weights by the mean distance to the ball and calibrates the "
            "radii. 0 holds out none, and the last weights are the best.",
        ),
    ] = 0.1
    shares: Annotated[
        tuple[float, ...] | None,
        Option(
            "Data",
            "Relative frequencies of the files in a batch, such as 3,1,1. "
            "Without it, they are proportional to the square roots of the "
            "numbers of frames.",
        ),
    ] = None
    pitch: Annotated[
        tuple[float, float],
        Option("Data", "Length and width of the pitch, in metres."),
    ] = (105.0, 68.0)
    data_rate: Annotated[
        float,
        Option("Data", "Frames per second of files without times."),
    ] = 5.0
    length: Annotated[int, Option("Data", "Number of frames per sequence.")] = (
        128
    )
    causal: Annotated[
        bool,
        Option("Model", "Whether a frame sees earlier frames only."),
    ] = False
    frame_rate: Annotated[
        float, Option("Model", "Frames per second that the model sees.")
    ] = 5.0
    width: Annotated[int, Option("Model", "Number of channels.")] = 64
    dilations: Annotated[
        tuple[int, ...],
        Option("Model", "Dilations of the blocks, in frames."),
    ] = (1, 2, 4, 8, 16, 1, 2, 4, 8)
    dropout: Annotated[
        float, Option("Model", "Dropout rate of the blocks.")
    ] = 0.1
    noise: Annotated[
        float,
        Option(
            "Augmentation",
            "Standard deviation of the error of known balls, in metres.",
        ),
    ] = 0.1
    steps: StepsOption = 4_000
    epoch_steps: EpochStepsOption = 250
    batch_size: Annotated[
        int, Option("Optimization", "Number of sequences per batch.")
    ] = 32
    learning_rate: Annotated[
        float, Option("Optimization", "Initial learning rate of AdamW.")
    ] = 2e-3
    schedule: ScheduleOption = "cosine"
    extend: ExtendOption = False
    weight_decay: WeightDecayOption = 0.05
    ema: EMAOption = 0.995
    patience: PatienceOption = None
    seed: SeedOption = 0
    tensorboard: TensorBoardOption = False
    save_minutes: SaveMinutesOption = 2.0
    verbose: VerboseOption = "auto"

    def __post_init__(self) -> None:
        if not self.paths:
            raise ValueError("`data` must name a file. Received: none")
        check_shared_options(self)
        for name in ("length", "width"):
            check_positive(name, getattr(self, name))
        for name in ("causal", "ball_flips"):
            check_flag(name, getattr(self, name))
        for name in ("data_rate", "frame_rate"):
            check_above(name, getattr(self, name), 0)
        check_number("dropout", self.dropout, 0, 1)
        check_number("noise", self.noise, 0)
        check_lengths("pitch", self.pitch)
        for index, each in enumerate(self.dilations):
            check_positive(f"dilations[{index}]", each)
        if self.shares is not None:
            check_shares(self.shares, len(self.paths))
        if len(_listed(self.ball_model)) not in (1, len(self.paths)):
            raise ValueError(
                "`ball_model` must be one model, or one for each of the "
                f"{len(self.paths)} files. Received: {self.ball_model!r}"
            )
        check_fraction("hold_out", self.hold_out)
        check_patience(self.patience, self.hold_out > 0)

    @property
    def paths(self) -> list[PathLike]:
        """The files of `data`, one or several."""
        return _listed(self.data)

    @property
    def ball_models(self) -> list[PathLike]:
        """The model of each file."""
        models = _listed(self.ball_model)
        return models * len(self.paths) if len(models) == 1 else models


def _listed(paths: PathLike | Sequence[PathLike]) -> list[PathLike]:
    return [paths] if isinstance(paths, (str, os.PathLike)) else list(paths)
