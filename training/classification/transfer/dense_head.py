"""Dense layers that are fitted to features."""

import warnings
from typing import NamedTuple

import numpy as np

_ITERATIONS = 300


class DenseHead(NamedTuple):
    """Weights of a dense layer.

    Attributes:
        kernel: `(features, classes)`.
        bias: `(classes,)`.
    """

    kernel: np.ndarray
    bias: np.ndarray

    def logits(self, features: np.ndarray) -> np.ndarray:
        """Logits `(images, classes)` of features `(images, features)`."""
        return features @ self.kernel + self.bias

    def calibrated(self, temperature: float) -> "DenseHead":
        """Return the layer whose logits are divided by a temperature."""
        return DenseHead(self.kernel / temperature, self.bias / temperature)


def logistic_head(
    features: np.ndarray,
    labels: np.ndarray,
    num_classes: int,
    strength: float,
    balance: bool = False,
    tolerance: float = 1e-4,
) -> DenseHead:
    """Fit a dense layer by logistic regression with L2 regularisation.

    Args:
        features: `(images, features)`.
        labels: Classes, integers `(images,)`; each occurs.
        num_classes: Number of classes.
        strength: Inverse of the regularisation, `C` of scikit-learn.
        balance: Whether all classes count alike.
        tolerance: Of the optimizer, `tol` of scikit-learn.
    """
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression

    weight = "balanced" if balance else None
    fit = LogisticRegression(
        C=strength, class_weight=weight, max_iter=_ITERATIONS, tol=tolerance
    )
    with warnings.catch_warnings():
        # What is not used to fit judges the result.
        warnings.simplefilter("ignore", ConvergenceWarning)
        fit.fit(features, labels)
    kernel, bias = fit.coef_.T, fit.intercept_
    if num_classes == 2:
        # One logit stands for the difference of two.
        kernel = np.concatenate([-kernel, kernel], axis=1) / 2
        bias = np.concatenate([-bias, bias]) / 2
    return DenseHead(kernel.astype("float32"), bias.astype("float32"))


def class_mean_head(
    features: np.ndarray, labels: np.ndarray, num_classes: int
) -> DenseHead:
    """Return the dense layer that finds the nearest mean of a class.

    It takes one pass, for more classes than a regression can be fitted to.

    Args:
        features: `(images, features)`.
        labels: Classes, integers `(images,)`; each occurs.
        num_classes: Number of classes.
    """
    means = np.zeros((num_classes, features.shape[1]), "float32")
    np.add.at(means, labels, features)
    means /= np.expand_dims(np.bincount(labels, minlength=num_classes), 1)
    return DenseHead(means.T, -np.square(means).sum(axis=1) / 2)
