"""Further training of a network with published weights."""

import functools
from collections.abc import Callable

import keras
import numpy as np

from convzoo.training.classification.balanced_weights import balanced_weights
from convzoo.training.classification.calibrated import calibrated
from convzoo.training.classification.calibrated_figures import (
    calibrated_figures,
)
from convzoo.training.classification.classifier_options import (
    ClassifierOptions,
)
from convzoo.training.classification.compile_classifier import (
    compile_classifier,
)
from convzoo.training.classification.one_hot_targets import OneHotTargets
from convzoo.training.classification.planned_end import planned_end
from convzoo.training.classification.predict_logits import predict_logits
from convzoo.training.classification.step_memory import images_within
from convzoo.training.classification.step_times import measure_steps
from convzoo.training.classification.training_plan import time_plan
from convzoo.training.classification.transfer.aspect_batches import (
    AspectBatches,
)
from convzoo.training.classification.transfer.examples import Examples
from convzoo.training.run import Run
from convzoo.training.tensorboard import Curves
from convzoo.zoo.classification.classifier_pixels import scaled_size
from convzoo.zoo.classification.size_agnostic_classifier import (
    SizeAgnosticClassifier,
)

# Name of the figure that chooses the best weights.
GAIN = "validation_gain"
# Share of the layers with weights that is trained, from the top.
_SHARE = 0.5


class FineTuning:
    """Trains the upper layers of a classifier, with a low rate.

    Args:
        options: Options of the recipe.
        examples: Images; those with a fold validate.
        tell: Called with what is going on.
    """

    def __init__(
        self,
        options: ClassifierOptions,
        examples: Examples,
        tell: Callable[[str], None],
    ) -> None:
        self._options = options
        self._tell = tell
        self._examples = examples
        validates = np.flatnonzero(examples.folds >= 0).tolist()
        self._images = [examples.images[i] for i in validates]
        self._labels = examples.labels[validates]
        # Whether the first model is right, for each held-out image.
        self._first: np.ndarray | None = None

    @property
    def validates(self) -> bool:
        """Whether images are held out."""
        return bool(len(self._labels))

    def figures(self, model: SizeAgnosticClassifier) -> dict[str, float]:
        """The `calibrated_figures` of held-out images, and the gain.

        `validation_gain` is the share of them that are classified better than
        by the first model, minus the share of those worse, minus what chance
        explains: the standard error of their difference. A few held-out images
        cannot tell a small gain, and the first dense layer can be fitted to
        them too.
        """
        if not self.validates:
            return {}
        logits = predict_logits(model, self._images)
        right = logits.argmax(axis=1) == self._labels
        if self._first is None:
            self._first = right
        return {
            **calibrated_figures(logits, self._labels),
            GAIN: _gain(self._first, right),
        }

    def train(self, model: SizeAgnosticClassifier, side: int, run: Run) -> None:
        """Train a classifier whose dense layer is fitted already.

        Args:
            model: The classifier.
            side: Length of the shorter side of the images, in pixels.
            run: The run.
        """
        options = self._options
        batches = self._batches(model, side)
        unfreeze_top(model.network)
        sizes = [scaled_size(image.shape, side) for image in self._images]
        pixels = sum(height * width for height, width in sizes)
        end = planned_end(model, batches, pixels, options, self._tell)
        run.add_settings(end.settings)
        compile_classifier(model, options, end.steps)
        if options.verbose:
            times = end.times or measure_steps(
                model, batches, pixels, self._tell
            )
            for line in time_plan(times, end.steps, len(batches)):
                self._tell(line)
        callbacks = [Curves(run.folder)] if options.tensorboard else []
        run.train(model, batches, end.steps, options.verbose, callbacks)

    def best(self, run: Run) -> SizeAgnosticClassifier | None:
        """Return the best weights, calibrated; None if training was in vain."""
        if run.best is None or run.best["epoch"] == 0:
            return None
        model = SizeAgnosticClassifier.from_preset(run.folder)
        logits = predict_logits(model, self._images)
        return calibrated(model, logits, self._labels)

    def _batches(
        self, model: SizeAgnosticClassifier, side: int
    ) -> AspectBatches:
        examples, options = self._examples, self._options
        learned = np.flatnonzero(examples.is_learned).tolist()
        labels = examples.labels[learned]
        weights = np.ones(len(labels))
        if examples.balance:
            weights = balanced_weights(labels, examples.num_classes)
        return AspectBatches(
            [examples.images[i] for i in learned],
            OneHotTargets(labels, examples.num_classes),
            weights,
            batch_size=options.batch_size,
            limit=functools.partial(images_within, model, options.memory),
            side=side,
            max_stretch=options.max_stretch,
            augmentation=options.augmentation(),
            seed=options.seed,
        )


def _gain(first: np.ndarray, right: np.ndarray) -> float:
    if first is right:
        return 0.0
    better = np.count_nonzero(right & ~first)
    worse = np.count_nonzero(first & ~right)
    # One more image, so that nothing changed is no gain.
    chance = np.sqrt(better + worse + 1)
    return float((better - worse - chance) / len(right))


def unfreeze_top(network: keras.Model) -> None:
    """Let the upper half of the layers with weights be trained.

    The lower ones see edges and textures, which differ little between sets of
    photographs. Normalisations keep their statistics and their weights.
    """
    weighted = [layer for layer in network.layers if layer.weights]
    first = int(len(weighted) * (1 - _SHARE))
    network.trainable = True
    for index, layer in enumerate(weighted):
        is_norm = isinstance(layer, keras.layers.BatchNormalization)
        layer.trainable = index >= first and not is_norm
