import keras
import pytest

from convzoo.layers import DeformableConv2D, MLPConv, NonLocal
from convzoo.layers.interpreted import interpreted


@pytest.mark.parametrize("value", [{}, "no such", 3, ["zeros"]])
def test_an_argument_is_named(value):
    with pytest.raises(ValueError, match=r"`bias_initializer` .* Received: "):
        interpreted("bias_initializer", value)


def test_what_keras_knows_passes():
    assert interpreted("activation", None) is not None
    found = interpreted("kernel_initializer", "zeros")
    assert isinstance(found, keras.initializers.Zeros)


@pytest.mark.parametrize(
    "make",
    [
        lambda: MLPConv((2,), 1, activation="no such"),
        lambda: NonLocal(kernel_regularizer="no such"),
        lambda: DeformableConv2D(2, 3, activation={}),
    ],
)
def test_layers_name_it(make):
    with pytest.raises(ValueError, match="cannot be interpreted"):
        make()
