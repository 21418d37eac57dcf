from concurrent.futures import ThreadPoolExecutor

import keras
import numpy as np
import pytest

from convzoo.export import LiteRTModel, write_litert, write_saved_model


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(ValueError, match="no.tflite: does not exist"):
        LiteRTModel(tmp_path / "no.tflite")


def test_another_file_is_named(tmp_path):
    (tmp_path / "a.tflite").write_text("no model")
    with pytest.raises(ValueError, match="a.tflite: is not a LiteRT file"):
        LiteRTModel(tmp_path / "a.tflite")


@pytest.mark.usefixtures("one_process")
def test_a_failed_conversion_leaves_no_file(tmp_path):
    with pytest.raises(ValueError, match="converter failed: .*does not exist"):
        write_litert(tmp_path / "no model", tmp_path / "a.tflite")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.long
def test_operators_are_counted(tmp_path):
    image = keras.Input((None, None, 3))
    x = image
    for _ in range(2):
        x = keras.layers.Conv2D(2, 3, activation="tanh")(x)
    write_saved_model(keras.Model(image, x), tmp_path / "model")
    write_litert(tmp_path / "model", tmp_path / "model.tflite")
    found = LiteRTModel(tmp_path / "model.tflite").operators
    assert found == {"CONV_2D": 2, "TANH": 2}


@pytest.mark.long
def test_threads_get_their_own_answers(tmp_path):
    image = keras.Input((None, None, 3), name="image")
    x = keras.layers.Conv2D(3, 3, padding="same", activation="tanh")(image)
    write_saved_model(keras.Model(image, x), tmp_path / "model")
    write_litert(tmp_path / "model", tmp_path / "model.tflite")
    random = np.random.default_rng(0)
    sizes = [(1, 20, 24, 3), (1, 12, 40, 3)] * 40
    images = [random.random(size, np.float32) for size in sizes]
    run = LiteRTModel(tmp_path / "model.tflite")

    def output(image):
        return run(image=image)["output"]

    expected = [output(image) for image in images]
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(output, images))
        with pytest.raises(ValueError, match="cannot run on these inputs"):
            pool.submit(output, np.zeros(3)).result()
        with pytest.raises(ValueError, match=r"named \['image'\]"):
            pool.submit(run, maps=images[0]).result()
    for array, right in zip(found, expected, strict=True):
        np.testing.assert_array_equal(array, right)
    np.testing.assert_array_equal(output(images[0]), expected[0])
