"""Published files, against what Keras would download."""

import warnings

import keras
import pytest

from convzoo.losses.trunk_files import KERAS
from convzoo.zoo.backbones.applications import APPLICATIONS
from convzoo.zoo.backbones.published_weights import PUBLISHED

SMALL = "mobilenet_v3_small", "mobilenet", "vgg16"
BUILDERS = {
    **{name: APPLICATIONS[name].builder for name in APPLICATIONS},
    "vgg16": "VGG16",
    "vgg19": "VGG19",
}
# Keras builds a network before it asks for the file.
NETWORKS = [
    name if name in SMALL else pytest.param(name, marks=pytest.mark.long)
    for name in BUILDERS
]


class Asked(Exception):
    """What Keras asks for, in place of a download."""


@pytest.mark.parametrize("name", NETWORKS)
def test_file_is_that_of_keras(name, monkeypatch):
    builder = getattr(keras.applications, BUILDERS[name])

    def get_file(fname, origin, cache_subdir, file_hash=None):
        raise Asked(fname, origin, cache_subdir, file_hash)

    monkeypatch.setattr("keras.src.utils.file_utils.get_file", get_file)
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


def test_every_network_has_a_file():
    assert PUBLISHED.keys() == APPLICATIONS.keys()
    counts = [p.parameters for p in [*PUBLISHED.values(), *KERAS.values()]]
    assert len({*counts}) == len(counts)
    for published in PUBLISHED.values():
        assert published.url.startswith("https://storage.googleapis.com/")
        assert published.digest is None or len(published.digest) in (32, 64)
