"""Loss and optimizer of a classifier."""

import keras

from convzoo.training.classification.classifier_options import (
    ClassifierOptions,
)
from convzoo.training.optimization import (
    averaged_adamw,
    falling_rate,
    jit_compile,
)


def compile_classifier(
    model: keras.Model, options: ClassifierOptions, steps: int
) -> None:
    """Compile a classifier, and build its optimizer.

    Args:
        model: The model.
        options: Options of the recipe.
        steps: Number of steps of the run.
    """
    rate = falling_rate(options.learning_rate, steps, options.schedule)
    optimizer = averaged_adamw(rate, options.weight_decay, options.ema)
    loss = keras.losses.CategoricalCrossentropy(
        from_logits=True, label_smoothing=options.label_smoothing
    )
    model.compile(
        optimizer, loss, metrics=["accuracy"], jit_compile=jit_compile()
    )
    optimizer.build(model.trainable_variables)
