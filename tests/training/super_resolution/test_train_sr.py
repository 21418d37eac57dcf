import json
import re

import keras
import numpy as np
import pytest

from convzoo.training import evaluate_sr, train_sr
from convzoo.training.super_resolution.evaluate_sr import average
from convzoo.zoo import SRGenerator
from convzoo.zoo.images.image_file import ImageFile
from convzoo.zoo.images.listing.list_images import list_images
from convzoo.zoo.images.writing.write_image import write_image
from tests.support import photograph

pytestmark = pytest.mark.usefixtures("uncompiled")

QUICK = {
    "steps": 6,
    "epoch_steps": 2,
    "patch_size": 8,
    "batch_size": 2,
    "verbose": 0,
}


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    folder = tmp_path_factory.mktemp("data")
    for seed in range(3):
        pixels = photograph(64, 72, seed=seed)
        write_image(folder / f"{seed}.png", ImageFile(pixels))
    return folder


@pytest.mark.compiled
def test_training_learns(data, tmp_path):
    arguments = {**QUICK, "steps": 120, "epoch_steps": 60, "ema": 0.9}
    run = train_sr(data, tmp_path / "run", scale=2, **arguments)
    fresh = SRGenerator(**SRGenerator.from_preset(run.folder).arguments)
    paths = list_images(data)
    trained, untrained = (
        average(list(evaluate_sr(model.upscale, paths, 2))).model.psnr_y
        for model in (SRGenerator.from_preset(run.folder), fresh)
    )
    assert trained > untrained + 0.5
    assert run.best["psnr_y"] == max(entry["psnr_y"] for entry in run.log)


def test_the_folder_holds_what_the_run_says(data, tmp_path):
    run = train_sr(data, tmp_path / "run", **QUICK)
    names = sorted(path.name for path in run.folder.iterdir())
    assert names == [
        "best",
        "last",
        "log.jsonl",
        "run.json",
        "state.npz",
    ]
    lines = (run.folder / "log.jsonl").read_text().splitlines()
    assert [json.loads(line) for line in lines] == run.log
    assert [entry["epoch"] for entry in run.log] == [0, 1, 2]
    for which in ("best", "last"):
        model = SRGenerator.from_preset(run.folder, weights=which)
        assert model.upscale(photograph(9, 9)).shape == (36, 36, 3)


@pytest.mark.compiled
def test_stopping_between_epochs_changes_nothing(data, tmp_path):
    whole = train_sr(data, tmp_path / "whole", **QUICK)

    class Stop(Exception):
        pass

    def stop(epoch, logs):
        if epoch == 1:
            raise Stop

    with pytest.MonkeyPatch.context() as patch:
        callback = keras.callbacks.LambdaCallback(on_epoch_begin=stop)
        patch.setattr(
            "convzoo.training.super_resolution.patches.Patches.follow",
            lambda self: callback,
        )
        with pytest.raises(Stop):
            train_sr(data, tmp_path / "parts", **QUICK)
    parts = train_sr(data, tmp_path / "parts", **QUICK)
    assert_same_state(whole.folder, parts.folder)
    assert parts.log == whole.log


def assert_same_state(first, second):
    with (
        np.load(first / "state.npz") as a,
        np.load(second / "state.npz") as b,
    ):
        assert a.files == b.files
        for name in a.files:
            np.testing.assert_array_equal(a[name], b[name])


def test_a_finished_run_is_left_alone(data, tmp_path):
    run = train_sr(data, tmp_path / "run", **QUICK)
    before = (run.folder / "state.npz").stat().st_mtime_ns
    again = train_sr(data, tmp_path / "run", **QUICK)
    assert again.log == run.log
    assert (run.folder / "state.npz").stat().st_mtime_ns == before


def test_other_settings_are_refused(data, tmp_path):
    train_sr(data, tmp_path / "run", **QUICK)
    with pytest.raises(ValueError, match="learning_rate=0.001.*=0.1"):
        train_sr(data, tmp_path / "run", **QUICK, learning_rate=0.1)


def test_other_photographs_are_refused(data, tmp_path):
    train_sr(data, tmp_path / "run", **QUICK)
    with pytest.raises(ValueError, match="data=.2 photo.*data=.3 photo"):
        train_sr(data, tmp_path / "run", **QUICK, validation=data)


def test_fine_tuning_starts_from_the_preset(data, tmp_path):
    arguments = {**QUICK, "steps": 2, "learning_rate": 1e-9}
    run = train_sr(data, tmp_path / "run", init="sr_x4_tiny", **arguments)
    tuned = SRGenerator.from_preset(run.folder)
    preset = SRGenerator.from_preset("sr_x4_tiny")
    for a, b in zip(tuned.get_weights(), preset.get_weights(), strict=True):
        np.testing.assert_allclose(a, b, atol=1e-6)


def test_fine_tuning_another_architecture_is_refused(data, tmp_path):
    with pytest.raises(ValueError, match="init.*sr_x4_tiny"):
        train_sr(data, tmp_path / "run", scale=2, init="sr_x4_tiny", **QUICK)


@pytest.mark.parametrize("schedule", ["cosine", "halving"])
def test_the_rate_falls_as_scheduled(schedule, data, tmp_path):
    run = train_sr(data, tmp_path / "run", schedule=schedule, **QUICK)
    rate = float(run.model.optimizer.learning_rate)
    # After 6 of 6 steps, cosine decay is at 0, and 0.001 has been halved six
    # times; the sixth halving follows the last step.
    expected = {"cosine": 0, "halving": 1e-3 / 64}[schedule]
    assert rate == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("config", "huge"),
        ("schedule", "linear"),
        ("steps", 0),
        ("steps", 2.5),
        ("save_minutes", 0),
        ("extend", 1),
        ("batch_size", -1),
        ("patch_size", 1.5),
        ("ema", 1.0),
        ("loss", "huber"),
        ("shifts", 1),
        ("quantization_aware", 1),
        ("validation_reduction", 0),
        ("validation_reduction", 1.5),
        ("precision", "float16"),
        ("reductions", (2,)),
        ("learning_rate", 0.0),
        ("learning_rate", float("nan")),
        ("init", "nothing"),
    ],
)
def test_arguments_are_checked_before_anything_is_written(
    name, value, data, tmp_path
):
    with pytest.raises(ValueError, match=re.escape(str(value))):
        train_sr(data, tmp_path / "run", **{**QUICK, name: value})
    assert not (tmp_path / "run").exists()


def test_one_photograph_is_not_enough(tmp_path):
    write_image(tmp_path / "0.png", ImageFile(photograph(64, 64)))
    with pytest.raises(ValueError, match="validation"):
        train_sr(tmp_path, tmp_path / "run", **QUICK)


def test_an_empty_folder_is_named(tmp_path):
    with pytest.raises(ValueError, match="holds no image"):
        train_sr(tmp_path, tmp_path / "run", **QUICK)


@pytest.mark.parametrize(
    "arguments",
    [
        {"loss": "mean_squared_error"},
        {"loss": "luma_absolute_error"},
        {"loss": "luma_squared_error"},
        {"precision": "mixed_bfloat16", "reductions": (1, 0.7)},
        {"shifts": True, "validation_reduction": 0.75},
        {"quantization_aware": True},
    ],
)
def test_every_option_trains_and_resumes(arguments, data, tmp_path):
    run = train_sr(data, tmp_path / "run", **QUICK, **arguments)
    again = train_sr(data, tmp_path / "run", **QUICK, **arguments)
    assert again.log == run.log and len(run.log) == 3
    assert all(np.isfinite(entry["loss"]) for entry in run.log)


def test_fine_tuning_a_run(data, tmp_path):
    first = train_sr(data, tmp_path / "first", **QUICK)
    arguments = {**QUICK, "steps": 2, "learning_rate": 1e-9}
    tuned = train_sr(
        data, tmp_path / "second", init=tmp_path / "first", **arguments
    )
    a, b = (SRGenerator.from_preset(run.folder) for run in (first, tuned))
    for x, y in zip(a.get_weights(), b.get_weights(), strict=True):
        np.testing.assert_allclose(x, y, atol=1e-6)


@pytest.mark.long
def test_what_rounded_in_training_is_kept_as_it_is(data, tmp_path):
    arguments = {**QUICK, "init": "sr_x4_tiny", "learning_rate": 1e-9}
    run = train_sr(data, tmp_path / "run", quantization_aware=True, **arguments)
    plain = train_sr(data, tmp_path / "plain", **arguments)
    preset = SRGenerator.from_preset("sr_x4_tiny")
    kept = SRGenerator.from_preset(run.folder)
    for x, y in zip(preset.get_weights(), kept.get_weights(), strict=True):
        np.testing.assert_allclose(x, y, atol=1e-6)
    # The same weights are validated with and without quantization.
    assert run.best["psnr_y"] != plain.best["psnr_y"]
    assert run.best["psnr_y"] == pytest.approx(plain.best["psnr_y"], abs=1)


def test_rounding_takes_float32(data, tmp_path):
    arguments = {"quantization_aware": True, "precision": "mixed_bfloat16"}
    with pytest.raises(ValueError, match="`precision`.*mixed_bfloat16"):
        train_sr(data, tmp_path / "run", **{**QUICK, **arguments})
    assert not (tmp_path / "run").exists()


def test_photographs_too_small_to_validate_are_refused_at_once(tmp_path):
    data, small = tmp_path / "data", tmp_path / "small"
    for folder, side in ((data, 64), (small, 16)):
        folder.mkdir()
        pixels = photograph(64, side)
        write_image(folder / "0.png", ImageFile(pixels))
    with pytest.raises(ValueError, match="validation.* 16x64 pixels is too"):
        train_sr(data, tmp_path / "run", validation=small, **QUICK)
    assert not (tmp_path / "run").exists()


def test_what_fails_before_the_first_step_leaves_the_folder_free(
    data, tmp_path
):
    arguments = {"steps": 1, "epoch_steps": 1, "batch_size": 2, "verbose": 0}
    with pytest.raises(ValueError, match="is smaller than a patch"):
        train_sr(data, tmp_path / "run", patch_size=999, **arguments)
    train_sr(data, tmp_path / "run", patch_size=8, **arguments)
