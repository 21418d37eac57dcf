import numpy as np
import pytest

from convzoo.export import SavedModel, write_saved_model
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
