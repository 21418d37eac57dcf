"""Options of `train_ball_motion`. No Keras, for a quick `--help`."""

from collections.abc import Sequence
from dataclasses import KW_ONLY, dataclass
from typing import Annotated

from convzoo.common.checks import (
    check_above,
    check_flag,
    check_number,
    check_positive,
)
from convzoo.common.option import Option, documented
from convzoo.common.types import PathLike
from convzoo.training.football.game_options import (
    PitchOption,
    SharesOption,
    check_game_options,
    listed,
)
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
    shares: SharesOption = None
    pitch: PitchOption = (105.0, 68.0)
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
        check_game_options(self)
        for name in ("length", "width"):
            check_positive(name, getattr(self, name))
        for name in ("causal", "ball_flips"):
            check_flag(name, getattr(self, name))
        for name in ("data_rate", "frame_rate"):
            check_above(name, getattr(self, name), 0)
        check_number("noise", self.noise, 0)
        for index, each in enumerate(self.dilations):
            check_positive(f"dilations[{index}]", each)
        if len(listed(self.ball_model)) not in (1, len(self.paths)):
            raise ValueError(
                "`ball_model` must be one model, or one for each of the "
                f"{len(self.paths)} files. Received: {self.ball_model!r}"
            )

    @property
    def paths(self) -> list[PathLike]:
        """The files of `data`, one or several."""
        return listed(self.data)

    @property
    def ball_models(self) -> list[PathLike]:
        """The model of each file."""
        models = listed(self.ball_model)
        return models * len(self.paths) if len(models) == 1 else models
