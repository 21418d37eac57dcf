"""train_transfer: what is chosen, kept and resumed; random weights."""

import json

import keras
import numpy as np
import pytest
from PIL import Image

from convzoo.training import ImageFolder, Run, train_classifier
from convzoo.training.classification.predict_logits import predict_logits
from convzoo.training.classification.transfer.pooled_features import (
    PooledFeatures,
)
from convzoo.zoo import SizeAgnosticClassifier
from convzoo.zoo.backbones.pretrained_network import pretrained_network
from tests.support import numpy_of
from tests.training.classification.test_train_classifier import write_classes

QUICK = {
    "backbone": "squeezenet",
    "weights": None,
    "short_side": 40,
    "bins": (1, 2),
    "verbose": 0,
}
SIZES = (12, 18), (20, 15)
TUNED = {
    **QUICK,
    "fine_tune": True,
    "epochs": 2,
    "batch_size": 4,
    "hold_out": 0.3,
}


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """Two classes, red and blue noise: twenty images of two sizes.

    A network is compiled for each size.
    """
    folder = tmp_path_factory.mktemp("data")
    write_classes(folder, {"blue": 2, "red": 0}, 10, SIZES)
    return folder


@pytest.fixture(scope="module")
def fitted(data, tmp_path_factory):
    return train_classifier(data, tmp_path_factory.mktemp("fitted"), **QUICK)


@pytest.fixture(scope="module")
def tuned(data, tmp_path_factory):
    return train_classifier(data, tmp_path_factory.mktemp("tuned"), **TUNED)


def weights_of(run):
    model = SizeAgnosticClassifier.from_preset(run.folder)
    return [numpy_of(variable) for variable in model.variables]


def test_the_preset_holds_what_was_chosen(fitted, data):
    model = SizeAgnosticClassifier.from_preset(fitted.folder)
    assert model.class_names == ["blue", "red"]
    assert (model.short_side, model.normalize) == (40, True)
    assert "weights" not in model.get_config()
    folder = ImageFolder(data)
    logits = predict_logits(model, folder.images)
    assert (logits.argmax(axis=1) == folder.labels).all()
    for image, label in zip(folder.images, folder.labels, strict=True):
        ((name, _),) = model.classify(image, top=1)
        assert name == model.class_names[label]


def test_the_figures_are_of_images_that_were_not_learned(fitted):
    (entry,) = fitted.log
    assert entry["epoch"] == 0
    assert entry["validation_accuracy"] > 0.9
    written = (fitted.folder / "log.jsonl").read_text().splitlines()
    assert [json.loads(line) for line in written] == fitted.log


def test_labels_by_chance_cannot_be_predicted(tmp_path, data):
    """Cross-validation does not see what the layer learned by heart."""
    folder = tmp_path / "chance"
    write_classes(folder, {"one": 0, "two": 0}, 20, SIZES)
    run = train_classifier(folder, tmp_path / "run", **QUICK)
    # Both classes are red noise: half of the images, give or take.
    assert run.best["validation_accuracy"] < 0.8


def test_a_finished_run_computes_nothing(fitted, data, monkeypatch):
    monkeypatch.setattr(PooledFeatures, "compute", None)
    again = train_classifier(data, fitted.folder, **QUICK)
    assert again.log == fitted.log
    assert not list(fitted.folder.glob("features-*"))


def test_features_go_on_where_they_were_cut(
    fitted, data, tmp_path, monkeypatch
):
    compute, counted = PooledFeatures.compute, []

    def cut(self):
        for count in compute(self):
            counted.append(count)
            if len(counted) == 2:
                raise OSError("the plug was pulled")
            yield count

    with monkeypatch.context() as patch:
        patch.setattr(PooledFeatures, "compute", cut)
        with pytest.raises(OSError, match="plug"):
            train_classifier(data, tmp_path / "run", **QUICK)
    left = []

    def rest(self):
        for count in compute(self):
            left.append(count)
            yield count

    monkeypatch.setattr(PooledFeatures, "compute", rest)
    run = train_classifier(data, tmp_path / "run", **QUICK)
    assert sum(counted) + sum(left) == 20
    for a, b in zip(weights_of(fitted), weights_of(run), strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.long
def test_validation_chooses_the_size(data, tmp_path, capsys):
    arguments = {**QUICK, "short_side": None, "verbose": 2}
    run = train_classifier(data, tmp_path / "run", **arguments)
    said = capsys.readouterr().out
    for side in (160, 192, 224, 288):
        assert f"{side} pixels: features of 20 images" in said
    model = SizeAgnosticClassifier.from_preset(run.folder)
    assert model.short_side in (160, 192, 224, 288)


@pytest.mark.long
def test_fine_tuning_starts_from_the_dense_layer(tuned):
    assert [entry["epoch"] for entry in tuned.log] == [0, 1, 2]
    first, *others = tuned.log
    assert "loss" not in first
    assert all(np.isfinite(entry["loss"]) for entry in others)
    assert first["validation_gain"] == 0
    best = max(entry["validation_gain"] for entry in tuned.log)
    assert tuned.best["validation_gain"] == best


@pytest.mark.long
def test_the_steps_of_a_time_are_planned_once(data, tmp_path):
    options = {**TUNED, "epochs": None, "minutes": 0.01}
    run = train_classifier(data, tmp_path / "run", **options)
    planned = json.loads((run.folder / "run.json").read_text())
    assert planned["minutes"] == 0.01 and planned["steps"] >= 1
    again = train_classifier(data, tmp_path / "run", **options)
    assert again.log == run.log
    assert json.loads((run.folder / "run.json").read_text()) == planned


def test_only_the_upper_layers_change(tuned):
    # The seed of the run.
    keras.utils.set_random_seed(0)
    before = pretrained_network("squeezenet").model
    after = SizeAgnosticClassifier.from_preset(tuned.folder, weights="last")
    changed = {
        layer.name: not all(
            np.array_equal(a, b)
            for a, b in zip(
                layer.get_weights(),
                after.network.get_layer(layer.name).get_weights(),
                strict=True,
            )
        )
        for layer in before.layers
        if layer.weights
    }
    assert not changed["conv1"] and not changed["fire3_expand3x3"]
    assert changed["fire9_expand1x1"] and changed["fire8_squeeze1x1"]


@pytest.mark.slow
def test_fine_tuning_that_was_cut_ends_with_the_same_weights(
    tuned, data, tmp_path, monkeypatch
):
    batches = []

    def cut(self, batch, logs=None):
        batches.append(batch)
        if len(batches) == 5:
            raise OSError("the plug was pulled")

    with monkeypatch.context() as patch:
        patch.setattr(Run, "on_train_batch_end", cut)
        with pytest.raises(OSError, match="plug"):
            train_classifier(data, tmp_path / "cut", **TUNED)
    resumed = train_classifier(data, tmp_path / "cut", **TUNED)
    assert resumed.log == tuned.log
    for a, b in zip(weights_of(tuned), weights_of(resumed), strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.long
def test_training_in_vain_keeps_the_dense_layer(
    fitted, data, tmp_path, monkeypatch
):
    """The layer is then the one that learned from all images."""
    arguments = {**TUNED, "epochs": 1, "learning_rate": 10.0, "ema": 0}
    run = train_classifier(data, tmp_path / "run", **arguments)
    assert run.best["epoch"] == 0
    for a, b in zip(weights_of(fitted), weights_of(run), strict=True):
        np.testing.assert_array_equal(a, b)


def test_one_image_a_class(tmp_path):
    write_classes(tmp_path / "data", {"blue": 2, "red": 0}, 1, SIZES)
    run = train_classifier(tmp_path / "data", tmp_path / "run", **QUICK)
    assert run.log == [{"epoch": 0}]
    model = SizeAgnosticClassifier.from_preset(run.folder)
    images = ImageFolder(tmp_path / "data")
    logits = predict_logits(model, images.images)
    assert logits.argmax(axis=1).tolist() == [0, 1]
    assert model.temperature == 1


def test_a_folder_validates(data, tmp_path):
    run = train_classifier(data, tmp_path / "run", validation=data, **QUICK)
    assert run.best["validation_accuracy"] == 1


def test_a_run_continues_another_with_new_classes(tuned, tmp_path):
    write_classes(tmp_path / "data", {"b": 2, "g": 1, "r": 0}, 4, SIZES)
    arguments = {**QUICK, "backbone": "residual"}
    run = train_classifier(
        tmp_path / "data",
        tmp_path / "run",
        init=tuned.folder,
        bins=(1, 2),
        verbose=0,
        short_side=arguments["short_side"],
    )
    model = SizeAgnosticClassifier.from_preset(run.folder)
    other = SizeAgnosticClassifier.from_preset(tuned.folder)
    assert model.backbone == "squeezenet" and model.num_classes == 3
    for a, b in zip(
        model.network.get_weights(), other.network.get_weights(), strict=True
    ):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("standardize", True),
        ("grid", 8),
        ("width", 8),
        ("rescale", 2.0),
        ("sizes", (32,)),
        ("mirror", {"blue": "red"}),
        ("max_stretch", 0.9),
        ("fine_tune", 1),
        ("short_side", 0),
        ("maps", ("fire99",)),
        ("weights", "missing.npz"),
    ],
)
def test_arguments_are_checked_by_name(name, value, data, tmp_path):
    with pytest.raises(ValueError, match=f"`{name}`.*Received"):
        train_classifier(data, tmp_path / "run", **{**QUICK, name: value})
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    "arguments", [{"fine_tune": True}, {"maps": ("fire9",)}, {"weights": "x"}]
)
def test_networks_of_convzoo_have_no_such_options(arguments, data, tmp_path):
    (name,) = arguments
    with pytest.raises(ValueError, match=f"`{name}` is for networks with"):
        train_classifier(data, tmp_path / "run", **arguments)


def test_many_images_have_fewer_bins(data, tmp_path, monkeypatch, capsys):
    # 20 images with 5 bins of 512 channels take 204,800 bytes.
    monkeypatch.setattr(
        "convzoo.training.classification.transfer.train_transfer._MOST_BYTES",
        200_000,
    )
    arguments = {**QUICK, "verbose": 2}
    run = train_classifier(data, tmp_path / "run", **arguments)
    assert "the pyramid has the bins 1: the features of 20 images" in (
        capsys.readouterr().out
    )
    model = SizeAgnosticClassifier.from_preset(run.folder)
    assert list(model.bins) == [1]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"weights": "nowhere.npz"}, "`weights`.*'nowhere.npz'.*not exist"),
        ({"short_side": 16}, "`short_side`.* 17 .*=16"),
        ({"short_side": 1_000_000}, "GB of memory.*`short_side`"),
    ],
)
def test_options_are_checked_before_images_are_read(
    options, message, tmp_path, monkeypatch
):
    # Reading many images takes minutes.
    monkeypatch.setattr(ImageFolder, "__init__", None)
    arguments = {**QUICK, **options}
    with pytest.raises(ValueError, match=message):
        train_classifier(tmp_path, tmp_path / "run", **arguments)
    assert not (tmp_path / "run").exists()


def test_another_option_is_refused_before_images_are_read(
    fitted, data, monkeypatch
):
    monkeypatch.setattr(ImageFolder, "__init__", None)
    with pytest.raises(ValueError, match="balance=False.*balance=True"):
        train_classifier(data, fitted.folder, **QUICK, balance=True)


@pytest.mark.long
def test_without_held_out_images_the_last_weights_are_the_best(data, tmp_path):
    arguments = {**TUNED, "epochs": 1, "hold_out": 0}
    run = train_classifier(data, tmp_path / "run", **arguments)
    assert run.best["epoch"] == 1
    best, last = (
        SizeAgnosticClassifier.from_preset(run.folder, weights=which)
        for which in ("best", "last")
    )
    assert best.temperature == 1
    for a, b in zip(best.get_weights(), last.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


def test_what_is_unusual_is_told(tmp_path, capsys):
    write_classes(tmp_path / "data", {"blue": 2, "red": 0}, 1, SIZES)
    options = {**QUICK, "verbose": 2, "minutes": 1}
    train_classifier(tmp_path / "data", tmp_path / "run", **options)
    lines = capsys.readouterr().out
    assert "2 of 2 classes have fewer than 5 images" in lines
    assert "each class has one image" in lines
    assert "dense layer is fitted: --minutes; they are for --fine" in lines
    assert "random weights" not in lines
    assert "with 40 pixels on the shorter side" in lines


def test_what_init_has_is_not_given_again(fitted, data, tmp_path):
    run = tmp_path / "run"
    with pytest.raises(ValueError, match="`backbone`.*'squeezenet'.*resnet50"):
        train_classifier(data, run, init=fitted.folder, backbone="resnet50")
    with pytest.raises(ValueError, match="`weights`.*`init`.*'file.npz'"):
        train_classifier(data, run, init=fitted.folder, weights="file.npz")


def test_images_that_are_all_equal(tmp_path):
    for name in "ab":
        (tmp_path / "data" / name).mkdir(parents=True)
        for number in range(3):
            path = tmp_path / "data" / name / f"{number}.png"
            Image.new("RGB", (50, 40), "red").save(path)
    with pytest.raises(ValueError, match="features of all images are equal"):
        train_classifier(tmp_path / "data", tmp_path / "run", **QUICK)
