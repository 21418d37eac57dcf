import json

import keras
import numpy as np
import pytest
from PIL import Image

from convzoo.export import (
    LiteRTModel,
    export_litert,
    export_model,
)
from tests.support import photograph

pytestmark = pytest.mark.usefixtures("one_process")

SIZES = ((1, 9, 12), (2, 7, 5))


@pytest.fixture(scope="module")
def model():
    """Model with enough weights for quantisation to reduce the file."""
    keras.utils.set_random_seed(0)
    image = keras.Input((None, None, 3), name="image")
    maps = keras.layers.Conv2D(48, 3, padding="same", activation="relu")(image)
    maps = keras.layers.Conv2D(48, 3, padding="same", activation="relu")(maps)
    maps = keras.layers.GlobalAveragePooling2D()(maps)
    return keras.Model(image, {"scores": keras.layers.Dense(16)(maps)})


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("photographs")
    for seed in range(8):
        pixels = photograph(40 + seed, 50, seed=seed)
        Image.fromarray(pixels).save(path / f"{seed}.png")
    (path / "notes.txt").touch()
    return path


def exported(model, path, quantize, **arguments):
    return export_litert(
        model, path, sizes=SIZES, quantize=quantize, **arguments
    )


def test_float16_rounds_the_weights(model, tmp_path):
    found = exported(model, tmp_path / "half.tflite", "float16")
    rounded = keras.models.clone_model(model)
    weights = [w.astype("float16") for w in model.get_weights()]
    rounded.set_weights(weights)
    image = np.expand_dims(photograph(17, 13) / np.float32(255), 0)
    np.testing.assert_allclose(
        LiteRTModel(found.path)(image=image)["scores"],
        rounded.predict_on_batch(image)["scores"],
        atol=1e-6,
    )
    plain = exported(model, tmp_path / "plain.tflite", None)
    assert found.report["bytes"] < 0.6 * plain.report["bytes"]
    assert plain.difference < 1e-6 < found.difference < 1e-2


def test_dynamic_has_eight_bits_of_weights(model, tmp_path):
    found = exported(model, tmp_path / "model.tflite", "dynamic")
    (tried,) = found.report["quantization"]["tried"]
    assert found.report["quantization"]["recipe"] == "dynamic"
    assert 1e-6 < tried["mean"] <= tried["p99_9"] <= tried["largest"] < 0.01
    assert found.report["bytes"] < 0.45 * 4 * model.count_params()


def test_int8_computes_in_eight_bits(model, folder, tmp_path):
    pytest.importorskip("ai_edge_quantizer")
    path = tmp_path / "model.tflite"
    found = exported(model, path, "int8", calibration=folder)
    assert found.report["operators"]["QUANTIZE"] >= 1
    (tried,) = found.report["quantization"]["tried"]
    image = np.expand_dims(photograph(33, 34, seed=9) / np.float32(255), 0)
    expected = model.predict_on_batch(image)["scores"]
    away = np.abs(LiteRTModel(path)(image=image)["scores"] - expected)
    # The image is new, but resembles the measured ones.
    assert away.mean() < 4 * tried["mean"] < 0.02
    assert found.report["bytes"] < 0.45 * 4 * model.count_params()


def test_auto_takes_the_smallest_that_is_close_enough(model, folder, tmp_path):
    pytest.importorskip("ai_edge_quantizer")
    path = tmp_path / "out"
    (found,) = export_model(
        model,
        path,
        "model",
        ("litert",),
        sizes=SIZES,
        quantize="auto",
        calibration=folder,
    )
    report = json.loads((path / "model.json").read_text())["files"][0]
    tried = {t["recipe"]: t for t in report["quantization"]["tried"]}
    assert list(tried) == ["float", "float16", "dynamic", "int8"]
    close = [t for t in tried.values() if t["mean"] <= 0.01]
    smallest = min(close, key=lambda t: t["bytes"])
    assert report["quantization"]["recipe"] == smallest["recipe"] != "float"
    assert found.path.stat().st_size == smallest["bytes"]
    assert [p.name for p in path.iterdir()] == ["model.json", "model.tflite"]


def test_auto_stays_with_floats_where_nothing_is_close(model, tmp_path):
    found = exported(
        model, tmp_path / "a.tflite", "auto", quantize_tolerance=1e-6
    )
    report = found.report["quantization"]
    assert report["recipe"] == "float"
    assert [t["recipe"] for t in report["tried"]] == [
        "float",
        "float16",
        "dynamic",
    ]


def test_a_file_that_is_too_far_away_is_not_written(model, tmp_path):
    with pytest.raises(ValueError, match="none was written: dynamic: .*1e-06"):
        exported(
            model, tmp_path / "a.tflite", "dynamic", quantize_tolerance=1e-6
        )
    assert list(tmp_path.iterdir()) == []


def test_arrays_calibrate_any_model(tmp_path):
    pytest.importorskip("ai_edge_quantizer")
    keras.utils.set_random_seed(0)
    signal = keras.Input((64,), name="signal")
    hidden = keras.layers.Dense(64, activation="relu")(signal)
    model = keras.Model(signal, keras.layers.Dense(8)(hidden))
    random = np.random.default_rng(0)
    examples = [
        {"signal": random.normal(size=(4, 64)).astype("float32")}
        for _ in range(6)
    ]
    found = export_litert(
        model,
        tmp_path / "a.tflite",
        sizes=((2,),),
        quantize="int8",
        calibration=examples,
        quantize_tolerance=0.05,
    )
    assert found.report["operators"]["QUANTIZE"] == 1


@pytest.mark.parametrize(
    "arguments, message",
    [
        ({"quantize": "int4"}, "`quantize` must be one of .*int4"),
        ({"quantize": "int8"}, "needs `calibration`.*None"),
        (
            {"quantize": "auto", "quantize_tolerance": 0},
            "`quantize_tolerance` must be above 0.*=0",
        ),
        (
            {"quantize": "auto", "calibration": "no folder"},
            "no folder: contains",
        ),
    ],
)
def test_arguments_are_checked(model, tmp_path, arguments, message):
    with pytest.raises(ValueError, match=message):
        export_litert(model, tmp_path / "a.tflite", **arguments)
    assert list(tmp_path.iterdir()) == []


def test_a_broken_image_is_named(model, tmp_path):
    (tmp_path / "bad.png").write_text("no")
    with pytest.raises(ValueError, match="bad.png: cannot be read"):
        exported(model, tmp_path / "a.tflite", "auto", calibration=tmp_path)


def test_images_calibrate_models_of_images_alone(folder, tmp_path):
    signal = keras.Input((4,), name="signal")
    model = keras.Model(signal, signal * 2)
    with pytest.raises(ValueError, match="`calibration` can be a folder"):
        exported(model, tmp_path / "a.tflite", "auto", calibration=folder)


def test_a_missing_package_is_named(model, folder, tmp_path, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "ai_edge_quantizer", None)
    with pytest.raises(ValueError, match=r"pip install convzoo\[quantize\]"):
        exported(model, tmp_path / "a.tflite", "int8", calibration=folder)


def test_logits_that_a_softmax_takes_keep_their_name(tmp_path):
    """ai-edge-quantizer 0.10 leaves the name on the float tensor."""
    pytest.importorskip("ai_edge_quantizer")
    keras.utils.set_random_seed(0)
    signal = keras.Input((64,), name="signal")
    logits = keras.layers.Dense(40)(keras.layers.Dense(48)(signal))
    outputs = {"logits": logits, "shares": keras.ops.softmax(logits)}
    model = keras.Model(signal, outputs)
    random = np.random.default_rng(0)
    examples = [
        {"signal": random.normal(size=(4, 64)).astype("float32")}
        for _ in range(6)
    ]
    found = export_litert(
        model,
        tmp_path / "a.tflite",
        sizes=((2,),),
        quantize="int8",
        calibration=examples,
        quantize_tolerance=0.1,
    )
    outputs = LiteRTModel(found.path)(**examples[0])
    expected = model.predict_on_batch(examples[0]["signal"])
    for name, array in expected.items():
        np.testing.assert_allclose(outputs[name], array, atol=0.2)
    np.testing.assert_allclose(outputs["shares"].sum(1), 1, atol=0.01)


def test_only_litert_files_are_quantised(model, tmp_path):
    with pytest.raises(ValueError, match="`quantize`.*litert.*dynamic"):
        export_model(
            model, tmp_path, formats=["saved_model"], quantize="dynamic"
        )


def test_images_in_folders_of_classes_calibrate_too(model, folder, tmp_path):
    for name in ("a", "b"):
        (tmp_path / "data" / name).mkdir(parents=True)
        image = folder / ("0.png" if name == "a" else "1.png")
        (tmp_path / "data" / name / "x.png").write_bytes(image.read_bytes())
    found = exported(
        model,
        tmp_path / "a.tflite",
        "float16",
        calibration=tmp_path / "data",
    )
    (tried,) = found.report["quantization"]["tried"]
    assert 0 < tried["mean"] < 1e-3
