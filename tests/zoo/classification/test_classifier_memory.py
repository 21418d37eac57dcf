"""Estimates of memory; those of networks were measured."""

import pytest

from convzoo.zoo import SizeAgnosticClassifier
from convzoo.zoo.classification.classifier_memory import classifier_memory


@pytest.fixture(scope="module")
def scaled():
    return SizeAgnosticClassifier(2, backbone="squeezenet", short_side=224)


def test_a_large_photograph_that_is_scaled_needs_no_large_maps(scaled):
    """50 megapixels: 1.2 GB for the image itself, and 15 MB for the maps."""
    assert classifier_memory(scaled, 6000, 8333) < 1.3e9
    # Without scaling, the maps take much more.
    own = SizeAgnosticClassifier(2, backbone="plain", width=32)
    assert classifier_memory(own, 6000, 8333) > 15e9


def test_an_enlarged_image_needs_the_maps_of_its_new_size(scaled):
    needed = classifier_memory(scaled, 10, 20)
    assert 200 * 224 * 448 <= needed < 210 * 224 * 448


def test_wider_networks_need_more():
    narrow, wide = (
        SizeAgnosticClassifier(2, backbone="plain", width=width)
        for width in (4, 8)
    )
    found = [classifier_memory(model, 100, 100) for model in (narrow, wide)]
    assert found[1] - found[0] == 40 * 100 * 100
