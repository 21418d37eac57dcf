import keras
import numpy as np
import pytest

from convzoo.export.served import served
from convzoo.zoo import BallPositionPredictor
from tests.support import tiny_generator


def test_open_sizes_have_names_and_those_of_one_name_are_equal():
    model = served(BallPositionPredictor(width=8, depth=1, map_width=6))
    assert model.open_sizes == ["batch", "players"]
    assert model.closed((2, 5, 99)) == {
        "players": (2, 5, 2),
        "velocities": (2, 5, 2),
        "team": (2, 5),
    }
    with pytest.raises(ValueError, match=r"'batch', 'players'.*\(2,\)"):
        model.closed((2,))


def test_a_model_that_says_how_it_is_served():
    model = served(tiny_generator())
    assert model.shapes == {"image": ("batch", "height", "width", 3)}
    assert served(model) is model
    image = model.example((2, 4, 5), np.random.default_rng(0))["image"]
    assert image.shape == (2, 4, 5, 3) and image.dtype == np.float32
    assert list(model.serve(image)) == ["image_x2"]


def functional(structure, call):
    return served(keras.Model(structure, call(structure)))


def test_a_lone_input_and_output_are_called_so():
    model = functional(
        keras.Input((None, 7, 2)), keras.layers.Conv2D(3, 1, name="mine")
    )
    assert model.shapes == {"input": ("batch", "height", 7, 2)}
    (name,) = model.serve(np.zeros((1, 4, 7, 2), "float32"))
    assert name == "output"


def test_inputs_keep_the_names_that_a_dictionary_gives():
    left = keras.Input((None, 2), name="left")
    right = keras.Input((3,), name="right", dtype="int32")
    model = served(
        keras.Model(
            {"right": right, "left": left},
            {"b": keras.ops.sum(left, axis=1), "a": right},
        )
    )
    assert model.shapes == {
        "left": ("batch", "left_1", 2),
        "right": ("batch", 3),
    }
    assert model.dtypes == {"left": "float32", "right": "int32"}
    random = np.random.default_rng(0)
    arrays = model.example((2, 4), random)
    assert arrays["right"].dtype == np.int32
    found = model.serve(**arrays)
    np.testing.assert_array_equal(found["a"], arrays["right"])
    np.testing.assert_allclose(found["b"], arrays["left"].sum(1), rtol=1e-6)


def test_inputs_of_a_list_keep_their_own_names():
    first = keras.Input((2,), name="first")
    second = keras.Input((2,), name="second-part")
    model = served(keras.Model([first, second], first - second))
    assert list(model.shapes) == ["first", "second_part"]
    ones = np.ones((1, 2), "float32")
    (found,) = model.serve(first=3 * ones, second_part=ones).values()
    np.testing.assert_array_equal(found, 2 * ones)


@pytest.mark.parametrize("model", [3, keras.layers.Dense(3), keras.Model()])
def test_what_says_nothing_of_its_inputs_is_refused(model):
    with pytest.raises(ValueError, match=r"`model` must be.*Received"):
        served(model)
