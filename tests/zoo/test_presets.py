import dataclasses
import shutil

import numpy as np
import pytest

from convzoo.zoo import SRGenerator, load_model, presets
from convzoo.zoo.presets import (
    PRESETS,
    get_preset,
    perceptual_partner,
    presets_of,
)
from tests.support import reference_arrays

# In bytes: what a user has to download with each model; 8 MB together.
SIZES = {
    "sr_x4_tiny": 400_000,
    "sr_x4_base": 1_100_000,
    "srgan_x4_base": 1_100_000,
    "signs_spp": 1_500_000,
    "ball_players": 1_500_000,
    "ball_image": 400_000,
}


@pytest.fixture
def moved(monkeypatch, tmp_path):
    """The preset, its weights in a folder of the test's own."""
    name = "sr_x4_tiny"
    path = tmp_path / PRESETS[name].file
    path.parent.mkdir()
    shutil.copyfile(PRESETS[name].weights_path, path)
    monkeypatch.setattr(presets, "_FOLDER", tmp_path)
    return name, path


def assert_refused(name, path, found):
    with pytest.raises(ValueError) as error:
        SRGenerator.from_preset(name)
    for part in (str(path), PRESETS[name].sha256, found):
        assert part in str(error.value)


def test_missing_weights_are_named(moved):
    name, path = moved
    path.unlink()
    assert_refused(name, path, "no such file")


def test_truncated_weights_are_refused(moved):
    name, path = moved
    path.write_bytes(path.read_bytes()[:-1000])
    assert_refused(name, path, presets.sha256(path))


def test_one_altered_byte_is_refused(moved):
    name, path = moved
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    assert_refused(name, path, presets.sha256(path))


def test_an_unknown_name_gets_the_nearest():
    with pytest.raises(ValueError, match="'srx4tiny'.*did you mean 'sr_x4_ti"):
        SRGenerator.from_preset("srx4tiny")


@pytest.mark.parametrize("name", ["zzz", "", None, 3])
def test_what_is_near_nothing_lists_all(name):
    with pytest.raises(ValueError, match="There are: .*sr_x4_tiny"):
        get_preset(name)


def test_presets_of_another_class_are_not_offered():
    assert presets_of("Nothing") == {}
    with pytest.raises(ValueError, match="Unknown preset"):
        get_preset("sr_x4_tiny", "Nothing")


@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_is_whole(name):
    preset = PRESETS[name]
    assert preset.verified_weights() == preset.weights_path
    assert preset.weights_path.stat().st_size <= SIZES[name]
    card = preset.card_path.read_text()
    for part in (preset.sha256, "convzoo train", "Licence", "seed"):
        assert part in card
    with pytest.raises(dataclasses.FrozenInstanceError):
        preset.file = "other"


@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_reproduces_its_reference(name):
    path = PRESETS[name].weights_path
    with np.load(path.with_name(f"{name}.reference.npz")) as reference:
        given = reference_arrays(reference, "input")
        expected = reference_arrays(reference, "output")
    model = load_model(name)
    found = model.predict_on_batch(given)
    if not isinstance(expected, dict):
        found, expected = {"": found}, {"": expected}
    assert set(found) == set(expected)
    scales = getattr(model, "serving_scales", {})
    for output, array in expected.items():
        atol = 1e-4 * scales.get(output, 1)
        np.testing.assert_allclose(found[output], array, atol=atol)


def test_all_weights_together_stay_small():
    assert sum(SIZES[name] for name in PRESETS) <= 8_000_000


def test_the_dial_has_two_ends():
    assert perceptual_partner("sr_x4_base") == "srgan_x4_base"
    first, second = PRESETS["sr_x4_base"], PRESETS["srgan_x4_base"]
    assert first.config == second.config


@pytest.mark.parametrize("name", ["sr_x4_tiny", "srgan_x4_base"])
def test_a_preset_without_a_dial_names_those_with_one(name):
    with pytest.raises(ValueError, match=f"sr_x4_base. Received: '{name}'"):
        perceptual_partner(name)


def test_a_dial_of_something_unknown_is_quoted():
    with pytest.raises(ValueError, match="'sr_x4_bse'; did you mean"):
        perceptual_partner("sr_x4_bse")
