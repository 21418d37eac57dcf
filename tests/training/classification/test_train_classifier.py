import importlib
import json

import numpy as np
import pytest

from convzoo.training import ImageFolder, Run, train_classifier
from convzoo.training.classification.predict_logits import predict_logits
from convzoo.training.classification.step_times import StepTimes
from convzoo.zoo import SizeAgnosticClassifier
from convzoo.zoo.images.image_file import ImageFile
from convzoo.zoo.images.writing.write_image import write_image
from tests.support import numpy_of, rest_long, untraced

pytestmark = pytest.mark.usefixtures("uncompiled")

QUICK = {
    "epochs": 3,
    "batch_size": 4,
    "buckets": 2,
    "backbone": "plain",
    "width": 4,
    "bins": (1, 2),
    "verbose": 0,
}


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """Two classes, red and blue noise: twelve images of various sizes."""
    folder = tmp_path_factory.mktemp("data")
    write_classes(folder, {"blue": 2, "red": 0}, 6)
    return folder


@pytest.fixture(scope="module")
def first(data, tmp_path_factory):
    """A run for fine-tuning."""
    with untraced():
        return train_classifier(data, tmp_path_factory.mktemp("first"), **QUICK)


def write_classes(folder, channels, count, sizes=None):
    """Write noise of a channel a class; random sizes, or these in turn."""
    random = np.random.default_rng(0)
    for name, channel in channels.items():
        (folder / name).mkdir(parents=True)
        for index in range(count):
            size = random.integers(8, 24, size=2)
            if sizes is not None:
                size = sizes[index % len(sizes)]
            pixels = random.integers(120, size=(*size, 3)).astype("uint8")
            pixels[..., channel] += 130
            write_image(folder / name / f"{index}.png", ImageFile(pixels))


def weights_of(run, which="last"):
    model = SizeAgnosticClassifier.from_preset(run.folder, weights=which)
    return model.get_weights()


@pytest.mark.compiled
@pytest.mark.slow
def test_training_learns(data, tmp_path):
    arguments = {**QUICK, "epochs": 20, "ema": 0.5, "learning_rate": 1e-2}
    # The training images also validate: twelve are too few to hold out some.
    run = train_classifier(
        data, tmp_path / "run", validation=data, color=0.1, **arguments
    )
    model = SizeAgnosticClassifier.from_preset(run.folder)
    assert model.class_names == ["blue", "red"]
    folder = ImageFolder(data)
    logits = predict_logits(model, folder.images)
    accuracy = (logits.argmax(axis=1) == folder.labels).mean()
    assert accuracy == pytest.approx(run.best["validation_accuracy"])
    assert accuracy > 0.9
    assert run.log[-1]["loss"] < run.log[0]["loss"]


@pytest.mark.slow
def test_a_run_that_was_cut_ends_with_the_same_weights(
    data, tmp_path, monkeypatch
):
    quick = {**QUICK, "dropout": 0.3}
    whole = train_classifier(data, tmp_path / "whole", **quick)
    batches = []

    def cut(self, batch, logs=None):
        batches.append(batch)
        # The middle of the second epoch.
        if len(batches) == 5:
            raise OSError("the plug was pulled")

    with monkeypatch.context() as patch:
        patch.setattr(Run, "on_train_batch_end", cut)
        with pytest.raises(OSError, match="the plug was pulled"):
            train_classifier(data, tmp_path / "cut", **quick)
    assert batches == [0, 1, 2, 0, 1]
    resumed = train_classifier(data, tmp_path / "cut", **quick)
    assert resumed.log == whole.log
    for a, b in zip(weights_of(whole), weights_of(resumed), strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize(
    "arguments",
    rest_long(
        # A single shape, since JAX compiles for each shape.
        {"sizes": (12,), "pooling": "average", "dropout": 0.5},
        {"backbone": "network_in_network", "balance": True, "flip": True},
        {"sizes": (12, 16), "precision": "mixed_bfloat16"},
        {"schedule": "halving", "ema": 0, "label_smoothing": 0},
        {"max_side": 10, "hold_out": 0, "rescale": 1.5},
        # Batches of two sizes, for memory.
        {"short_side": 12, "memory": 2e-4, "flip": False},
        {"standardize": True, "mirror": {"blue": "red"}, "balance": True},
        {"grid": 3},
    ),
)
def test_every_option_trains(arguments, data, tmp_path):
    run = train_classifier(data, tmp_path / "run", **{**QUICK, **arguments})
    again = train_classifier(data, tmp_path / "run", **{**QUICK, **arguments})
    assert again.log == run.log and len(run.log) == 3
    assert all(np.isfinite(entry["loss"]) for entry in run.log)
    validated = "validation_accuracy" in run.log[0]
    assert validated == (arguments.get("hold_out") != 0)


@pytest.mark.long
def test_without_validation_the_last_weights_are_the_best(data, tmp_path):
    run = train_classifier(data, tmp_path / "run", hold_out=0, **QUICK)
    assert run.best["epoch"] == 2
    for a, b in zip(weights_of(run), weights_of(run, "best"), strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.long
def test_shapes_are_printed(data, tmp_path, capsys):
    train_classifier(data, tmp_path / "run", **{**QUICK, "verbose": 2})
    assert "2 shapes of batches (images in each): " in capsys.readouterr().out


@pytest.mark.long
def test_fine_tuning_with_the_same_classes_keeps_the_head(
    data, first, tmp_path
):
    arguments = {**QUICK, "epochs": 1, "learning_rate": 1e-9, "ema": 0}
    second = train_classifier(
        data, tmp_path / "second", init=first.folder, **arguments
    )
    models = (
        SizeAgnosticClassifier.from_preset(first.folder, weights="best"),
        SizeAgnosticClassifier.from_preset(second.folder, weights="last"),
    )
    # Moving statistics of batch normalisation change in any step.
    for a, b in zip(*(m.trainable_variables for m in models), strict=True):
        np.testing.assert_allclose(numpy_of(a), numpy_of(b), atol=1e-6)


@pytest.mark.long
def test_fine_tuning_with_other_classes_says_so(first, tmp_path, capsys):
    other = tmp_path / "other"
    write_classes(other, {"b": 2, "g": 1, "r": 0}, 3)
    run = train_classifier(
        other, tmp_path / "second", init=first.folder, **QUICK
    )
    text = capsys.readouterr().out
    assert "the head is new: its 3 classes are not the 2" in text
    model = SizeAgnosticClassifier.from_preset(run.folder)
    assert model.class_names == ["b", "g", "r"] and model.width == 4


@pytest.mark.long
def test_another_folder_validates(data, tmp_path):
    other = tmp_path / "other"
    write_classes(other, {"blue": 2, "red": 0}, 2)
    run = train_classifier(data, tmp_path / "run", validation=other, **QUICK)
    settings = json.loads((run.folder / "run.json").read_text())
    assert settings["validation"].startswith("4 images")
    (other / "red").rename(other / "green")
    with pytest.raises(ValueError, match="red missing, green unknown"):
        train_classifier(data, tmp_path / "run2", validation=other, **QUICK)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("epochs", 0),
        ("batch_size", 1.5),
        ("buckets", 0),
        ("sizes", (0,)),
        ("learning_rate", 0),
        ("weight_decay", -1),
        ("ema", 1),
        ("label_smoothing", 1),
        ("balance", 1),
        ("hold_out", 2),
        ("patience", 0),
        ("precision", "float16"),
        ("schedule", "step"),
        ("rotation", -1),
        ("backbone", "vgg"),
        ("width", 0),
        ("tensorboard", 1),
        ("max_side", 0),
        ("rescale", 0),
        ("grid", 0),
        ("standardize", 1),
        ("short_side", -1),
        ("memory", 0),
        ("flip", 1),
        ("minutes", 0),
        ("minutes", 1),
        ("mirror", "blue"),
        ("mirror", {"blue": "green"}),
        ("mirror", {"green": "blue"}),
    ],
)
def test_arguments_are_checked_by_name(name, value, data, tmp_path):
    with pytest.raises(ValueError, match=f"`{name}.*Received"):
        train_classifier(data, tmp_path / "run", **{**QUICK, name: value})
    assert not (tmp_path / "run").exists()


@pytest.mark.long
def test_mirror_images_are_learned_too(data, tmp_path, monkeypatch):
    module = importlib.import_module(
        "convzoo.training.classification.train_own"
    )
    given = []

    class Watched(module.SizeBuckets):
        def __init__(self, images, targets, *args):
            given.append((images, targets[np.arange(len(images))]))
            super().__init__(images, targets, *args)

    monkeypatch.setattr(module, "SizeBuckets", Watched)
    arguments = {**QUICK, "epochs": 1, "hold_out": 0}
    train_classifier(data, tmp_path / "a", **arguments)
    mirror = {"red": "blue"}
    train_classifier(data, tmp_path / "b", mirror=mirror, **arguments)
    (images, targets), (more, more_targets) = given
    reds = np.flatnonzero(targets[:, 1] == 1)
    assert len(images) == 12 and len(more) == 12 + len(reds) == 18
    np.testing.assert_array_equal(more_targets[:12], targets)
    # The mirrored reds have the label of blue.
    np.testing.assert_array_equal(more_targets[12:, 0], 1)
    for red, mirrored in zip(reds, more[12:], strict=True):
        np.testing.assert_array_equal(mirrored, images[red][:, ::-1])


def test_mirror_and_flip_exclude_each_other(data, tmp_path):
    with pytest.raises(ValueError, match="`mirror`.*flip=True"):
        train_classifier(data, tmp_path / "run", flip=True, mirror={}, **QUICK)


def test_patience_needs_something_to_go_by(data, tmp_path):
    with pytest.raises(ValueError, match="`patience`.*hold_out=0"):
        train_classifier(
            data, tmp_path / "run", hold_out=0, patience=2, **QUICK
        )


def test_a_limit_of_pixels_holds_for_training(data, tmp_path):
    with (
        pytest.warns(
            UserWarning, match="12 of 12 images left out.*`max_pixels"
        ),
        pytest.raises(ValueError, match="has no image that can be read"),
    ):
        train_classifier(data, tmp_path, max_pixels=9, **QUICK)
    with pytest.raises(ValueError, match="`max_pixels`.*Received"):
        train_classifier(data, tmp_path, max_pixels=0, **QUICK)


@pytest.mark.long
def test_the_number_of_steps_is_planned_once(data, tmp_path, monkeypatch):
    """A resumed run keeps it, though the computer is now faster."""
    module = importlib.import_module(
        "convzoo.training.classification.planned_end"
    )
    paces = []

    def measured(*_):
        paces.append(0.1)
        return StepTimes(step=1.0, epoch=60 * paces[0])

    monkeypatch.setattr(module, "measure_steps", measured)
    arguments = {**QUICK, "epochs": None}
    run = train_classifier(data, tmp_path / "run", minutes=0.25, **arguments)
    # Two epochs of 6 seconds.
    assert len(run.log) == 2 and len(paces) == 1
    settings = json.loads((run.folder / "run.json").read_text())
    assert settings["minutes"] == 0.25 and settings["steps"] % 2 == 0
    again = train_classifier(data, tmp_path / "run", minutes=0.25, **arguments)
    assert again.log == run.log and len(paces) == 1
    with pytest.raises(ValueError, match="minutes=0.25; pass `extend`"):
        train_classifier(data, tmp_path / "run", minutes=0.5, **arguments)
    more = train_classifier(
        data, tmp_path / "run", minutes=0.5, extend=True, **arguments
    )
    assert len(more.log) == 4 and more.log[:2] == run.log


@pytest.mark.long
def test_the_plan_stands_before_the_training(data, tmp_path, capsys):
    arguments = {**QUICK, "verbose": 2, "epochs": 2}
    run = train_classifier(data, tmp_path / "run", **arguments)
    text = capsys.readouterr().out
    plan, _, rest = text.partition("Epoch 1/2")
    for told in (
        "12 images of 2 classes, 6 a class; smallest ",
        "10 to learn from, 2 to validate on",
        "compiling the training step for ",
        " steps, ",
        " from the first to the last",
    ):
        assert told in plan
    assert rest
    # The steps that were timed are undone.
    silent = train_classifier(
        data, tmp_path / "other", **{**arguments, "verbose": 0}
    )
    assert silent.log == run.log
