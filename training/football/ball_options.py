"""Options of `train_ball`. No Keras, so that `--help` answers at once."""

from collections.abc import Sequence
from dataclasses import KW_ONLY, dataclass
from typing import TYPE_CHECKING, Annotated, get_args

from convzoo.common.checks import (
    check_above,
    check_choice,
    check_positive,
)
from convzoo.common.choices import Sees, Spatial
from convzoo.common.option import Option, arguments_of, documented
from convzoo.common.types import PathLike
from convzoo.presets import find_preset
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

if TYPE_CHECKING:
    from convzoo.training.football.ball_augmentation import BallAugmentation


@documented
@dataclass(frozen=True)
class BallOptions:
    """Options of `train_ball`.

    Raises:
        ValueError: A value is not as described.
    """

    data: Annotated[
        PathLike | Sequence[PathLike],
        Option(
            "Data",
            "Tracking data: a .npz or .csv file, `PROVIDER:FILES` or "
            "`tfds:NAME`; several are learned together. Test frames and frames "
            "without a ball are not used.",
        ),
    ]
    out: OutOption
    _: KW_ONLY
    hold_out: Annotated[
        float,
        Option(
            "Data",
            "Fraction of each game held out for validation, which chooses the "
            "best weights by the mean distance to the ball. 0 holds out none, "
            "and the last weights are the best.",
        ),
    ] = 0.1
    shares: SharesOption = None
    pitch: PitchOption = (105.0, 68.0)
    frames: Annotated[
        int,
        Option(
            "Data",
            "Number of frames that the model sees, the newest last. More than "
            "one needs files with times.",
        ),
    ] = 1
    frame_rate: Annotated[
        float | None,
        Option(
            "Data",
            "Frames per second that the model sees; required with more than "
            "one frame.",
        ),
    ] = None
    sees: Annotated[
        Sees,
        Option(
            "Model",
            "Input of the model: coordinates of players, or an image of them "
            "on the pitch.",
        ),
    ] = "players"
    spatial: Annotated[
        Spatial,
        Option("Model", "Layers of the network over the map of the pitch."),
    ] = "dilated"
    map_width: Annotated[
        int, Option("Model", "Channels of the network over the map.")
    ] = 32
    width: Annotated[
        int, Option("Model", "Channels of a player's embedding.")
    ] = 96
    depth: Annotated[
        int, Option("Model", "Number of encoder blocks over the players.")
    ] = 4
    heads: Annotated[
        int, Option("Model", "Number of attention heads per encoder block.")
    ] = 3
    dropout: Annotated[
        float, Option("Model", "Dropout rate of the encoder blocks.")
    ] = 0.1
    pixels_per_metre: Annotated[
        float,
        Option("Model", "Resolution of the image with `sees` image."),
    ] = 4.0
    init: Annotated[
        PathLike | None,
        Option(
            "Model",
            "Preset, run or .keras file whose weights initialize the model, "
            "for fine-tuning. The options of the model must be its own.",
        ),
    ] = None
    jitter: Annotated[
        float,
        Option(
            "Augmentation",
            "Largest standard deviation of noise on positions, in metres, and "
            "on velocities, in metres per second.",
        ),
    ] = 0.2
    stretch: Annotated[
        float,
        Option(
            "Augmentation",
            "Largest relative change of the pitch's length and width.",
        ),
    ] = 0.05
    drop_velocities: Annotated[
        float,
        Option("Augmentation", "Fraction of frames without any velocity."),
    ] = 0.3
    drop_players: Annotated[
        float,
        Option(
            "Augmentation",
            "Fraction of players that are missing in a third of the frames.",
        ),
    ] = 0.1
    crop: Annotated[
        float,
        Option(
            "Augmentation",
            "Fraction of frames of which a camera sees only a part.",
        ),
    ] = 0.15
    steps: StepsOption = 12_000
    stop: Annotated[
        int | None,
        Option(
            "Optimization",
            "Step at which to stop, with the learning rate as for all `steps`. "
            "A run may go on to a later one.",
            identifies=False,
        ),
    ] = None
    epoch_steps: EpochStepsOption = 400
    batch_size: Annotated[
        int, Option("Optimization", "Number of frames per batch.")
    ] = 64
    learning_rate: Annotated[
        float, Option("Optimization", "Initial learning rate of AdamW.")
    ] = 1e-3
    schedule: ScheduleOption = "cosine"
    extend: ExtendOption = False
    weight_decay: WeightDecayOption = 0.02
    ema: EMAOption = 0.998
    patience: PatienceOption = None
    seed: SeedOption = 0
    tensorboard: TensorBoardOption = False
    save_minutes: SaveMinutesOption = 2.0
    verbose: VerboseOption = "auto"

    def __post_init__(self) -> None:
        check_game_options(self)
        for name, choices in (
            ("sees", Sees),
            ("spatial", Spatial),
        ):
            check_choice(name, getattr(self, name), get_args(choices))
        for name in ("map_width", "width", "depth", "heads", "frames"):
            check_positive(name, getattr(self, name))
        check_above("pixels_per_metre", self.pixels_per_metre, 0)
        if self.frames > 1 and self.frame_rate is None:
            raise ValueError(
                "`frame_rate` is required with more than one frame. "
                f"Received: frames={self.frames}, frame_rate=None"
            )
        if self.init is not None:
            find_preset(self.init).check_class(
                "BallPositionPredictor", "`init`"
            )
        if self.stop is not None:
            self._check_stop(self.stop)
        self.augmentation()

    @property
    def paths(self) -> list[PathLike]:
        """The files of `data`, one or several."""
        return listed(self.data)

    def augmentation(self) -> "BallAugmentation":
        """The augmentation of training frames.

        Raises:
            ValueError: A value is not as described.
        """
        # Imported here: NumPy takes longer than `--help` may.
        from convzoo.training.football.ball_augmentation import (
            BallAugmentation,
        )

        return BallAugmentation(**arguments_of(BallAugmentation, self))

    def _check_stop(self, stop: int) -> None:
        check_positive("stop", stop)
        if stop > self.steps:
            raise ValueError(
                "`stop` must be at most `steps`. "
                f"Received: stop={stop}, steps={self.steps}"
            )
