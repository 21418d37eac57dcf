import keras
import numpy as np
import pytest
from ai_edge_litert.interpreter import Interpreter

from convzoo.export import LiteRTModel, export_litert

pytestmark = pytest.mark.usefixtures("one_process")


def network():
    """Return a network that takes no image as small as 1 x 1."""
    keras.utils.set_random_seed(0)
    image = keras.Input((None, None, 3), name="image")
    maps = keras.layers.Conv2D(4, 9, activation="relu")(image)
    pooled = keras.layers.GlobalAveragePooling2D()(maps)
    return keras.Model(image, keras.layers.Dense(2)(pooled))


def check(path, model, tolerance):
    interpreter = Interpreter(str(path))
    interpreter.allocate_tensors()
    (details,) = interpreter.get_input_details()
    assert details["shape_signature"].tolist() == [-1, -1, -1, 3]
    random = np.random.default_rng(1)
    for size in ((2, 9, 30), (1, 23, 12)):
        images = random.random((*size, 3), "float32")
        found = LiteRTModel(path)(image=images)["output"]
        expected = model.predict_on_batch(images)
        np.testing.assert_allclose(found, expected, atol=tolerance)


def test_tensors_are_allocated_before_inputs_are_resized(tmp_path):
    model, path = network(), tmp_path / "model.tflite"
    export_litert(model, path, sizes=[(1, 16, 20)])
    check(path, model, 1e-5)


def test_int8_of_a_network_with_a_smallest_side(tmp_path):
    pytest.importorskip("ai_edge_quantizer")
    model, path = network(), tmp_path / "model.tflite"
    random = np.random.default_rng(0)
    shown = [(1, 16, 20), (1, 16, 24), (1, 20, 16), (1, 17, 16)]
    examples = [{"image": random.random((*s, 3), "float32")} for s in shown]
    export_litert(
        model,
        path,
        sizes=shown[:1],
        quantize="int8",
        calibration=examples,
        quantize_tolerance=0.02,
    )
    check(path, model, 0.05)
