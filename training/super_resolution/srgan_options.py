"""Options of `train_srgan`. No Keras, so that `--help` answers at once."""

from dataclasses import KW_ONLY, dataclass
from typing import Annotated, get_args

from convzoo.common.checks import (
    check_above,
    check_choice,
    check_flag,
    check_number,
    check_positive,
)
from convzoo.common.choices import (
    DiscriminatorNetwork,
    DiscriminatorNormalization,
)
from convzoo.common.option import Option, documented
from convzoo.common.pixel_limit import MAX_PIXELS
from convzoo.common.types import PathLike
from convzoo.training.shared_options import (
    EMAOption,
    EpochStepsOption,
    ExtendOption,
    MaxPixelsOption,
    PrecisionOption,
    SaveMinutesOption,
    ScheduleOption,
    SeedOption,
    TensorBoardOption,
    VerboseOption,
)
from convzoo.training.super_resolution.network_choice import (
    Features,
    Judge,
    chosen_network,
)
from convzoo.training.super_resolution.sr_options import (
    BatchSizeOption,
    ConfigOption,
    InitOption,
    PatchSizeOption,
    PhotographsOption,
    ReductionsOption,
    ScaleOption,
    ValidationOption,
    check_sr_options,
)


@documented
@dataclass(frozen=True)
class SRGANOptions:
    """Options of `train_srgan`.

    Raises:
        ValueError: A value is not as described.
    """

    data: PhotographsOption
    out: Annotated[
        PathLike,
        Option(
            "Output",
            "Folder of the run, with that of the first phase in `pretrain` and "
            "pictures in `samples`. A run that is there is resumed.",
            identifies=False,
        ),
    ]
    _: KW_ONLY
    validation: ValidationOption = None
    max_pixels: MaxPixelsOption = MAX_PIXELS
    patch_size: PatchSizeOption = 32
    reductions: ReductionsOption = (1.0,)
    config: ConfigOption = "base"
    scale: ScaleOption = 4
    init: InitOption = None
    network: Annotated[
        DiscriminatorNetwork,
        Option(
            "Model",
            "Architecture of the discriminator: one logit per image, or a "
            "U-Net with one per pixel.",
        ),
    ] = "vgg"
    filters: Annotated[
        int,
        Option("Model", "Channels of the discriminator's first convolution."),
    ] = 64
    normalization: Annotated[
        DiscriminatorNormalization | None,
        Option("Model", "Normalization in the discriminator, or none."),
    ] = "batch"
    pixel_weight: Annotated[
        float, Option("Losses", "Weight of the mean absolute error.")
    ] = 1e-2
    perceptual_weight: Annotated[
        float, Option("Losses", "Weight of the perceptual loss.")
    ] = 1.0
    adversarial_weight: Annotated[
        float, Option("Losses", "Weight of the adversarial loss.")
    ] = 5e-3
    gradient_penalty: Annotated[
        float,
        Option(
            "Losses",
            "Weight of the gradient penalty in the discriminator's loss.",
        ),
    ] = 0.0
    features: Annotated[
        str,
        Option(
            "Losses",
            "Network of the perceptual loss, vgg19 or squeezenet. A path of "
            "weights may follow after a colon; without it they are downloaded.",
        ),
    ] = "vgg19"
    judge: Annotated[
        str,
        Option(
            "Losses",
            "Perceptual distance that chooses the best weights: alex or vgg "
            "(LPIPS), or squeezenet. A path of weights may follow after a "
            "colon; without it they are downloaded.",
        ),
    ] = "alex"
    pretrain_steps: Annotated[
        int,
        Option(
            "Optimization",
            "Steps of the first phase, in which the generator trains alone. "
            "0 skips it.",
        ),
    ] = 100_000
    pretrain_learning_rate: Annotated[
        float,
        Option(
            "Optimization",
            "Initial learning rate of the first phase, with cosine decay.",
        ),
    ] = 1e-3
    steps: Annotated[
        int,
        Option(
            "Optimization",
            "Steps of the second phase, in which both networks train.",
        ),
    ] = 50_000
    epoch_steps: EpochStepsOption = 1000
    batch_size: BatchSizeOption = 16
    learning_rate: Annotated[
        float,
        Option(
            "Optimization", "Initial learning rate of the generator, with Adam."
        ),
    ] = 1e-4
    discriminator_learning_rate: Annotated[
        float | None,
        Option(
            "Optimization",
            "Initial learning rate of the discriminator. Without it, that of "
            "the generator.",
        ),
    ] = None
    schedule: ScheduleOption = "halving"
    extend: ExtendOption = False
    ema: EMAOption = 0.999
    precision: PrecisionOption = "float32"
    force: Annotated[
        bool,
        Option(
            "Optimization",
            "Whether to start the second phase from random weights.",
            identifies=False,
        ),
    ] = False
    seed: SeedOption = 0
    tensorboard: TensorBoardOption = False
    save_minutes: SaveMinutesOption = 2.0
    verbose: VerboseOption = "auto"

    def __post_init__(self) -> None:
        check_sr_options(self)
        check_choice("network", self.network, get_args(DiscriminatorNetwork))
        check_choice(
            "normalization",
            self.normalization,
            (None, *get_args(DiscriminatorNormalization)),
        )
        check_flag("force", self.force)
        chosen_network("features", self.features, get_args(Features))
        chosen_network("judge", self.judge, get_args(Judge))
        check_positive("filters", self.filters)
        for name in (
            "pixel_weight",
            "perceptual_weight",
            "adversarial_weight",
            "gradient_penalty",
        ):
            check_number(name, getattr(self, name), 0)
        if self.discriminator_learning_rate is not None:
            check_above(
                "discriminator_learning_rate",
                self.discriminator_learning_rate,
                0,
            )
        check_above("pretrain_learning_rate", self.pretrain_learning_rate, 0)
        if self.pretrain_steps != 0 or isinstance(self.pretrain_steps, bool):
            check_positive("pretrain_steps", self.pretrain_steps)
        if not self.pretrain_steps and self.init is None and not self.force:
            raise ValueError(
                "`pretrain_steps` must not be 0 without `init`: a generator "
                "of random weights does not learn against a discriminator. "
                "Pass `force` to try. Received: pretrain_steps=0, init=None"
            )
