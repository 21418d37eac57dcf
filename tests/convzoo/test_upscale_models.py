"""The presets that a command needs, chosen without Keras."""

import pytest

from convzoo.presets import enlarging_presets
from convzoo.upscale_models import chosen_presets

KNOWN = enlarging_presets()
NEAREST = KNOWN[min(each for each in KNOWN if each >= 1.5)]


@pytest.mark.parametrize(
    "preset, perceptual, scale, to, expected",
    [
        (None, None, None, None, ["sr_x4_tiny"]),
        (None, None, 1, None, []),
        (None, None, 1.5, None, [NEAREST]),
        (None, None, 4, None, ["sr_x4_tiny"]),
        (None, None, None, (90, 90), list(KNOWN.values())),
        (None, 0.5, 1.5, None, ["sr_x4_base"]),
        ("srgan_x4_base", None, 8, None, ["srgan_x4_base"]),
    ],
)
def test_presets(preset, perceptual, scale, to, expected):
    assert chosen_presets(preset, perceptual, scale, to) == expected


@pytest.mark.parametrize(
    "arguments, message",
    [
        ((None, None, 2, (9, 9)), "either `scale` or `to`"),
        ((None, None, 0.5, None), "scale=0.5"),
        ((None, 2, None, None), "perceptual=2"),
        (("sr_x4_tiny", 0.5, None, None), "needs a preset with"),
        (("signs_spp", None, 2, None), "is a SizeAgnosticClassifier"),
    ],
)
def test_mistakes_are_quoted(arguments, message):
    with pytest.raises(ValueError, match=message):
        chosen_presets(*arguments)
