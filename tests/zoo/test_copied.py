"""copied: the same weights, another argument, and nothing shared."""

import numpy as np

from convzoo.zoo import SizeAgnosticClassifier
from convzoo.zoo.copied import copied
from tests.support import randomized


def test_weights_are_equal_and_not_shared():
    model = randomized(SizeAgnosticClassifier(3, "plain", width=4))
    images = np.random.default_rng(0).random((1, 12, 9, 3)).astype("float32")
    expected = model.predict_on_batch(images)
    other = copied(model, temperature=0.5)
    assert (model.temperature, other.temperature) == (1, 0.5)
    np.testing.assert_allclose(
        other.predict_on_batch(images), 2 * expected, rtol=1e-5
    )
    other.head.kernel.assign(other.head.kernel * 0)
    np.testing.assert_array_equal(model.predict_on_batch(images), expected)
