import json

import numpy as np
import pytest

from convzoo.training import train_sr
from convzoo.training.release import release
from convzoo.zoo import (
    BallPositionPredictor,
    SizeAgnosticClassifier,
    SRGenerator,
)
from convzoo.zoo.images.image_file import ImageFile, write_image
from convzoo.zoo.presets import sha256
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


@pytest.mark.parametrize(
    ("dtype", "error"), [("float32", 0), ("float16", 5e-4)]
)
def test_a_released_file_loads_as_what_it_was(dtype, error, run, tmp_path):
    digest = release(run, "mine", dtype, folder=tmp_path)
    path = tmp_path / "mine.weights.h5"
    assert digest == sha256(path)
    best = SRGenerator.from_run(run)
    loaded = SRGenerator(**best.arguments)
    loaded.load_weights(path)
    for a, b in zip(loaded.get_weights(), best.get_weights(), strict=True):
        assert a.dtype == b.dtype == np.float32
        np.testing.assert_allclose(a, b, rtol=error, atol=error / 1e4)
    with np.load(tmp_path / "mine.reference.npz") as reference:
        found = loaded.predict_on_batch(reference["input"])
        np.testing.assert_allclose(found, reference["output"], atol=1e-6)
    assert sorted(p.name for p in tmp_path.iterdir()) == [
        "mine.reference.npz",
        "mine.weights.h5",
    ]


def test_a_classifier_is_released_too(tmp_path):
    best = SizeAgnosticClassifier(3, backbone="plain", width=4)
    config = json.dumps({"model": best.arguments})
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "run.json").write_text(config)
    best.save_weights(tmp_path / "run" / "best.weights.h5")
    release(tmp_path / "run", "mine", "float16", folder=tmp_path)
    loaded = SizeAgnosticClassifier(**best.arguments)
    loaded.load_weights(tmp_path / "mine.weights.h5")
    with np.load(tmp_path / "mine.reference.npz") as reference:
        found = loaded.predict_on_batch(reference["input"])
        np.testing.assert_allclose(found, reference["output"], atol=1e-6)
        expected = best.predict_on_batch(reference["input"])
    np.testing.assert_allclose(found, expected, atol=1e-2)
    assert np.ptp(expected) > 0.1


@pytest.mark.parametrize("sees", ["players", "image"])
def test_a_predictor_of_the_ball_is_released_too(sees, tmp_path):
    best = BallPositionPredictor(sees, map_width=4, width=8, depth=1)
    config = json.dumps({"model": best.arguments})
    (tmp_path / "run.json").write_text(config)
    best.save_weights(tmp_path / "best.weights.h5")
    release(tmp_path, "mine", "float16", folder=tmp_path)
    loaded = BallPositionPredictor(**best.arguments)
    loaded.load_weights(tmp_path / "mine.weights.h5")
    with np.load(tmp_path / "mine.reference.npz") as reference:
        expected = reference_arrays(reference, "output")
        given = reference_arrays(reference, "input")
        found = loaded.predict_on_batch(given)
    assert {"position", "heatmap", "radius_90"} <= set(found) == set(expected)
    for name, array in expected.items():
        np.testing.assert_allclose(found[name], array, atol=1e-4)


def test_half_of_the_digits_take_half_of_the_space(run, tmp_path):
    release(run, "whole", "float32", folder=tmp_path)
    release(run, "half", "float16", folder=tmp_path)
    whole, half = (
        (tmp_path / f"{name}.weights.h5").stat().st_size
        for name in ("whole", "half")
    )
    parameters = SRGenerator.from_run(run).count_params()
    assert whole - half == pytest.approx(2 * parameters, rel=0.02)


def test_other_types_and_folders_are_quoted(run, tmp_path):
    with pytest.raises(ValueError, match="dtype.*float64"):
        release(run, "mine", "float64", folder=tmp_path)
    with pytest.raises(ValueError, match="holds no run of one of SRGenerator"):
        release(tmp_path, "mine", "float32", folder=tmp_path)
    assert list(tmp_path.iterdir()) == []
