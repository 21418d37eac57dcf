import keras
import numpy as np
import pytest
from keras import layers

from convzoo.export.served import served
from tests.support import numpy_of


class Subclass(keras.Model):
    """A model without a functional graph, of a dictionary or a list."""

    def __init__(self):
        super().__init__()
        self.dense = layers.Dense(3)

    def call(self, inputs, training=False):
        first, second = (
            (inputs["first"], inputs["second"])
            if isinstance(inputs, dict)
            else inputs
        )
        return {"sum": self.dense(first) + second, "same": second}


def first_second():
    random = np.random.default_rng(0)
    return random.random((2, 5), "float32"), random.random((2, 3), "float32")


def sequential(*parts):
    return keras.Sequential([*parts, layers.Dense(4), layers.Dense(3)])


def built():
    model = sequential()
    model.build((None, 5))
    return model


def called():
    model = sequential()
    model(np.zeros((7, 5), "float32"))
    return model


SEQUENTIAL = {
    "input": lambda: sequential(keras.Input((5,))),
    "built": built,
    "called": called,
    "nested": lambda: sequential(keras.Input((5,)), sequential()),
    "one batch": lambda: sequential(keras.Input(batch_shape=(1, 5))),
}


@pytest.mark.parametrize("name", SEQUENTIAL)
def test_a_sequential_model_is_served(name):
    model = SEQUENTIAL[name]()
    found = served(model)
    assert found.shapes == {"input": ("batch", 5)}
    first, _ = first_second()
    (outputs,) = found.serve(input=first).values()
    assert list(found.serve(input=first)) == ["output"]
    np.testing.assert_allclose(numpy_of(outputs), numpy_of(model(first)))


def test_integers_and_open_sizes_of_a_sequential_model():
    inputs = keras.Input((None,), dtype="int32")
    model = keras.Sequential([inputs, layers.Embedding(9, 2)])
    found = served(model)
    assert found.shapes == {"input": ("batch", "input_1")}
    assert found.dtypes == {"input": "int32"}


@pytest.mark.parametrize("named", [True, False])
def test_a_subclass_is_served_as_it_was_called(named):
    model = Subclass()
    first, second = first_second()
    names = ["first", "second"] if named else ["input_0", "input_1"]
    inputs = dict(zip(names, (first, second), strict=True))
    expected = model(inputs if named else [first, second])
    # A second look, and a use in another model, change nothing.
    for _ in range(2):
        found = served(model)
        assert found.shapes == {names[0]: ("batch", 5), names[1]: ("batch", 3)}
        outputs = found.serve(**inputs)
        assert outputs.keys() == {"sum", "same"}
        for name, value in outputs.items():
            np.testing.assert_allclose(
                numpy_of(value), numpy_of(expected[name]), rtol=1e-6
            )


@pytest.mark.parametrize(
    "model", [keras.Sequential([layers.Dense(2)]), Subclass()]
)
def test_a_model_that_was_never_called_says_so(model):
    with pytest.raises(ValueError, match=r"called once.*Received: model=<S"):
        served(model)


def test_a_call_that_fails_is_named():
    class Fails(keras.Model):
        seen = False

        def call(self, inputs):
            if self.seen:
                raise KeyError("mine")
            return inputs

    model = Fails()
    model(np.zeros((2, 3), "float32"))
    model.seen = True
    with pytest.raises(ValueError, match=r"`model` cannot be called.*mine"):
        served(model)


class Returning(keras.Model):
    """A model that returns any structure."""

    def __init__(self, make):
        super().__init__()
        self.make = make

    def call(self, inputs):
        return self.make(inputs)


def test_outputs_that_are_no_tensors_are_named():
    model = Returning(lambda inputs: None)
    model(np.zeros((1, 3)))
    with pytest.raises(ValueError, match="`model` must return tensors.*None"):
        served(model)


def test_keys_that_are_no_names_are_numbered():
    model = Returning(lambda inputs: {1: inputs, "b": 2 * inputs})
    model(np.zeros((1, 3)))
    outputs = served(model).serve(np.ones((1, 3), "float32"))
    assert sorted(outputs) == ["output_0", "output_1"]
