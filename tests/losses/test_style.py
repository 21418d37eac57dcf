import numpy as np
import pytest

from convzoo.losses import FeatureExtractor
from convzoo.losses.style import Style, gram_matrices
from tests.fixtures.feature_cases import FEATURE_SIZE, STYLE_LAYERS
from tests.loss_checks import random_pair
from tests.losses.feature_checks import check_golden
from tests.support import numpy_of, rest_long, run_loss_test


@pytest.mark.parametrize("distance", rest_long("l1", "l2"))
def test_loss(distance, tmp_path):
    features = FeatureExtractor(
        "squeezenet", {"conv1": 0.5, "fire3": 2}, weights=None
    )
    run_loss_test(
        Style,
        {"features": features, "distance": distance},
        random_pair((2, 20, 25, 3)),
        folder=tmp_path,
        other_pairs=[random_pair((2, 11, 32, 3))],
    )


@pytest.mark.parametrize("distance", ["l1", "l2"])
@pytest.mark.long
def test_as_torchvision(distance):
    features = FeatureExtractor("vgg19", STYLE_LAYERS, weights=None)
    loss = Style(features, distance)
    check_golden(loss, f"style_{distance}", *FEATURE_SIZE, tolerance=1e-6)


def test_gram_matrices_as_loops():
    maps = np.random.default_rng(0).normal(size=(2, 3, 5, 4))
    expected = np.zeros((2, 4, 4))
    for sample, row, column in np.ndindex(2, 3, 5):
        vector = maps[sample, row, column]
        expected[sample] += np.outer(vector, vector) / (3 * 5 * 4)
    found = numpy_of(gram_matrices(maps.astype("float32")))
    np.testing.assert_allclose(found, expected, atol=1e-6)


def test_does_not_see_where_things_are():
    x, _ = random_pair((2, 9, 9, 3))
    features = FeatureExtractor("vgg16", "block1_conv1", weights=None)
    tiled = np.tile(x, (1, 2, 2, 1))
    moved = np.roll(tiled, 4, axis=1)
    other = np.tile(x[::-1], (1, 2, 2, 1))
    loss = Style(features)
    assert float(loss(tiled, moved)) < 0.3 * float(loss(tiled, other))


def test_bad_arguments():
    features = FeatureExtractor("squeezenet", "conv1", weights=None)
    with pytest.raises(ValueError, match="`distance` .*distance='cosine'"):
        Style(features, "cosine")
    with pytest.raises(ValueError, match="`features` .*features=None"):
        Style(None)
