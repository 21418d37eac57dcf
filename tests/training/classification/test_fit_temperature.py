import numpy as np
import pytest

from convzoo.training.classification.fit_temperature import fit_temperature
from convzoo.training.classification.softmax import softmax


def drawn(images, classes, scale, seed=0):
    """Logits, and labels drawn from the softmax of `logits / scale`."""
    random = np.random.default_rng(seed)
    logits = 3 * random.normal(size=(images, classes))
    chances = softmax(logits).cumsum(axis=1)
    labels = (random.random((images, 1)) > chances[:, :-1]).sum(axis=1)
    return logits * scale, labels


def cross_entropy(logits, labels, temperature):
    """By loops, with targets of which one in n + 2 is wrong."""
    chances = np.log(softmax(logits / temperature))
    wrong = 1 / (len(labels) + 2)
    total = 0.0
    for row, label in zip(chances, labels, strict=True):
        others = (row.sum() - row[label]) / (len(row) - 1)
        total -= (1 - wrong) * row[label] + wrong * others
    return total / len(labels)


@pytest.mark.parametrize("scale", [0.02, 0.5, 1.0, 30.0])
@pytest.mark.parametrize("classes", [2, 7])
def test_the_best_of_a_grid(scale, classes):
    logits, labels = drawn(100, classes, scale)
    grid = scale * np.exp(np.linspace(-1, 1, 201))
    losses = [cross_entropy(logits, labels, each) for each in grid]
    found = fit_temperature(logits, labels)
    assert found == pytest.approx(grid[np.argmin(losses)], rel=0.01)
    # Logits are shifted by a constant without effect.
    assert fit_temperature(logits + 50, labels) == pytest.approx(found)


def test_the_temperature_that_drew_the_labels_is_found():
    logits, labels = drawn(20_000, 5, 2.5)
    assert fit_temperature(logits, labels) == pytest.approx(2.5, rel=0.03)
    confidence = softmax(logits / fit_temperature(logits, labels)).max(axis=1)
    right = logits.argmax(axis=1) == labels
    assert confidence.mean() == pytest.approx(right.mean(), abs=0.01)


@pytest.mark.parametrize("margin", [1e-3, 1.0, 100.0])
def test_perfect_logits_are_as_sure_as_their_number_allows(margin):
    labels = np.arange(100) % 4
    logits = margin * np.eye(4)[labels]
    found = fit_temperature(logits, labels)
    confidence = softmax(logits / found).max(axis=1)
    # The rule of succession: one in n + 2 is taken to be wrong.
    np.testing.assert_allclose(confidence, 101 / 102, atol=1e-4)


def test_chance_is_finite():
    random = np.random.default_rng(0)
    logits = random.normal(size=(300, 4))
    found = fit_temperature(logits, random.integers(4, size=300))
    assert 1 < found < 100
    worst = fit_temperature(logits, logits.argmin(axis=1))
    assert 1 < worst < 100


def test_too_little_to_learn_from():
    logits, labels = drawn(29, 3, 5.0)
    assert fit_temperature(logits, labels) == 1
    assert fit_temperature(np.zeros((0, 3)), np.zeros(0, int)) == 1
    assert fit_temperature(np.ones((50, 3)), np.zeros(50, int)) == 1


@pytest.mark.parametrize(
    ("logits", "labels", "message"),
    [
        (np.zeros(40), np.zeros(40, int), r"`logits`.*\(40,\)"),
        (np.zeros((40, 1)), np.zeros(40, int), "two classes"),
        (np.zeros((40, 2)), np.zeros(39, int), r"`labels`.*\(39,\)"),
        (np.zeros((40, 2)), np.zeros(40), "`labels`.*float64"),
        (np.zeros((40, 2)), np.full(40, 2), "`labels`.*2 to 2"),
        (np.full((40, 2), np.nan), np.zeros(40, int), "80 other values"),
    ],
)
def test_bad_arguments_are_named(logits, labels, message):
    with pytest.raises(ValueError, match=message):
        fit_temperature(logits, labels)
