import json

import numpy as np
import pytest

from convzoo.presets.preset import sha256
from convzoo.training import train_sr
from convzoo.training.release import release
from convzoo.zoo import (
    BallPositionPredictor,
    SizeAgnosticClassifier,
    SRGenerator,
)
from convzoo.zoo.images.image_file import ImageFile
from convzoo.zoo.images.writing.write_image import write_image
from tests.support import photograph, reference_arrays


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("data")
    for seed in range(2):
        pixels = photograph(64, 64, seed=seed)
        write_image(folder / f"{seed}.png", ImageFile(pixels))
    return train_sr(
        folder,
        tmp_path_factory.mktemp("runs") / "run",
        steps=2,
        epoch_steps=2,
        patch_size=8,
        batch_size=2,
        verbose=0,
    ).folder


def released(run, dtype, folder, name="mine"):
    """Digest, reference input and reference output of a release."""
    digest = release(run, name, dtype, folder=folder, references=folder)
    with np.load(folder / f"{name}.npz") as reference:
        return (
            digest,
            reference_arrays(reference, "input"),
            reference_arrays(reference, "output"),
        )


@pytest.mark.parametrize(
    ("dtype", "error"), [("float32", 0), ("float16", 5e-4)]
)
def test_a_release_is_a_preset_of_the_best_weights(dtype, error, run, tmp_path):
    digest, given, expected = released(run, dtype, tmp_path)
    assert digest == sha256(tmp_path / "mine" / "model.weights.h5")
    best = SRGenerator.from_preset(run)
    loaded = SRGenerator.from_preset(tmp_path / "mine")
    for a, b in zip(loaded.get_weights(), best.get_weights(), strict=True):
        assert a.dtype == b.dtype == np.float32
        np.testing.assert_allclose(a, b, rtol=error, atol=error / 1e4)
    found = loaded.predict_on_batch(given)
    np.testing.assert_allclose(found, expected, atol=1e-6)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["mine", "mine.npz"]


def test_what_a_person_wrote_is_kept(run, tmp_path):
    released(run, "float32", tmp_path)
    path = tmp_path / "mine" / "metadata.json"
    metadata = json.loads(path.read_text())
    path.write_text(json.dumps({**metadata, "description": "Sharp"}))
    (tmp_path / "mine" / "README.md").write_text("A card")
    digest, _, _ = released(run, "float16", tmp_path)
    assert digest != metadata["sha256"]
    expected = {**metadata, "description": "Sharp", "sha256": digest}
    assert json.loads(path.read_text()) == expected
    assert (tmp_path / "mine" / "README.md").read_text() == "A card"


def test_a_classifier_is_released_too(tmp_path):
    best = SizeAgnosticClassifier(3, backbone="plain", width=4)
    run = best.save_to_preset(tmp_path / "run")
    _, given, expected = released(run, "float16", tmp_path)
    loaded = SizeAgnosticClassifier.from_preset(tmp_path / "mine")
    found = loaded.predict_on_batch(given)
    np.testing.assert_allclose(found, expected, atol=1e-6)
    unrounded = best.predict_on_batch(given)
    np.testing.assert_allclose(found, unrounded, atol=1e-2)
    assert np.ptp(unrounded) > 0.1


@pytest.mark.parametrize("sees", ["players", "image"])
@pytest.mark.long
def test_a_predictor_of_the_ball_is_released_too(sees, tmp_path):
    best = BallPositionPredictor(sees, map_width=4, width=8, depth=1)
    run = best.save_to_preset(tmp_path / "run")
    release(run, "mine", "float16", "1.5", folder=tmp_path, references=tmp_path)
    loaded = BallPositionPredictor.from_preset(tmp_path / "mine")
    assert loaded.temperature == 1.5
    with np.load(tmp_path / "mine.npz") as reference:
        expected = reference_arrays(reference, "output")
        found = loaded.predict_on_batch(reference_arrays(reference, "input"))
    assert {"position", "heatmap", "radius_90"} <= set(found) == set(expected)
    for name, array in expected.items():
        np.testing.assert_allclose(found[name], array, atol=1e-4)


def test_half_of_the_digits_take_half_of_the_space(run, tmp_path):
    sizes = []
    for dtype in ("float32", "float16"):
        released(run, dtype, tmp_path, dtype)
        path = tmp_path / dtype / "model.weights.h5"
        sizes.append(path.stat().st_size)
    parameters = SRGenerator.from_preset(run).count_params()
    assert sizes[0] - sizes[1] == pytest.approx(2 * parameters, rel=0.02)


def test_other_types_and_folders_are_quoted(run, tmp_path):
    with pytest.raises(ValueError, match="dtype.*float64"):
        release(run, "mine", "float64", folder=tmp_path)
    with pytest.raises(ValueError, match="holds neither config.json"):
        release(tmp_path, "mine", "float32", folder=tmp_path)
    assert list(tmp_path.iterdir()) == []
