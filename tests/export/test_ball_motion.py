"""Exports of `BallMotion`: one file for sequences of any length."""

import numpy as np
import pytest

from convzoo.export import LiteRTModel, ONNXModel, SavedModel, export_model
from convzoo.zoo import BallMotion
from tests.support import numpy_of, randomized, rest_long

RUNTIMES = {
    "litert": LiteRTModel,
    "saved_model": SavedModel,
    "onnx": ONNXModel,
}


@pytest.mark.slow
@pytest.mark.usefixtures("one_process")
@pytest.mark.parametrize("causal", rest_long(False, True))
def test_one_file_of_each_format_takes_all_lengths(causal, tmp_path):
    pytest.importorskip("onnxruntime")
    model = randomized(BallMotion(width=4, dilations=(1, 2), causal=causal))
    files = export_model(model, tmp_path, formats=[*RUNTIMES])
    random = np.random.default_rng(0)
    for file in files:
        run = RUNTIMES[file.format](file.path)
        for batch, frames in ((1, 1), (3, 7), (2, 50)):
            shapes = {
                name: (batch, frames, *shape[2:])
                for name, shape in model.serving_inputs.items()
            }
            inputs = model.serving_examples(shapes, random)
            found, expected = run(**inputs), model(inputs)
            assert set(found) == set(expected)
            for name, each in expected.items():
                np.testing.assert_allclose(
                    found[name], numpy_of(each), atol=1e-3
                )
