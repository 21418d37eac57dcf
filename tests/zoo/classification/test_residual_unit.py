import numpy as np

from convzoo.zoo.classification.residual_unit import ResidualUnit
from tests.support import numpy_of


def test_the_shortcut_is_every_second_pixel():
    unit = ResidualUnit(4, 2)
    maps = np.random.default_rng(0).normal(size=(2, 7, 6, 3)).astype("float32")
    unit(maps)
    for weight in unit.second.weights:
        # The convolutions contribute 0, so that the shortcut is isolated.
        weight.assign(np.full(weight.shape, float("variance" in weight.path)))
    kernel, *_ = map(numpy_of, unit.shortcut.weights)
    expected = np.maximum(maps[:, ::2, ::2] @ kernel[0, 0], 0)
    sizes = np.array([[7, 6], [5, 4]], "int32")
    for given, rows, columns in ((None, 4, 3), (sizes, 3, 2)):
        found = numpy_of(unit(maps, sizes=given))[1, :rows, :columns]
        np.testing.assert_allclose(
            found, expected[1, :rows, :columns], rtol=1e-3, atol=1e-5
        )
