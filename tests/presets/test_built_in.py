import shutil

import numpy as np
import pytest

from convzoo.presets import built_in, find_preset, perceptual_partner
from convzoo.presets.preset import Preset, sha256
from convzoo.zoo import load_model
from tests.support import FIXTURES, reference_arrays

# Maximum download size of each model in bytes; at most 8 MB together.
SIZES = {
    "sr_x4_tiny": 400_000,
    "sr_x4_base": 1_100_000,
    "srgan_x4_base": 1_100_000,
    "signs_spp": 1_500_000,
    "ball_players": 1_500_000,
    "ball_image": 400_000,
    "ball_motion": 700_000,
    "ball_motion_causal": 700_000,
}


@pytest.fixture
def copied(tmp_path):
    """Return a copy of a built-in preset in a temporary folder."""
    folder = tmp_path / "mine"
    shutil.copytree(built_in()["sr_x4_tiny"].path, folder)
    return Preset("mine", folder)


def assert_refused(preset, found):
    with pytest.raises(ValueError) as error:
        preset.verified_weights()
    for part in (
        str(preset.weights_path),
        built_in()["sr_x4_tiny"].metadata["sha256"],
        found,
    ):
        assert part in str(error.value)


def test_missing_weights_are_named(copied):
    copied.weights_path.unlink()
    assert_refused(copied, "no such file")


def test_truncated_weights_are_refused(copied):
    path = copied.weights_path
    path.write_bytes(path.read_bytes()[:-1000])
    assert_refused(copied, sha256(path))


def test_one_altered_byte_is_refused(copied):
    path = copied.weights_path
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    assert_refused(copied, sha256(path))


def test_presets_of_a_class():
    assert set(built_in("SRGenerator")) == {
        "sr_x4_tiny",
        "sr_x4_base",
        "srgan_x4_base",
    }
    assert built_in("Nothing") == {}
    assert set(built_in()) == set(SIZES)


@pytest.mark.parametrize("name", SIZES)
def test_every_preset_is_whole(name):
    preset = built_in()[name]
    weights = preset.verified_weights()
    assert weights.stat().st_size <= SIZES[name]
    card = preset.card_path.read_text()
    for part in (preset.metadata["sha256"], "convzoo train", "Licence", "seed"):
        assert part in card
    assert preset.description and preset.metadata["preprocessing"]


@pytest.mark.parametrize("name", SIZES)
def test_every_preset_reproduces_its_reference(name):
    with np.load(FIXTURES / "presets" / f"{name}.npz") as reference:
        given = reference_arrays(reference, "input")
        expected = reference_arrays(reference, "output")
    model = load_model(name)
    assert model.count_params() == built_in()[name].metadata["parameter_count"]
    found = model.predict_on_batch(given)
    if not isinstance(expected, dict):
        found, expected = {"": found}, {"": expected}
    assert set(found) == set(expected)
    scales = getattr(model, "serving_scales", {})
    for output, array in expected.items():
        atol = 1e-4 * scales.get(output, 1)
        np.testing.assert_allclose(found[output], array, atol=atol)


def test_all_weights_together_stay_small():
    assert sum(SIZES.values()) <= 8_000_000


def test_the_dial_has_two_ends():
    assert perceptual_partner("sr_x4_base") == "srgan_x4_base"
    path = built_in()["sr_x4_base"].path
    assert perceptual_partner(path) == "srgan_x4_base"
    first, second = (
        {**built_in()[name].config, "name": None}
        for name in ("sr_x4_base", "srgan_x4_base")
    )
    assert first == second


@pytest.mark.parametrize("name", ["sr_x4_tiny", "srgan_x4_base"])
def test_a_preset_without_a_dial_names_those_with_one(name):
    with pytest.raises(ValueError, match=f"sr_x4_base. Received: '{name}'"):
        perceptual_partner(name)


def test_a_dial_of_something_unknown_is_quoted():
    with pytest.raises(ValueError, match="'sr_x4_bse'; did you mean"):
        perceptual_partner("sr_x4_bse")


@pytest.mark.parametrize("name", ["zzz", "", None, 3])
def test_what_is_near_nothing_lists_all(name):
    with pytest.raises(ValueError, match="Built-in presets: .*sr_x4_tiny"):
        find_preset(name)
