"""Arguments that compiled functions keep do not change."""

import pytest

from convzoo.zoo import (
    SRGAN,
    BallPositionPredictor,
    SizeAgnosticClassifier,
    SRGenerator,
)

SMALL = {"filters": 4, "num_blocks": 1, "block": "plain"}


@pytest.mark.parametrize(
    ("make", "name", "value"),
    [
        (lambda: BallPositionPredictor(width=8, depth=1), "flips", True),
        (lambda: BallPositionPredictor(width=8, depth=1), "temperature", 2.0),
        (lambda: BallPositionPredictor(width=8, depth=1), "read_out", "mean"),
        (lambda: SizeAgnosticClassifier(3, width=4), "standardize", True),
        (lambda: SRGenerator(2, **SMALL), "scale", 4),
        (
            lambda: SRGAN(
                SRGenerator(2, **SMALL),
                perceptual_loss=None,
                adversarial_loss=None,
            ),
            "gradient_penalty",
            1.0,
        ),
    ],
)
def test_another_value_is_refused(make, name, value):
    model = make()
    before = getattr(model, name)
    with pytest.raises(AttributeError, match=f"`{name}`.*{name}={value!r}"):
        setattr(model, name, value)
    assert getattr(model, name) == before
    # Attributes of Keras may change.
    model.trainable = False
    assert not model.trainable
