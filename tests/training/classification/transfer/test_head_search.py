"""HeadSearch: what validates, and what is chosen."""

import numpy as np
import pytest

from convzoo.training.classification.classification_quality import (
    classification_quality,
)
from convzoo.training.classification.fit_temperature import fit_temperature
from convzoo.training.classification.transfer import head_search as module
from convzoo.training.classification.transfer.dense_head import logistic_head
from convzoo.training.classification.transfer.examples import (
    cross_validated,
    held_out,
)
from convzoo.training.classification.transfer.head_search import HeadSearch
from tests.training.classification.transfer.test_dense_head import clusters


def unit_clusters(classes, seed=0, **arguments):
    values, labels = clusters(classes, seed=seed, **arguments)
    values /= np.linalg.norm(values, axis=1, keepdims=True)
    # The images do not come class by class.
    order = np.random.default_rng(seed).permutation(len(labels))
    return values[order], labels[order]


def search_of(features, labels, classes):
    return HeadSearch(features, cross_validated(features, labels, classes))


@pytest.mark.parametrize("length", [12, 200])
def test_figures_are_those_of_loops_over_the_folds(length):
    features, labels = unit_clusters(4, length=length)
    examples = cross_validated(features, labels, 4)
    tried = HeadSearch(features, examples).tried(30.0)
    logits = np.zeros((len(labels), 4))
    for fold in range(5):
        learned = examples.folds != fold
        head = logistic_head(features[learned], labels[learned], 4, 30.0)
        logits[~learned] = head.logits(features[~learned])
    expected = classification_quality(logits / tried.temperature, labels)
    assert tried.num_validated == len(labels)
    assert tried.quality.accuracy == pytest.approx(expected.accuracy, abs=0.03)
    assert tried.quality.loss == pytest.approx(expected.loss, abs=0.03)


def test_the_best_strength_has_the_lowest_loss():
    features, labels = unit_clusters(3, count=30)
    search = search_of(features, labels, 3)
    losses = [search.tried(each).loss for each in module._STRENGTHS]
    assert search.best().loss == min(losses)


def test_many_images_validate_in_one_fold():
    features, labels = unit_clusters(2, count=3000, length=2)
    tried = search_of(features, labels, 2).usual()
    assert tried.num_validated == 1200


def test_held_out_images_are_not_learned():
    features, labels = unit_clusters(3)
    wrong = labels.copy()
    validates = np.arange(len(labels)) % 4 == 0
    wrong[validates] = (labels[validates] + 1) % 3
    search = HeadSearch(features, held_out(features, wrong, 3, validates))
    assert search.usual().quality.accuracy < 0.3
    head = search.fitted(30.0)
    found = head.logits(features).argmax(axis=1)
    assert (found == labels).mean() > 0.9


def test_without_held_out_images_there_are_no_figures():
    features, labels = unit_clusters(3, count=1)
    tried = search_of(features, labels, 3).best()
    assert (tried.quality, tried.temperature) == (None, 1.0)


def test_too_much_work_for_a_regression(monkeypatch):
    monkeypatch.setattr(module, "_MOST_WORK", 10)
    features, labels = unit_clusters(3)
    search = search_of(features, labels, 3)
    tried = search.best()
    assert tried.strength is None and tried.quality.accuracy > 0.8
    means = [features[labels == label].mean(axis=0) for label in range(3)]
    np.testing.assert_allclose(search.fitted(None).kernel.T, means, atol=1e-5)


def test_layers_of_few_images_by_loops():
    features, labels = unit_clusters(4)
    examples = cross_validated(features, labels, 4)
    logits, expected = [], []
    for fold in range(5):
        learned = examples.folds == fold
        head = logistic_head(features[learned], labels[learned], 4, 30.0)
        logits.append(head.logits(features[~learned]))
        expected.append(labels[~learned])
    logits, expected = np.concatenate(logits), np.concatenate(expected)
    temperature = fit_temperature(logits, expected)
    loss = classification_quality(logits / temperature, expected).loss
    found = HeadSearch(features, examples).loss_of_few()
    assert found == pytest.approx(loss, abs=0.03)


@pytest.mark.parametrize("count", [1, 3])
def test_too_few_images_are_compared_as_usual(count):
    features, labels = unit_clusters(3, count=count)
    search = search_of(features, labels, 3)
    assert search.loss_of_few() == search.usual().loss
