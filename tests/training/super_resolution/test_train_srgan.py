import json

import numpy as np
import pytest

from convzoo.losses.trunk_weights import random_trunk
from convzoo.training import train_srgan
from convzoo.training.super_resolution.patches import Patches
from convzoo.zoo import SRGAN, SRGenerator
from convzoo.zoo.images.image_file import ImageFile
from convzoo.zoo.images.writing.write_image import write_image
from tests.support import numpy_of, photograph, rest_long, untraced

pytestmark = pytest.mark.usefixtures("uncompiled")


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    folder = tmp_path_factory.mktemp("data")
    for seed in range(3):
        pixels = photograph(80, 96, 1 if seed == 2 else 3, seed=seed)
        write_image(folder / f"{seed}.png", ImageFile(pixels))
    return folder


@pytest.fixture(scope="module")
def quick(tmp_path_factory):
    """Arguments of a run that takes seconds and needs no download."""
    path = tmp_path_factory.mktemp("weights") / "squeezenet.npz"
    np.savez(path, **random_trunk("squeezenet", 1))
    return {
        "config": "tiny",
        "features": f"squeezenet:{path}",
        "judge": f"squeezenet:{path}",
        "pretrain_steps": 4,
        "steps": 4,
        "epoch_steps": 2,
        "patch_size": 12,
        "batch_size": 2,
        "filters": 4,
        "verbose": 0,
    }


@pytest.fixture(scope="module")
def run(data, quick, tmp_path_factory):
    """A complete run of both phases."""
    folder = tmp_path_factory.mktemp("runs") / "run"
    with untraced():
        return train_srgan(data, folder, **quick)


def test_both_phases_leave_their_folders(run):
    names = {path.name for path in run.folder.iterdir()}
    kept = {
        "best",
        "last",
        "log.jsonl",
        "run.json",
        "state.npz",
    }
    assert names == kept | {"pretrain", "samples"}
    assert {path.name for path in (run.folder / "pretrain").iterdir()} == kept
    assert sorted(path.name for path in (run.folder / "samples").iterdir()) == [
        "step_00000002.png",
        "step_00000004.png",
    ]


def test_the_log_tells_of_health(run):
    assert len(run.log) == run.epochs_done == 2
    for entry in run.log:
        for name in (
            "pixel_loss",
            "perceptual_loss",
            "adversarial_loss",
            "discriminator_loss",
            "real_score",
            "fake_score",
            "generator_gradient",
            "discriminator_gradient",
            "checkerboard",
            "perceptual",
            "psnr_y",
        ):
            assert np.isfinite(entry[name]), name
        assert entry["generator_gradient"] > 0 < entry["checkerboard"]


def test_the_smallest_distance_is_kept(run):
    smallest = min(entry["perceptual"] for entry in run.log)
    assert run.best["perceptual"] == smallest
    best = SRGenerator.from_preset(run.folder)
    last = SRGenerator.from_preset(run.folder, weights="last")
    same = run.best is run.log[-1]
    for a, b in zip(best.get_weights(), last.get_weights(), strict=True):
        assert np.array_equal(a, b) == same


@pytest.mark.long
def test_the_second_phase_starts_where_the_first_was_best(
    data, quick, run, tmp_path
):
    arguments = {**quick, "learning_rate": 1e-9, "steps": 2}
    again = train_srgan(data, tmp_path / "run", **arguments)
    first = SRGenerator.from_preset(run.folder / "pretrain")
    tuned = SRGenerator.from_preset(again.folder)
    for a, b in zip(first.get_weights(), tuned.get_weights(), strict=True):
        np.testing.assert_allclose(a, b, atol=1e-6)


@pytest.mark.long
def test_random_weights_are_refused_unless_forced(data, quick, tmp_path):
    arguments = {**quick, "pretrain_steps": 0, "steps": 2}
    with pytest.raises(ValueError, match="pretrain_steps.*force"):
        train_srgan(data, tmp_path / "run", **arguments)
    assert not (tmp_path / "run").exists()
    forced = train_srgan(data, tmp_path / "run", force=True, **arguments)
    assert forced.epochs_done == 1


@pytest.mark.parametrize("init", ["sr_x4_tiny", "run"])
@pytest.mark.long
def test_a_preset_or_a_run_replaces_the_first_phase(
    init, data, quick, run, tmp_path
):
    arguments = {**quick, "pretrain_steps": 0, "steps": 2}
    init = run.folder if init == "run" else init
    tuned = train_srgan(
        data, tmp_path / "run", init=init, learning_rate=1e-9, **arguments
    )
    expected = SRGenerator.from_preset(init).get_weights()
    found = SRGenerator.from_preset(tuned.folder).get_weights()
    for a, b in zip(found, expected, strict=True):
        np.testing.assert_allclose(a, b, atol=1e-6)


class Stop(Exception):
    pass


@pytest.mark.parametrize("stop_at", rest_long(3, 1))
@pytest.mark.slow
def test_stopping_in_either_phase_changes_nothing(
    stop_at, data, quick, run, tmp_path, monkeypatch
):
    """Stop in the second epoch of the first or of the second phase."""
    begun = []
    follow = Patches.follow

    def stop(epoch, logs):
        begun.append(epoch)
        if len(begun) == stop_at + 1:
            raise Stop

    with monkeypatch.context() as patch:
        patch.setattr(Patches, "follow", _both(follow, stop))
        with pytest.raises(Stop):
            train_srgan(data, tmp_path / "parts", **quick)
    parts = train_srgan(data, tmp_path / "parts", **quick)
    assert parts.log == run.log
    for folder in ("pretrain", "."):
        assert_same_state(run.folder / folder, parts.folder / folder)


def _both(follow, stop):
    def followed(self):
        callback = follow(self)
        begin = callback.on_epoch_begin

        def on_epoch_begin(epoch, logs=None):
            stop(epoch, logs)
            begin(epoch, logs)

        callback.on_epoch_begin = on_epoch_begin
        return callback

    return followed


def assert_same_state(first, second):
    with (
        np.load(first / "state.npz") as a,
        np.load(second / "state.npz") as b,
    ):
        assert a.files == b.files
        for name in a.files:
            np.testing.assert_array_equal(a[name], b[name])


@pytest.mark.long
def test_a_loss_that_is_no_number_ends_the_run_and_loses_nothing(
    data, quick, run, tmp_path, monkeypatch
):
    arguments = {**quick, "pretrain_steps": 0, "init": "sr_x4_tiny", "steps": 6}
    folder = tmp_path / "run"
    with monkeypatch.context() as patch:
        patch.setattr(Patches, "__getitem__", _spoiled(Patches.__getitem__))
        with pytest.raises(ValueError, match="NaN or infinite in epoch 2"):
            train_srgan(data, folder, **arguments)
    assert len((folder / "log.jsonl").read_text().splitlines()) == 1
    for name in ("best", "last"):
        model = SRGenerator.from_preset(folder, weights=name)
        for weights in model.get_weights():
            assert np.isfinite(weights).all()
    # Without the NaN, the run resumes after the last finite epoch.
    assert train_srgan(data, folder, **arguments).epochs_done == 3


def _spoiled(getitem):
    """Return a `__getitem__` with NaN in the second epoch."""

    def spoiled(self, index):
        low, high = getitem(self, index)
        return (low, high * np.nan) if self.epoch == 1 else (low, high)

    return spoiled


def test_other_settings_are_refused(data, quick, run):
    before = (run.folder / "state.npz").stat().st_mtime_ns
    with pytest.raises(ValueError, match="adversarial_weight=0.005.*=0.1"):
        train_srgan(data, run.folder, **quick, adversarial_weight=0.1)
    assert (run.folder / "state.npz").stat().st_mtime_ns == before
    settings = json.loads((run.folder / "run.json").read_text())
    assert settings["adversarial_weight"] == 0.005


@pytest.mark.parametrize(
    "arguments",
    [
        {"network": "unet", "normalization": "spectral"},
        {"normalization": None, "gradient_penalty": 1.0},
        {
            "precision": "mixed_bfloat16",
            "ema": 0.0,
            "perceptual_weight": 0.0,
            "schedule": "cosine",
            "discriminator_learning_rate": 4e-4,
        },
    ],
)
@pytest.mark.long
def test_every_option_trains(arguments, data, quick, tmp_path):
    arguments = {
        **quick,
        "pretrain_steps": 0,
        "init": "sr_x4_tiny",
        "steps": 2,
        **arguments,
    }
    run = train_srgan(data, tmp_path / "run", **arguments)
    before = SRGenerator.from_preset("sr_x4_tiny").get_weights()
    after = SRGenerator.from_preset(run.folder).get_weights()
    assert all(np.isfinite(weights).all() for weights in after)
    assert any((a != b).any() for a, b in zip(before, after, strict=True))


@pytest.mark.long
@pytest.mark.compiled
def test_only_the_generator_is_averaged(data, quick, tmp_path):
    arguments = {**quick, "pretrain_steps": 0, "init": "sr_x4_tiny"}
    run = train_srgan(data, tmp_path / "run", **arguments)
    assert isinstance(run.model, SRGAN)
    optimizer = run.model.optimizer
    assert optimizer.first.use_ema and not optimizer.second.use_ema
    assert float(numpy_of(optimizer.first.iterations)) == 4


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("config", "huge"),
        ("pretrain_steps", -2),
        ("pretrain_steps", 2.0),
        ("patch_size", 1.5),
        ("steps", 0),
        ("filters", 0),
        ("network", "resnet"),
        ("normalization", "layer"),
        ("features", "resnet"),
        ("judge", "resnet"),
        ("adversarial_weight", -1.0),
        ("gradient_penalty", 1.0),
        ("learning_rate", 0.0),
        ("discriminator_learning_rate", -1.0),
        ("precision", "float16"),
        ("init", "nothing"),
        ("force", 1),
        ("tensorboard", "yes"),
    ],
)
def test_arguments_are_checked_before_anything_is_written(
    name, value, data, quick, tmp_path
):
    with pytest.raises(ValueError, match=str(value)):
        train_srgan(data, tmp_path / "run", **{**quick, name: value})
    assert not (tmp_path / "run").exists()


def test_photographs_smaller_than_a_patch_are_named(data, quick, tmp_path):
    with pytest.raises(ValueError, match=r"1.png: is smaller than a patch"):
        train_srgan(data, tmp_path / "run", **{**quick, "patch_size": 30})


@pytest.mark.long
def test_photographs_too_small_for_a_checkerboard_leave_it_out(quick, tmp_path):
    """No NaN in the log: JSON has none."""
    data = tmp_path / "data"
    data.mkdir()
    for seed in range(2):
        pixels = photograph(48, 31 if seed == 0 else 48, seed=seed)
        write_image(data / f"{seed}.png", ImageFile(pixels))
    arguments = {
        **quick,
        "pretrain_steps": 0,
        "init": "sr_x4_tiny",
        "steps": 2,
        "perceptual_weight": 0.0,
    }
    run = train_srgan(data, tmp_path / "run", **arguments)
    assert "checkerboard" not in run.best
    assert "NaN" not in (run.folder / "log.jsonl").read_text()


def test_photographs_too_small_to_validate_are_refused_at_once(quick, tmp_path):
    data, small = tmp_path / "data", tmp_path / "small"
    for folder, side in ((data, 64), (small, 22)):
        folder.mkdir()
        pixels = photograph(64, side)
        write_image(folder / "0.png", ImageFile(pixels))
    with pytest.raises(ValueError, match="validation.* 20x64 pixels is too"):
        train_srgan(data, tmp_path / "run", validation=small, **quick)
    assert not (tmp_path / "run").exists()
