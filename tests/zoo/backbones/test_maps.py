"""Names of the layers whose maps are returned."""

import keras
import numpy as np
import pytest

from convzoo.zoo.backbones.pretrained_network import pretrained_network
from tests.support import numpy_of

IMAGES = np.random.default_rng(0).uniform(size=(1, 65, 97, 3))


def test_several_maps_in_the_order_of_their_names():
    network = pretrained_network("mobilenet_v3_small", ["top", "activation_3"])
    assert network.maps == ("activation_17", "activation_3")
    top, early = network.model(IMAGES)
    whole = pretrained_network("mobilenet_v3_small").model
    whole.set_weights(network.model.get_weights())
    np.testing.assert_array_equal(numpy_of(top), numpy_of(whole(IMAGES)[0]))
    assert early.shape[1] > top.shape[1]


@pytest.mark.parametrize("alias", ["top", "output", ("top",), None])
def test_aliases_of_the_last_layer(alias):
    assert pretrained_network("squeezenet", alias).maps == ("fire9",)


def test_names_are_those_of_a_fresh_process():
    """Keras would go on counting, here at 18 activations."""
    for _ in range(2):
        maps = pretrained_network("mobilenet_v3_small").maps
        assert maps == ("activation_17",)


def test_deeper_layers_are_not_computed():
    model = pretrained_network("squeezenet", "fire3").model
    names = [layer.name for layer in model.layers]
    assert "fire3" in names
    assert not any(name.startswith("fire4") for name in names)


def test_side_depends_on_the_maps():
    sides = [
        pretrained_network(name, maps).smallest_side
        for name in ("squeezenet", "mobilenet_v3_small")
        for maps in ("conv1" if name == "squeezenet" else "conv", None)
    ]
    # A convolution of 3 x 3 pixels; with "same" padding, one pixel is enough.
    assert sides == [3, 17, 1, 31]


@pytest.mark.parametrize(
    ("maps", "match"),
    [
        ("fire10", "'fire1', |'fire9'"),
        (["fire9", "fyre8"], "'fire8'.* with 'fyre8'"),
        ("nothing alike", "such as 'fire9_expand1x1'|such as"),
        ("images", "return maps"),
        (["fire9", "top"], "different layers"),
        (["fire9", "fire9"], "different layers"),
        ([], "must be names of layers"),
        ([3], "must be names of layers"),
        ({"fire9": 1}, "must be names of layers"),
    ],
)
def test_wrong_maps(maps, match):
    with pytest.raises(ValueError, match=f"`maps` .*{match}") as error:
        pretrained_network("squeezenet", maps)
    assert repr(maps) in str(error.value)
    assert "\n" not in str(error.value)


def test_maps_of_one_place_are_refused():
    """Squeeze-and-excitation has maps of one place, of the whole image."""
    name = "expanded_conv_squeeze_excite_conv"
    with pytest.raises(ValueError, match=name):
        pretrained_network("mobilenet_v3_small", name)


def test_unknown_network():
    with pytest.raises(ValueError, match="`backbone` .* 'mobilenet_v3_smal'"):
        pretrained_network("mobilenet_v3_smal")


def test_policy_and_layout_of_keras_are_unchanged():
    layout, policy = (
        keras.config.image_data_format(),
        keras.config.dtype_policy().name,
    )
    keras.config.set_image_data_format("channels_first")
    try:
        model = pretrained_network("mobilenet_v3_small", dtype="bfloat16").model
        assert keras.config.image_data_format() == "channels_first"
        assert keras.config.dtype_policy().name == policy
    finally:
        keras.config.set_image_data_format(layout)
    assert model.output_shape[-1] == 576
