"""Features in a basis that takes fewer numbers."""

from typing import NamedTuple

import numpy as np

from convzoo.training.classification.transfer.dense_head import DenseHead

# The decomposition takes a time of the third power.
_MOST_IMAGES = 2000


class RotatedFeatures(NamedTuple):
    """Features in an orthonormal basis of the space that they span.

    Neither a logistic regression with L2 regularisation nor the nearest mean
    depends on the basis, and their kernels lie in that space. With fewer images
    than features, a regression is four times faster: 3.6 s in place of 13 s
    for 480 images with 7,168 features.

    Attributes:
        values: `(images, dimensions)`.
        basis: `(features, dimensions)`; None for the features themselves.
    """

    values: np.ndarray
    basis: np.ndarray | None

    def restored(self, head: DenseHead) -> DenseHead:
        """Return a head for `values` as one for the features."""
        if self.basis is None:
            return head
        return DenseHead(self.basis @ head.kernel, head.bias)


def rotated_features(features: np.ndarray) -> RotatedFeatures:
    """Rotate float32 features `(images, features)`, if that is faster."""
    count, length = features.shape
    if count >= min(length, _MOST_IMAGES):
        return RotatedFeatures(features, None)
    products = (features @ features.T).astype("float64")
    values, vectors = np.linalg.eigh(products)
    # Smaller ones are rounding errors of float32.
    kept = values > values[-1] * 1e-6
    scales = np.sqrt(values[kept])
    vectors = vectors[:, kept]
    basis = features.T @ (vectors / scales).astype("float32")
    return RotatedFeatures((vectors * scales).astype("float32"), basis)
