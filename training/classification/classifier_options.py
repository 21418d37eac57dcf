"""Options of `train_classifier`. No Keras, so that `--help` answers at once."""

from collections.abc import Sequence
from dataclasses import KW_ONLY, dataclass
from typing import TYPE_CHECKING, Annotated, Any, get_args

from convzoo.common.backbone_kinds import OF_OWN, OF_PRETRAINED
from convzoo.common.checks import (
    check_above,
    check_choice,
    check_flag,
    check_fraction,
    check_number,
    check_positive,
    check_unused,
    is_integer,
)
from convzoo.common.choices import Backbone, Pooling, PretrainedBackbone
from convzoo.common.option import Option, arguments_of, documented
from convzoo.common.pixel_limit import MAX_PIXELS
from convzoo.common.types import PathLike
from convzoo.presets import find_preset
from convzoo.training.shared_options import (
    EMAOption,
    ExtendOption,
    MaxPixelsOption,
    OutOption,
    PatienceOption,
    PrecisionOption,
    SaveMinutesOption,
    ScheduleOption,
    SeedOption,
    TensorBoardOption,
    VerboseOption,
    check_patience,
    check_shared_options,
)

# A default that depends on the backbone: the first is of the networks of
# convzoo, the second of those with published weights.
CHOSEN: Any = None
_CHOSEN = {
    "pooling": ("average", "max"),
    "dropout": (0.3, 0.0),
    "learning_rate": (1e-3, 1e-5),
    "weight_decay": (0.05, 0.0),
    "label_smoothing": (0.1, 0.0),
}
# Minutes of training if neither epochs nor minutes are given.
_MINUTES = 15.0
# Epochs of fine-tuning, by default.
_TUNING_EPOCHS = 6

if TYPE_CHECKING:
    from convzoo.training.classification.augmentation import Augmentation

# Options without effect for the other kind of backbones.
_OF_OWN = (
    "width",
    "buckets",
    "sizes",
    "standardize",
    "grid",
    "rescale",
    "mirror",
)
_OF_PRETRAINED = ("weights", "maps", "max_stretch", "fine_tune")


@documented
@dataclass(frozen=True)
class ClassifierOptions:
    """Options of `train_classifier`.

    Raises:
        ValueError: A value is not as described.
    """

    data: Annotated[
        PathLike,
        Option(
            "Data",
            "Folder with one folder of images per class, or `tfds:NAME` for a "
            "dataset of tensorflow-datasets.",
        ),
    ]
    out: OutOption
    _: KW_ONLY
    validation: Annotated[
        PathLike | None,
        Option(
            "Data",
            "Folder or dataset with the same classes for validation, which "
            "chooses the best weights. Without it, `hold_out` does.",
        ),
    ] = None
    hold_out: Annotated[
        float,
        Option(
            "Data",
            "Fraction of each class held out for validation. 0 holds out none, "
            "and the last weights are the best.",
        ),
    ] = 0.1
    short_side: Annotated[
        int | None,
        Option(
            "Data",
            "Side in pixels to which the shorter side of each image is scaled. "
            "By default, validation chooses it for a backbone with published "
            "weights. For others, it is 96 for photographs, which are 144 "
            "pixels and more in the median, and 0, which keeps the images' own "
            "sizes, for smaller images, and with `sizes`, `grid` or `rescale`.",
        ),
    ] = None
    max_side: Annotated[
        int | None,
        Option(
            "Data",
            "Images with a longer side, in pixels, are downscaled to it, which "
            "bounds the memory.",
        ),
    ] = 512
    max_pixels: MaxPixelsOption = MAX_PIXELS
    memory: Annotated[
        float,
        Option(
            "Data",
            "Gigabytes that the maps of a training step may take, as "
            "estimated. Batches of large images hold fewer of them.",
        ),
    ] = 1.25
    buckets: Annotated[
        int,
        Option(
            "Data",
            "Largest number of shapes to which batches of images of several "
            "sizes are padded.",
        ),
    ] = 6
    sizes: Annotated[
        tuple[int, ...] | None,
        Option(
            "Data",
            "Sides in pixels to which all images are warped, one per epoch in "
            "turn. One side warps validation images too. Without it, images "
            "keep their sizes.",
        ),
    ] = None
    balance: Annotated[
        bool,
        Option(
            "Data", "Whether to weight images so that all classes count alike."
        ),
    ] = False
    init: Annotated[
        PathLike | None,
        Option(
            "Model",
            "Preset, run or .keras file whose weights and architecture "
            "initialize the model. With other classes, the head is new.",
        ),
    ] = None
    backbone: Annotated[
        Backbone, Option("Model", "Architecture of the convolutions.")
    ] = "residual"
    weights: Annotated[
        PathLike | None,
        Option(
            "Model",
            "Weights of a backbone that has published ones: imagenet, which "
            "are downloaded once, or a file of them. The networks of convzoo "
            "start from random weights.",
        ),
    ] = "imagenet"
    maps: Annotated[
        tuple[str, ...] | None,
        Option(
            "Model",
            "Layers of such a backbone whose maps are pooled. Without it, the "
            "last one.",
        ),
    ] = None
    max_stretch: Annotated[
        float,
        Option(
            "Model",
            "Largest factor by which the aspect ratio of an image changes in "
            "batches for such a backbone. 1 keeps each.",
        ),
    ] = 1.05
    fine_tune: Annotated[
        bool,
        Option(
            "Optimization",
            "Whether to train the upper layers of such a backbone too, after "
            "the dense layer. What is better on held-out images is kept.",
        ),
    ] = False
    width: Annotated[
        int, Option("Model", "Channels of the first convolutions.")
    ] = 32
    bins: Annotated[
        tuple[int, ...],
        Option("Model", "Levels of the spatial pyramid, in bins per side."),
    ] = (1, 2, 4)
    pooling: Annotated[
        Pooling,
        Option(
            "Model",
            "Pooling in the bins of the pyramid. By default average, and max "
            "with published weights.",
        ),
    ] = CHOSEN
    dropout: Annotated[
        float,
        Option(
            "Model",
            "Dropout rate of the pooled features. By default 0.3, and 0 with "
            "published weights.",
        ),
    ] = CHOSEN
    standardize: Annotated[
        bool,
        Option(
            "Model",
            "Whether to standardize each image, which removes brightness and "
            "contrast.",
        ),
    ] = False
    grid: Annotated[
        int | None,
        Option(
            "Model",
            "Side of the grid to which the first feature maps are pooled, for "
            "objects that fill their images.",
        ),
    ] = None
    rescale: Annotated[
        float,
        Option(
            "Augmentation",
            "Largest factor by which images are enlarged and shrunk.",
        ),
    ] = 1.0
    rotation: Annotated[
        float, Option("Augmentation", "Largest rotation in degrees.")
    ] = 15.0
    zoom: Annotated[
        float,
        Option(
            "Augmentation",
            "Largest relative change of size, drawn for each axis.",
        ),
    ] = 0.3
    shift: Annotated[
        float, Option("Augmentation", "Largest shift as a fraction of a side.")
    ] = 0.1
    color: Annotated[
        float,
        Option(
            "Augmentation",
            "Largest relative change of brightness, contrast and saturation.",
        ),
    ] = 0.4
    tint: Annotated[
        float,
        Option(
            "Augmentation",
            "Largest relative change of brightness, drawn for each channel.",
        ),
    ] = 0.1
    flip: Annotated[
        bool | None,
        Option(
            "Augmentation",
            "Whether to mirror half of the images horizontally. By default, "
            "they are unless `mirror` says which classes are; turn it off for "
            "text and signs.",
        ),
    ] = None
    mirror: Annotated[
        dict[str, str] | None,
        Option(
            "Augmentation",
            "Classes whose mirror images are learned too, and the class of the "
            "mirror image where it is another, such as stop,left=right.",
        ),
    ] = None
    epochs: Annotated[
        int | None,
        Option(
            "Optimization",
            "Number of passes over the images. Without it, `minutes` decides, "
            "and 6 with `fine_tune`.",
        ),
    ] = None
    minutes: Annotated[
        float | None,
        Option(
            "Optimization",
            "Minutes of training and validation, after the images are read, in "
            "place of `epochs`; 15 if neither is given, but for `fine_tune`. "
            "From the time of the first steps, the number of steps is planned "
            "once: the learning rate falls to their end, a resumed run keeps "
            "them, and a slower "
            "computer takes longer.",
        ),
    ] = None
    batch_size: Annotated[
        int, Option("Optimization", "Number of images per batch.")
    ] = 32
    learning_rate: Annotated[
        float,
        Option(
            "Optimization",
            "Initial learning rate of AdamW. By default 1e-3, and 1e-5 with "
            "published weights.",
        ),
    ] = CHOSEN
    schedule: ScheduleOption = "cosine"
    extend: ExtendOption = False
    weight_decay: Annotated[
        float,
        Option(
            "Optimization",
            "Weight decay of AdamW. By default 0.05, and 0 with published "
            "weights.",
        ),
    ] = CHOSEN
    ema: EMAOption = 0.99
    label_smoothing: Annotated[
        float,
        Option(
            "Optimization",
            "Probability mass of a label that is spread over all classes. By "
            "default 0.1, and 0 with published weights.",
        ),
    ] = CHOSEN
    patience: PatienceOption = None
    precision: PrecisionOption = "float32"
    seed: SeedOption = 0
    tensorboard: TensorBoardOption = False
    save_minutes: SaveMinutesOption = 2.0
    verbose: VerboseOption = "auto"

    def __post_init__(self) -> None:
        check_choice("backbone", self.backbone, get_args(Backbone))
        if self.init is not None:
            find_preset(self.init).check_class(
                "SizeAgnosticClassifier", "`init`"
            )
        self._check_kind()
        for name, defaults in _CHOSEN.items():
            if getattr(self, name) is CHOSEN:
                # The one way to set a field of a frozen dataclass.
                object.__setattr__(self, name, defaults[self.is_pretrained])
        for name, choices in (("pooling", Pooling),):
            check_choice(name, getattr(self, name), get_args(choices))
        check_shared_options(self)
        for name in ("buckets", "width"):
            check_positive(name, getattr(self, name))
        for name in ("grid", "max_side"):
            if getattr(self, name) is not None:
                check_positive(name, getattr(self, name))
        check_number("dropout", self.dropout, 0, 1)
        check_sizes(self.sizes)
        check_rescale(self.rescale, self.sizes)
        check_number("label_smoothing", self.label_smoothing, 0, 1)
        check_flag("balance", self.balance)
        check_above("memory", self.memory, 0)
        _check_short_side(self.short_side, self.is_pretrained)
        if self.flip is not None:
            check_flag("flip", self.flip)
        _check_end(self.epochs, self.minutes)
        if self.mirror is not None and self.flip:
            raise ValueError(
                "`mirror` is for classes that are not all alike when "
                f"mirrored. Received: mirror={self.mirror!r}, flip=True"
            )
        check_number("max_stretch", self.max_stretch, 1, 4)
        check_flag("fine_tune", self.fine_tune)
        check_fraction("hold_out", self.hold_out)
        validates = self.validation is not None or self.hold_out > 0
        check_patience(self.patience, validates)
        self.augmentation()

    @property
    def is_pretrained(self) -> bool:
        """Whether the backbone has published weights."""
        backbone: Any = self.backbone
        if self.init is not None:
            backbone = find_preset(self.init).config.get("backbone")
        return backbone in get_args(PretrainedBackbone)

    def _check_kind(self) -> None:
        """Check that no option is for another kind of backbones."""
        use, unused = (
            (OF_OWN, _OF_OWN)
            if self.is_pretrained
            else (OF_PRETRAINED, _OF_PRETRAINED)
        )
        fields = type(self).__dataclass_fields__
        check_unused(
            vars(self), {name: fields[name].default for name in unused}, use
        )
        if self.init is None:
            return
        # Given beside `init`, they would have no effect either.
        found = find_preset(self.init).config.get("backbone")
        if self.backbone not in (fields["backbone"].default, found):
            raise ValueError(
                f"`backbone` is that of `init`, {found!r}; leave it out. "
                f"Received: backbone={self.backbone!r}"
            )
        if self.weights not in (fields["weights"].default, None):
            raise ValueError(
                "`weights` are those of `init`; leave them out. "
                f"Received: weights={self.weights!r}"
            )

    def augmentation(self) -> "Augmentation":
        """The augmentation of training images.

        Raises:
            ValueError: A value is not as described.
        """
        # Imported here: NumPy takes longer than `--help` may.
        from convzoo.training.classification.augmentation import Augmentation

        arguments = arguments_of(Augmentation, self)
        return Augmentation(**{**arguments, "flip": self.flips})

    @property
    def flips(self) -> bool:
        """Whether half of the images are mirrored."""
        return self.mirror is None if self.flip is None else self.flip

    @property
    def planned_minutes(self) -> float | None:
        """Minutes of training, or None if epochs decide."""
        if self.minutes is not None:
            return float(self.minutes)
        has_epochs = self.epochs is not None or self.is_pretrained
        return None if has_epochs else _MINUTES

    @property
    def planned_epochs(self) -> int:
        """Number of epochs, where they decide."""
        return _TUNING_EPOCHS if self.epochs is None else self.epochs


def _check_short_side(side: int | None, is_pretrained: bool) -> None:
    if is_pretrained and side is not None:
        check_positive("short_side", side)
    elif side is not None and (not is_integer(side) or side < 0):
        raise ValueError(
            "`short_side` must be a side in pixels, 0 or None. "
            f"Received: short_side={side!r}"
        )


def _check_end(epochs: int | None, minutes: float | None) -> None:
    if epochs is not None:
        check_positive("epochs", epochs)
    if minutes is not None:
        check_above("minutes", minutes, 0)
    if None not in (epochs, minutes):
        raise ValueError(
            "`epochs` and `minutes` both end the training; give one. "
            f"Received: epochs={epochs!r}, minutes={minutes!r}"
        )


def check_sizes(sizes: Sequence[int] | None) -> None:
    """Raise a `ValueError` unless it is None or positive integers."""
    if sizes is None:
        return
    if not isinstance(sizes, (tuple, list)) or not sizes:
        raise ValueError(
            "`sizes` must be sides in pixels, or None. "
            f"Received: sizes={sizes!r}"
        )
    for index, side in enumerate(sizes):
        check_positive(f"sizes[{index}]", side)


def check_rescale(rescale: float, sizes: Sequence[int] | None) -> None:
    """Raise a `ValueError` unless it is a factor, and 1 beside `sizes`."""
    check_number("rescale", rescale, 1)
    if rescale != 1 and sizes is not None:
        raise ValueError(
            "`rescale` is for images at their own size, not for `sizes`. "
            f"Received: rescale={rescale!r}, sizes={sizes!r}"
        )
