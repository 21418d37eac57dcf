"""Exports of classifiers with published networks: one file, several sizes.

Each conversion has a process of its own, which gives its memory back: in one
process, these networks filled 18 GB.
"""

import gc

import keras
import numpy as np
import pytest

from convzoo.export import LiteRTModel, ONNXModel, SavedModel, export_model
from convzoo.zoo import SizeAgnosticClassifier
from tests.support import numpy_of

FORMATS = {
    "litert": LiteRTModel,
    "saved_model": SavedModel,
    "onnx": ONNXModel,
}
# Large networks take half a minute for each format.
CASES = [
    pytest.param("squeezenet", ["litert"], marks=pytest.mark.slow),
    *(
        pytest.param(name, [*FORMATS], marks=pytest.mark.long)
        for name in (
            "squeezenet",
            "mobilenet_v3_small",
            "efficientnet_b0",
            "resnet50",
            "convnext_tiny",
        )
    ),
]
# Not those of the comparison at export; other aspects, other batch sizes.
SIZES = (1, 97, 64), (2, 75, 131), (1, 160, 101)


@pytest.fixture
def memory():
    """Free the networks of a test before the next, which may be large."""
    yield
    keras.backend.clear_session()
    gc.collect()


def classifier(name):
    """Return a classifier with random statistics, scales and biases.

    The initial ones hide mistakes: those of ConvNeXt's blocks are 1e-6.
    """
    keras.utils.set_random_seed(0)
    model = SizeAgnosticClassifier(
        3,
        name,
        normalize=True,
        temperature=0.7,
        short_side=64,
        evidence=True,
    )
    random = np.random.default_rng(0)
    for variable in model.variables:
        if len(variable.shape) == 1:
            positive = variable.name.endswith(("gamma", "variance"))
            low, high = (0.5, 1.5) if positive else (-0.1, 0.1)
            variable.assign(random.uniform(low, high, variable.shape))
    return model


@pytest.mark.usefixtures("memory")
@pytest.mark.parametrize("name, formats", CASES)
def test_one_file_of_each_format_takes_all_sizes(name, formats, tmp_path):
    pytest.importorskip("onnxruntime")
    model = classifier(name)
    exported = export_model(
        model, tmp_path, formats=formats, sizes=[(1, 80, 64)]
    )
    random = np.random.default_rng(1)
    images = [random.random((*size, 3), "float32") for size in SIZES]
    expected = [model.serve(image) for image in images]
    for file in exported:
        run = FORMATS[file.format](file.path)
        for image, outputs in zip(images, expected, strict=True):
            check(run(image=image), outputs, model)


def check(found, expected, model):
    assert sorted(found) == ["evidence", "logits", "probabilities"]
    for name in ("logits", "probabilities"):
        value = numpy_of(expected[name])
        np.testing.assert_allclose(found[name], value, atol=1e-5, err_msg=name)
    away = np.abs(found["evidence"] - numpy_of(expected["evidence"]))
    # Of two places that are equal up to rounding, each may be the maximum.
    assert np.mean(away > 1e-5) < 0.2 and away.max() < 1e-3
    odds = np.exp(found["logits"].astype("float64"))
    odds /= odds.sum(-1, keepdims=True)
    np.testing.assert_allclose(found["probabilities"], odds, atol=1e-6)
    assert found["evidence"].shape[1] > 1 and found["evidence"].shape[2] > 1
    bias = numpy_of(model.head.bias) / model.temperature
    total = found["evidence"].sum((1, 2)) + bias
    np.testing.assert_allclose(total, found["logits"], atol=1e-4)
