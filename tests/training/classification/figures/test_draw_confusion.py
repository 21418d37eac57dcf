import numpy as np
import pytest

from convzoo.training.classification.figures.draw_confusion import (
    draw_confusion,
)


def cells(figure):
    """The numbers in the cells, by the names of row and column."""
    (axes,) = figure.axes
    columns = [label.get_text() for label in axes.get_xticklabels()]
    rows = [label.get_text() for label in axes.get_yticklabels()]
    assert rows == columns
    found = {}
    for text in axes.texts:
        column, row = text.get_position()
        found[rows[row], columns[column]] = int(text.get_text())
    return found


def test_numbers_of_images_by_true_and_predicted_class(figure, report_of):
    labels, predicted = [0, 0, 0, 1, 1, 2], [0, 0, 1, 1, 1, 0]
    draw_confusion(figure, report_of(labels, predicted, ["b", "a", "c", "d"]))
    assert cells(figure) == {
        ("b", "b"): 2,
        ("b", "a"): 1,
        ("a", "a"): 2,
        ("c", "b"): 1,
    }
    (axes,) = figure.axes
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("predicted", "true")
    title = figure.get_suptitle()
    assert "accuracy 66.7%" in title and "the 3 of 4 classes" in title


def test_of_many_classes_the_most_confused(figure, report_of):
    labels = np.arange(120)
    predicted = labels.copy()
    predicted[10:30] = 99
    names = [f"class {i}" for i in range(120)]
    draw_confusion(figure, report_of(labels, predicted, names))
    found = cells(figure)
    assert "the 50 most confused of 120 classes" in figure.get_suptitle()
    assert len(figure.axes[0].get_xticklabels()) == 51
    for mistaken in range(10, 30):
        assert found[f"class {mistaken}", "class 99"] == 1
    assert found["class 99", "class 99"] == 1
    # Mistakes among the others are not told from what is right.
    assert ("(others)", "(others)") not in found


@pytest.mark.parametrize("count", [2, 20])
def test_no_text_touches_another(count, figure, report_of):
    """Numbers stay in their cells, and names do not overlap."""
    labels = np.repeat(np.arange(count), 300)
    predicted = np.roll(labels, 150)
    names = [f"a $long_name^ {i} " + "x" * 60 for i in range(count)]
    draw_confusion(figure, report_of(labels, predicted, names))
    figure.draw_without_rendering()
    (axes,) = figure.axes
    side = axes.get_window_extent().width / count
    for text in axes.texts:
        assert text.get_window_extent().width < side
    for texts in (axes.get_xticklabels(), axes.get_yticklabels()):
        boxes = [text.get_window_extent() for text in texts]
        for one, other in zip(boxes, boxes[1:], strict=False):
            assert not one.overlaps(other)
        for box in boxes:
            assert box.x0 >= 0 and box.y0 >= 0
    whole = figure.get_window_extent()
    (title,) = figure.texts
    assert title.get_window_extent().x1 <= whole.x1
