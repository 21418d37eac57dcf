"""Choice of a dense layer by validation."""

from typing import NamedTuple

import numpy as np

from convzoo.training.classification.classification_quality import (
    ClassificationQuality,
    classification_quality,
)
from convzoo.training.classification.fit_temperature import fit_temperature
from convzoo.training.classification.transfer.dense_head import (
    DenseHead,
    class_mean_head,
    logistic_head,
)
from convzoo.training.classification.transfer.examples import Examples
from convzoo.training.classification.transfer.rotated_features import (
    rotated_features,
)

# Images that are enough to choose by: with more, fewer folds validate.
_ENOUGH = 1000
# Inverse regularisations to try for features of unit length.
_STRENGTHS = (3.0, 10.0, 30.0, 100.0, 300.0)
_USUAL = 30.0
# Of the regressions that only choose: it halves their time.
_TOLERANCE = 1e-3
# Largest product of images, their dimensions and classes for a regression: it
# then takes about a minute on two cores.
_MOST_WORK = 2e10


class TriedHead(NamedTuple):
    """A regularisation, and how well it does.

    Attributes:
        strength: As in `logistic_head`; None for `class_mean_head`.
        temperature: Divisor of the logits that calibrates them.
        quality: Figures of images, each predicted by a layer that did not learn
            from it; None without such images.
        num_validated: Number of these images.
    """

    strength: float | None
    temperature: float
    quality: ClassificationQuality | None
    num_validated: int

    @property
    def loss(self) -> float:
        """Cross-entropy, lower is better."""
        return 0.0 if self.quality is None else self.quality.loss


class HeadSearch:
    """Fits dense layers to features and validates them.

    Args:
        features: Float32 array `(images, features)`, of unit length.
        examples: The images.
    """

    def __init__(self, features: np.ndarray, examples: Examples) -> None:
        self._examples = examples
        self._rotated = rotated_features(features)
        size = float(np.prod(self._rotated.values.shape))
        is_small = size * examples.num_classes <= _MOST_WORK
        self._strengths = _STRENGTHS if is_small else (None,)
        self._start = _STRENGTHS.index(_USUAL) if is_small else 0
        self._known: dict[float | None, TriedHead] = {}

    def usual(self) -> TriedHead:
        """Validate with a regularisation that is right for most data."""
        return self.tried(self._strengths[self._start])

    def best(self) -> TriedHead:
        """Go from there to less and to more regularisation while it helps."""
        self.usual()
        for step in (1, -1):
            place = self._start + step
            while 0 <= place < len(self._strengths):
                found, before = (
                    self.tried(self._strengths[at])
                    for at in (place, place - step)
                )
                if found.loss >= before.loss:
                    break
                place += step
        return min(self._known.values(), key=lambda each: each.loss)

    def tried(self, strength: float | None) -> TriedHead:
        """Validate with one regularisation."""
        if strength not in self._known:
            self._known[strength] = self._validated(strength)
        return self._known[strength]

    def loss_of_few(self) -> float:
        """Loss of layers that learn from one fold, for the others.

        Where nearly all images are classified correctly, it tells features
        apart that the usual loss does not. That is taken with too few images.
        """
        examples = self._examples
        usual = self.usual()
        if not examples.has_whole_folds:
            return usual.loss
        folds = np.unique(examples.folds)
        learned = [examples.folds == fold for fold in folds]
        return self._held_out(
            usual.strength, [(each, ~each) for each in learned]
        ).loss

    def fitted(self, strength: float | None) -> DenseHead:
        """Fit a layer to all images that it may learn from."""
        return self._rotated.restored(
            self._fit(strength, self._examples.is_learned)
        )

    def _validated(self, strength: float | None) -> TriedHead:
        folds = self._examples.folds
        used = np.unique(folds[folds >= 0])
        per_fold = max(int(np.count_nonzero(folds == 0)), 1)
        used = used[: (_ENOUGH + per_fold - 1) // per_fold]
        held_out = [folds == fold for fold in used]
        return self._held_out(strength, [(~each, each) for each in held_out])

    def _held_out(
        self,
        strength: float | None,
        parts: list[tuple[np.ndarray, np.ndarray]],
    ) -> TriedHead:
        """Fit a layer to each first part, and validate with the second."""
        logits, labels = [], []
        for learned, validates in parts:
            head = self._fit(strength, learned, _TOLERANCE)
            logits.append(head.logits(self._rotated.values[validates]))
            labels.append(self._examples.labels[validates])
        if not logits:
            return TriedHead(strength, 1.0, None, 0)
        found, expected = np.concatenate(logits), np.concatenate(labels)
        temperature = fit_temperature(found, expected)
        quality = classification_quality(found / temperature, expected)
        return TriedHead(strength, temperature, quality, len(expected))

    def _fit(
        self,
        strength: float | None,
        learned: np.ndarray,
        tolerance: float = 1e-4,
    ) -> DenseHead:
        examples = self._examples
        features = self._rotated.values[learned]
        labels = examples.labels[learned]
        if strength is None:
            return class_mean_head(features, labels, examples.num_classes)
        return logistic_head(
            features,
            labels,
            examples.num_classes,
            strength,
            examples.balance,
            tolerance,
        )
