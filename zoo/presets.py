"""The weights that come with the package: name -> file, digest, model, card."""

import difflib
import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from convzoo.zoo.classification.sign_names import SIGN_NAMES

_FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Preset:
    """Trained weights and what is needed to use them.

    Attributes:
        model: name of the class in `convzoo.zoo`.
        file: the weights, a `.weights.h5` file relative to the folder `zoo`.
        sha256: hexadecimal digest of that file.
        config: arguments of the class.
        card: the model card, relative to the folder `zoo`.
        description: one line for a listing.
        preprocessing: what the input must be, in words.
        perceptual: name of the preset that this one became by an adversarial
            loss, or None: `SRGenerator.blend` goes from one to the other.
    """

    model: str
    file: str
    sha256: str
    config: dict[str, Any]
    card: str
    description: str
    preprocessing: str
    perceptual: str | None = None

    @property
    def weights_path(self):
        return _FOLDER / self.file

    @property
    def card_path(self):
        return _FOLDER / self.card

    def verified_weights(self):
        """The path of the weights, after their digest has been compared.

        Raises:
            ValueError: the file is missing, truncated or altered.
        """
        path = self.weights_path
        found = sha256(path) if path.is_file() else "no such file"
        if found != self.sha256:
            raise ValueError(
                f"{path}: the weights are not those of the release; install "
                f"the package again. Expected sha256: {self.sha256}. "
                f"Found: {found}"
            )
        return path


SR_CONFIGS: dict[str, dict[str, Any]] = {
    "srresnet": {"normalization": "batch"},
    "large": {"anchor": "bilinear"},
    "tiny": {
        "scale": 4,
        "filters": 28,
        "num_blocks": 5,
        "block": "plain",
        "activation": "relu",
        "anchor": "nearest",
        "head_kernel_size": 3,
    },
    "base": {
        "scale": 4,
        "filters": 32,
        "num_blocks": 19,
        "activation": "relu",
        "attention": "pixel",
        "upsampling": "direct",
        "anchor": "nearest",
        "head_kernel_size": 3,
    },
    "rrdb": {
        "num_blocks": 23,
        "block": "rrdb",
        "activation": "leaky_relu",
        "head_kernel_size": 3,
    },
}

_PHOTOGRAPHS = "RGB in [0, 1], channels last, any height and width"

PRESETS: dict[str, Preset] = {
    "sr_x4_tiny": Preset(
        model="SRGenerator",
        file="weights/sr_x4_tiny.weights.h5",
        sha256="43bb2cb26fd02fda8fa88f2c63f036fab4704df7bb175337a296de20900ba859",
        config=SR_CONFIGS["tiny"],
        card="cards/sr_x4_tiny.md",
        description="enlarges photographs four times, on a phone too",
        preprocessing=_PHOTOGRAPHS,
    ),
    "sr_x4_base": Preset(
        model="SRGenerator",
        file="weights/sr_x4_base.weights.h5",
        sha256="ea04102b2555c6046c7b407e0fabab25f5f4457c470c0191a616794ce1d408ea",
        config=SR_CONFIGS["base"],
        card="cards/sr_x4_base.md",
        description="enlarges photographs four times, faithfully",
        preprocessing=_PHOTOGRAPHS,
        perceptual="srgan_x4_base",
    ),
    "srgan_x4_base": Preset(
        model="SRGenerator",
        file="weights/srgan_x4_base.weights.h5",
        sha256="c84d16b356ee3b711881509c6d498c256c25ae691b53b224a0e2518087657eff",
        config=SR_CONFIGS["base"],
        card="cards/srgan_x4_base.md",
        description="enlarges photographs four times, sharply",
        preprocessing=_PHOTOGRAPHS,
    ),
    "signs_spp": Preset(
        model="SizeAgnosticClassifier",
        file="weights/signs_spp.weights.h5",
        sha256="72868e8de0d59f9c0ab565213c836aa27923df3da7e59a3ed6c44e4f7e759cb0",
        config={
            "num_classes": len(SIGN_NAMES),
            "width": 28,
            "pooling": "average",
            "dropout": 0.3,
            "standardize": True,
            "grid": 48,
            "class_names": SIGN_NAMES,
        },
        card="cards/signs_spp.md",
        description="names 43 German traffic signs, at any size",
        preprocessing="RGB in [0, 1], channels last, one sign fills the image",
    ),
    "ball_players": Preset(
        model="BallPositionPredictor",
        file="weights/ball_players.weights.h5",
        sha256="0c27b6721bcec9c808c08cbae7ef81d93f7e0edb6c0e267e764f088b6eb5bb34",
        config={"map_width": 16, "depth": 5, "temperature": 1.2},
        card="cards/ball_players.md",
        description="says where the ball is in football, from the players",
        preprocessing="metres from the centre spot, on a pitch of 105 x 68 m",
    ),
    "ball_image": Preset(
        model="BallPositionPredictor",
        file="weights/ball_image.weights.h5",
        sha256="3f562dbe3f61fcec93a4068d4c880539401c417bfe342e15d952534bc8506320",
        config={
            "sees": "image",
            "pixels_per_metre": 2.0,
            "temperature": 1.23,
        },
        card="cards/ball_image.md",
        description="says where the ball is in football, from a picture",
        preprocessing="0-1, drawn by `render_pitch` with 2 pixels a metre",
    ),
}


def get_preset(name, model=None):
    """The `Preset` called `name`.

    Args:
        name: a key of `PRESETS`.
        model: name of a class, to accept only the presets of that class.

    Raises:
        ValueError: there is none; the nearest name is proposed.
    """
    known = presets_of(model) if model else PRESETS
    if name in known:
        return known[name]
    near = difflib.get_close_matches(str(name), known, n=1, cutoff=0.4)
    hint = f"did you mean {near[0]!r}? " if near else ""
    raise ValueError(
        f"Unknown preset: {name!r}; {hint}"
        f"There are: {', '.join(sorted(known)) or 'none'}"
    )


def perceptual_partner(name):
    """The name of the preset that looks sharper than the one called `name`.

    Raises:
        ValueError: there is no preset of that name, or none that became of it.
    """
    partner = get_preset(name).perceptual
    if partner is None:
        known = sorted(k for k, v in PRESETS.items() if v.perceptual)
        raise ValueError(
            "A perceptual dial needs a preset that was trained further by an "
            f"adversarial loss: {', '.join(known) or 'there is none'}. "
            f"Received: {name!r}"
        )
    return partner


def presets_of(model):
    """The presets of the class called `model`, by name."""
    return {k: v for k, v in PRESETS.items() if v.model == model}


def sha256(path):
    """The hexadecimal digest of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()
