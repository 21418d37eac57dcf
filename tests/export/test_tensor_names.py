import keras
import numpy as np
import pytest
from keras import layers

from convzoo.export import LiteRTModel, export_litert
from convzoo.export.tensor_names import drop_names

pytestmark = pytest.mark.usefixtures("one_process")

schema = pytest.importorskip("ai_edge_litert.schema_py_generated")


def tensors_of(path):
    model = schema.Model.GetRootAs(path.read_bytes())
    graph = model.Subgraphs(0)
    tensors = map(graph.Tensors, range(graph.TensorsLength()))
    ends = {*graph.InputsAsNumpy(), *graph.OutputsAsNumpy()}
    return model, [(i in ends, tensor) for i, tensor in enumerate(tensors)]


def test_only_names_are_gone(tmp_path):
    inputs = keras.Input((None, None, 3), name="image")
    x = layers.Conv2D(5, 3, activation="relu", padding="same")(inputs)
    model = keras.Model(inputs, layers.Conv2D(7, 1)(layers.LeakyReLU()(x)))
    path, other = tmp_path / "model.tflite", tmp_path / "other.tflite"
    export_litert(model, path)
    other.write_bytes(path.read_bytes())
    drop_names(path)
    assert sorted(p.name for p in tmp_path.glob("*.tflite")) == [
        "model.tflite",
        "other.tflite",
    ]
    assert path.stat().st_size < other.stat().st_size
    (_, kept), (_, whole) = tensors_of(path), tensors_of(other)
    assert len(kept) == len(whole)
    for (is_end, tensor), (_, named) in zip(kept, whole, strict=True):
        assert tensor.Name() == (named.Name() if is_end else None)
        assert tensor.Type() == named.Type()
        np.testing.assert_array_equal(
            tensor.ShapeAsNumpy(), named.ShapeAsNumpy()
        )
    image = np.random.default_rng(0).normal(size=(2, 9, 14, 3)).astype("f4")
    np.testing.assert_array_equal(
        LiteRTModel(path)(image=image)["output"],
        LiteRTModel(other)(image=image)["output"],
    )


def test_large_weights_come_along(tmp_path):
    pytest.importorskip("ai_edge_quantizer")
    inputs = keras.Input((None, None, 112), name="input")
    model = keras.Model(inputs, layers.Conv2D(112, 3, padding="same")(inputs))
    maps = np.random.default_rng(0).normal(size=(1, 8, 8, 112)).astype("f4")
    path = tmp_path / "model.tflite"
    # The export compares the file with Keras before it writes it.
    export_litert(
        model,
        path,
        sizes=[(1, 8, 8)],
        quantize="int8",
        calibration=[{"input": maps}],
        quantize_tolerance=0.03,
    )
    assert 9 * 112 * 112 < path.stat().st_size < 1.1 * 9 * 112 * 112
    (found,) = LiteRTModel(path)(input=maps).values()
    assert np.abs(found - model(maps)).max() < 0.1


def test_weights_start_at_sixteen_bytes(tmp_path):
    inputs = keras.Input((5,), name="input")
    model = keras.Model(inputs, layers.Dense(3)(layers.Dense(7)(inputs)))
    path = tmp_path / "model.tflite"
    export_litert(model, path)
    drop_names(path)
    model, _ = tensors_of(path)
    # The data vector of a buffer is its first field, at vtable offset 4.
    starts = [
        buffer._tab.Vector(buffer._tab.Offset(4))
        for buffer in map(model.Buffers, range(model.BuffersLength()))
        if buffer.DataLength()
    ]
    assert len(starts) >= 4
    assert all(start % 16 == 0 for start in starts)
