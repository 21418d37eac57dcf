"""Published files, against what Keras would download."""

import sys
import warnings

import keras
import pytest

from convzoo.losses.trunk_files import KERAS
from convzoo.zoo.backbones.applications import APPLICATIONS
from convzoo.zoo.backbones.published_weights import PUBLISHED

CHEAP = "mobilenet_v3_small", "mobilenet"
BUILDERS = {
    **{name: APPLICATIONS[name].builder for name in APPLICATIONS},
    "vgg16": "VGG16",
    "vgg19": "VGG19",
}
QUICK_OR_SLOW = [
    name if name in CHEAP else pytest.param(name, marks=pytest.mark.slow)
    for name in BUILDERS
]


class Asked(Exception):
    """What Keras asks for, in place of a download."""


@pytest.mark.parametrize(
    "name",
    [
        n if n in CHEAP else pytest.param(n, marks=pytest.mark.slow)
        for n in BUILDERS
    ],
)
def test_file_is_that_of_keras(name, monkeypatch):
    builder = getattr(keras.applications, BUILDERS[name])

    def get_file(fname, origin, cache_subdir, file_hash=None):
        raise Asked(fname, origin, cache_subdir, file_hash)

    module = sys.modules[builder.__module__]
    monkeypatch.setattr(module.file_utils, "get_file", get_file)
    with warnings.catch_warnings(), pytest.raises(Asked) as asked:
        warnings.simplefilter("ignore")
        builder(
            include_top=False, weights="imagenet", input_shape=(None, None, 3)
        )
    published = {**PUBLISHED, **KERAS}[name]
    assert asked.value.args == (
        published.name,
        published.url,
        "models",
        published.digest,
    )


@pytest.mark.parametrize(
    "name",
    [
        n if n in CHEAP else pytest.param(n, marks=pytest.mark.slow)
        for n in BUILDERS
    ],
)
def test_number_of_weights(name):
    """Sizes are said, and files are told apart, by the number of weights."""
    builder = getattr(keras.applications, BUILDERS[name])
    model = builder(
        include_top=False, weights=None, input_shape=(None, None, 3)
    )
    assert {**PUBLISHED, **KERAS}[name].parameters == model.count_params()


def test_every_network_has_a_file():
    assert PUBLISHED.keys() == APPLICATIONS.keys()
    counts = [p.parameters for p in [*PUBLISHED.values(), *KERAS.values()]]
    assert len({*counts}) == len(counts)
    for published in PUBLISHED.values():
        assert published.url.startswith("https://storage.googleapis.com/")
        assert published.digest is None or len(published.digest) in (32, 64)
