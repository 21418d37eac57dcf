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
    Precision,
    Schedule,
    SRConfig,
    SRScale,
    Verbose,
)
from convzoo.common.option import Option, documented
from convzoo.common.types import PathLike
from convzoo.training.steps import check_whole_epochs
from convzoo.training.super_resolution.sr_options import check_sr_options


@documented
@dataclass(frozen=True)
class SRGANOptions:
    """Options of `train_srgan`.

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
            "Folder of the run, with that of the first phase in `pretrain` and "
            "pictures in `samples`. A run that is there is resumed.",
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
    config: Annotated[
        SRConfig, Option("Model", "Architecture of the generator.")
    ] = "base"
    scale: Annotated[
        SRScale, Option("Model", "Upscaling factor of height and width.")
    ] = 4
    init: Annotated[
        PathLike | None,
        Option(
            "Model",
            "Preset, run or .keras file whose weights initialize the "
            "generator, for fine-tuning.",
        ),
    ] = None
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
            "Steps of the second phase, in which both networks train; a "
            "multiple of `epoch_steps`.",
        ),
    ] = 50_000
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
    schedule: Annotated[
        Schedule,
        Option(
            "Optimization",
            "Learning rate schedule of the second phase: cosine decay to 0, or "
            "halving five times.",
        ),
    ] = "halving"
    ema: Annotated[
        float,
        Option(
            "Optimization",
            "Momentum of the moving average of the generator's weights, which "
            "is what is validated and saved. 0 turns it off.",
        ),
    ] = 0.999
    precision: Annotated[
        Precision, Option("Optimization", "Precision of both networks.")
    ] = "float32"
    force: Annotated[
        bool,
        Option(
            "Optimization",
            "Whether to start the second phase from random weights.",
            identifies=False,
        ),
    ] = False
    seed: Annotated[
        int,
        Option("Optimization", "Seed of the initial weights and the patches."),
    ] = 0
    tensorboard: Annotated[
        bool,
        Option(
            "Output",
            "Whether to write logs and samples for TensorBoard to the run.",
            identifies=False,
        ),
    ] = False
    verbose: Annotated[
        Verbose,
        Option("Output", "Progress output, as in `fit`.", identifies=False),
    ] = "auto"

    def __post_init__(self) -> None:
        check_sr_options(self)
        check_choice("network", self.network, get_args(DiscriminatorNetwork))
        check_choice(
            "normalization",
            self.normalization,
            (None, *get_args(DiscriminatorNormalization)),
        )
        check_flag("force", self.force)
        check_flag("tensorboard", self.tensorboard)
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
        check_whole_epochs(
            "pretrain_steps", self.pretrain_steps, self.epoch_steps
        )
        if not self.pretrain_steps and self.init is None and not self.force:
            raise ValueError(
                "`pretrain_steps` must not be 0 without `init`: a generator "
                "of random weights does not learn against a discriminator. "
                "Pass `force` to try. Received: pretrain_steps=0, init=None"
            )
