import keras
import numpy as np
import pytest

from convzoo.export import SavedModel, export_model, write_saved_model
from tests.support import photograph, tiny_generator


def test_the_folder_is_the_model(tmp_path):
    model = tiny_generator()
    write_saved_model(model, tmp_path / "model")
    image = photograph(6, 5).astype("float32")[None] / 255
    found = SavedModel(tmp_path / "model")(image=image)["image_x2"]
    expected = np.clip(model.predict_on_batch(image), 0, 1)
    np.testing.assert_allclose(found, expected, atol=1e-6)


def test_another_folder_is_named(tmp_path):
    with pytest.raises(ValueError, match="is not a SavedModel"):
        SavedModel(tmp_path)


def test_another_backend_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr("keras.config.backend", lambda: "jax")
    with pytest.raises(ValueError, match="KERAS_BACKEND=tensorflow.*=jax"):
        write_saved_model(tiny_generator(), tmp_path / "model")


@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        ({}, r"named \['image'\].*Received: \[\]"),
        ({"picture": np.zeros((1, 4, 4, 3))}, "Received: .'picture'"),
        ({"image": np.zeros((1, 4, 4, 2))}, "cannot run on these inputs"),
        ({"image": "a"}, "cannot run on these inputs"),
    ],
)
def test_wrong_inputs_are_one_kind_of_error(tmp_path, inputs, message):
    write_saved_model(tiny_generator(), tmp_path / "model", encoded=False)
    with pytest.raises(ValueError, match=message):
        SavedModel(tmp_path / "model")(**inputs)


def test_strings_are_inputs_of_a_saved_model(tmp_path):
    words = keras.Sequential(
        [
            keras.Input((2,), dtype="string"),
            keras.layers.StringLookup(vocabulary=["a", "b"]),
            keras.layers.Embedding(3, 2),
        ],
        name="words",
    )
    (file,) = export_model(words, tmp_path, formats=["saved_model"])
    assert file.difference == 0
    found = SavedModel(file.path)(input=[["a", "b"]])["output"]
    expected = words.layers[-1].embeddings.numpy()[[[1, 2]]]
    np.testing.assert_array_equal(found, expected)
