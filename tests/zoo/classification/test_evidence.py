"""Evidence of several maps, and of exported files."""

import keras
import numpy as np
import pytest
from keras import layers, ops

from convzoo.layers import SPP
from convzoo.zoo.classification.evidence import evidence
from tests.layer_checks import compiled
from tests.support import numpy_of, rest_long

SIZES = ((1, 32, 48), (2, 41, 23), (1, 5, 8))


class Explained(keras.Model):
    """Two maps, pooled, normalized and classified."""

    def __init__(self):
        super().__init__(name="explained")
        self.first = layers.Conv2D(3, 3, 2, "same", activation="relu")
        self.second = layers.Conv2D(4, 3, 2, "same", activation="relu")
        self.pools = [SPP((1, 2)), SPP((2, (1, 3)), "average")]
        self.head = layers.Dense(5, bias_initializer="normal")
        self(np.zeros((1, 8, 8, 3), "float32"))

    serving_inputs = {"image": ("batch", "height", "width", 3)}

    def call(self, image):
        return self.serve(image)["logits"]

    def serve(self, image):
        first = self.first(image)
        maps = [first, self.second(first)]
        pooled = ops.concatenate(
            [pool(each) for pool, each in zip(self.pools, maps, strict=True)],
            axis=1,
        )
        scale = 1 / ops.sqrt(ops.sum(pooled**2, axis=1, keepdims=True) + 1e-12)
        logits = self.head(pooled * scale)
        found = evidence(maps, self.pools, self.head.kernel, scale)
        return {"logits": logits, "evidence": found}


def noise(shape):
    return np.random.default_rng(0).random(shape, "float32")


@pytest.mark.parametrize(
    "size", rest_long((41, 23), ((1, 1),), ((32, 48),), ((5, 8),))
)
def test_evidence_of_two_maps_adds_up(size):
    model = Explained()
    outputs = compiled(model.serve)(noise((2, *size, 3)))
    logits, found = (numpy_of(outputs[n]) for n in ("logits", "evidence"))
    rows, columns = ((n + 1) // 2 for n in size)
    assert found.shape == (2, rows, columns, 5)
    np.testing.assert_allclose(
        found.sum(axis=(1, 2)),
        logits - numpy_of(model.head.bias),
        rtol=1e-4,
        atol=1e-6,
    )


def test_a_coarse_place_is_divided_by_area():
    """By hand: 2 columns in 3; the middle one has a third of each.

    The finer map has no evidence: its part of the kernel is 0.
    """
    coarse = np.array([3, 6], "float32").reshape(1, 1, 2, 1)
    fine = np.ones((1, 1, 3, 1), "float32")
    pools = [SPP((1,), "average"), SPP((1,), "average")]
    kernel = np.array([[2], [0]], "float32")
    found = numpy_of(evidence([coarse, fine], pools, kernel))
    np.testing.assert_allclose(found.squeeze(), [2, 3, 4], rtol=1e-6)


@pytest.mark.long
@pytest.mark.skipif(
    keras.config.backend() != "tensorflow", reason="export needs TensorFlow"
)
def test_one_file_gives_it_at_all_sizes(tmp_path):
    from convzoo.export import export_model

    formats = ("saved_model", "litert", "onnx")
    exported = export_model(
        Explained(), tmp_path, "explained", formats, sizes=SIZES
    )
    assert {file.format for file in exported} == set(formats)
    for file in exported:
        assert file.difference < 1e-5
