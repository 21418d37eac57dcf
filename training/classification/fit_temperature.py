"""Temperature that calibrates a classifier.

Guo et al. 2017, On Calibration of Modern Neural Networks,
https://arxiv.org/abs/1706.04599, section 4.2.

What differs from the paper: the targets are smoothed as Platt 1999,
Probabilistic Outputs for Support Vector Machines, does, so that images without
any mistake do not make the classifier certain: of n images, one in n + 2 is
taken to be wrong.
"""

import numpy as np

# With fewer images, the temperature is too uncertain to be of use.
_FEWEST_IMAGES = 30
# The temperature lies between these multiples of the deviation of the logits.
_LOWEST, _HIGHEST = 1e-3, 10.0


def fit_temperature(logits: np.ndarray, labels: np.ndarray) -> float:
    """Return the divisor of the logits with the lowest cross-entropy.

    The logits must be those of images on which the classifier was not trained.
    Dividing by a positive number does not change which class is the most
    probable.

    Args:
        logits: `(images, classes)`, before any division by a temperature.
        labels: True classes, integers `(images,)`.

    Returns:
        A positive, finite number. It is 1 with fewer than 30 images, or if all
        logits of each image are equal.

    Raises:
        ValueError: If the shapes do not fit, a label is no class, or a logit
            is NaN or infinite.
    """
    logits, labels = np.asarray(logits, "float64"), np.asarray(labels)
    _check(logits, labels)
    if len(labels) < _FEWEST_IMAGES:
        return 1.0
    logits = logits - logits.mean(axis=1, keepdims=True)
    deviations = logits.std(axis=1)
    if not deviations.any():
        return 1.0
    scale = float(np.median(deviations[deviations > 0]))
    return scale * _minimum(logits / scale, labels)


def _minimum(logits: np.ndarray, labels: np.ndarray) -> float:
    """The temperature of centred logits whose deviation is about 1."""
    from scipy.optimize import minimize_scalar
    from scipy.special import logsumexp

    count, classes = logits.shape
    wrong = 1 / (count + 2)
    # The logits of all other classes sum to minus that of the label.
    share = 1 - wrong - wrong / (classes - 1)
    target = share * logits[np.arange(count), labels].mean()

    def cross_entropy(log_temperature: float) -> float:
        inverse = np.exp(-log_temperature)
        return float(
            logsumexp(logits * inverse, axis=1).mean() - target * inverse
        )

    # It is convex in the inverse of the temperature: there is one minimum.
    found = minimize_scalar(
        cross_entropy,
        bounds=(np.log(_LOWEST), np.log(_HIGHEST)),
        method="bounded",
        options={"xatol": 1e-6},
    )
    return float(np.exp(found.x))


def _check(logits: np.ndarray, labels: np.ndarray) -> None:
    if logits.ndim != 2 or logits.shape[1] < 2:
        raise ValueError(
            "`logits` must have shape (images, classes), with two classes or "
            f"more. Received: logits of shape {logits.shape}"
        )
    if labels.shape != logits.shape[:1] or labels.dtype.kind not in "iu":
        raise ValueError(
            "`labels` must be an integer for each of the "
            f"{len(logits)} images. Received: {labels.dtype} of shape "
            f"{labels.shape}"
        )
    if not np.isfinite(logits).all():
        raise ValueError(
            "`logits` must be finite. Received: logits with "
            f"{np.count_nonzero(~np.isfinite(logits))} other values"
        )
    if len(labels) and not 0 <= labels.min() <= labels.max() < logits.shape[1]:
        raise ValueError(
            f"`labels` must be numbers of the {logits.shape[1]} classes. "
            f"Received: {labels.min()} to {labels.max()}"
        )
