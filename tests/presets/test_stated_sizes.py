"""No preset takes all memory, or hours, for a number in its configuration."""

import json

import keras
import pytest

from convzoo.presets import built_in
from convzoo.presets.stated_sizes import check_stated_sizes
from convzoo.zoo import (
    BallPositionPredictor,
    SizeAgnosticClassifier,
    SRGenerator,
    load_model,
)

HUGE = {
    SRGenerator: ("filters", "num_blocks", "head_kernel_size"),
    SizeAgnosticClassifier: ("num_classes", "width"),
    BallPositionPredictor: ("map_width", "width", "depth", "heads", "frames"),
}
SMALL = {
    SRGenerator: {"scale": 2, "filters": 1, "num_blocks": 1},
    SizeAgnosticClassifier: {"num_classes": 1, "width": 1},
    BallPositionPredictor: {"map_width": 8, "width": 8, "depth": 1, "heads": 1},
}


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    folder = tmp_path_factory.mktemp("presets")
    for cls, arguments in SMALL.items():
        cls(**arguments).save_to_preset(folder / cls.__name__)
    return folder


@pytest.mark.parametrize("number", [100_001, 10**9 + 1, 10**30 + 1])
@pytest.mark.parametrize(
    ("cls", "name"),
    [(cls, name) for cls, names in HUGE.items() for name in names],
)
def test_a_number_beyond_the_weights_is_named(cls, name, number, saved):
    path = saved / cls.__name__ / "config.json"
    content = path.read_text()
    config = json.loads(content)
    config["config"][name] = number
    try:
        path.write_text(json.dumps(config))
        with pytest.raises(ValueError, match=f"`{name}` is {number}"):
            load_model(path.parent)
    finally:
        path.write_text(content)


@pytest.mark.parametrize(
    "stated",
    [
        {"registered_name": "mine>Other", "class_name": "SRGenerator"},
        {"registered_name": "convzoo>SRGenerator", "class_name": "Other"},
        {"registered_name": None, "class_name": "SRGenerator"},
    ],
)
def test_a_class_is_found_by_either_name(stated):
    model = {**stated, "config": {"num_blocks": 10**5}}
    with pytest.raises(ValueError, match="`num_blocks` is 100000"):
        check_stated_sizes({"class_name": "SRGAN", "config": [model]}, 9, 9999)


def test_layers_of_a_file_of_keras_are_checked(tmp_path, monkeypatch):
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(3)])
    get_config = keras.layers.Dense.get_config
    monkeypatch.setattr(
        keras.layers.Dense,
        "get_config",
        lambda self: {**get_config(self), "units": 10**9},
    )
    model.save(tmp_path / "mine.keras")
    with pytest.raises(ValueError, match="mine.keras: .*`units` is 1000000000"):
        load_model(tmp_path / "mine.keras")


@pytest.mark.parametrize(
    "cls", [SRGenerator, SizeAgnosticClassifier, BallPositionPredictor]
)
def test_small_models_are_read(cls, saved):
    assert type(load_model(saved / cls.__name__)) is cls


@pytest.mark.parametrize("name", list(built_in()))
def test_no_built_in_preset_is_near_the_limit(name):
    preset = built_in()[name]
    check_stated_sizes(
        preset.serialized, 1, preset.verified_weights().stat().st_size // 8
    )


def test_wide_networks_of_few_layers_are_within_the_limit():
    # The fewest weights for each argument, in half precision.
    for block in ("plain", "residual", "rrdb"):
        model = SRGenerator(
            scale=2, filters=300, num_blocks=1, block=block, head_kernel_size=1
        )
        arrays = model.weights
        check_stated_sizes(
            keras.saving.serialize_keras_object(model),
            len(arrays),
            2 * model.count_params(),
        )
    for backbone in ("residual", "network_in_network", "plain"):
        model = SizeAgnosticClassifier(2, backbone, bins=(1,), width=300)
        check_stated_sizes(
            keras.saving.serialize_keras_object(model),
            len(model.weights),
            2 * model.count_params(),
        )


def test_layers_of_keras_may_have_few_weights(tmp_path):
    model = keras.Sequential(
        [
            keras.Input((None, None, 1)),
            keras.layers.Resizing(4, 10**6),
            keras.layers.Conv2D(2000, 1, use_bias=False),
        ]
    )
    model.save(tmp_path / "mine.keras")
    assert load_model(tmp_path / "mine.keras").count_params() == 2000


def test_other_numbers_and_other_classes_are_left_alone():
    config = {"seed": 10**12, "grid": 10**5, "width": 2**9, "depth": 64}
    for name in ("convzoo>SRGenerator", "mine>Model"):
        check_stated_sizes({"registered_name": name, "config": config}, 0, 0)
    config = {"filters": 10**9}
    check_stated_sizes({"registered_name": "mine>M", "config": config}, 0, 0)
