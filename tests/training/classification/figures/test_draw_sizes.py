import numpy as np
import pytest

from convzoo.training.classification.figures.draw_curve import draw_curve
from convzoo.training.classification.figures.draw_sizes import draw_sizes
from convzoo.training.classification.resizing import Resizing


@pytest.fixture
def report(report_of):
    labels = np.arange(40) % 4
    predicted = np.where(np.arange(40) < 30, labels, 0)
    sizes = np.full((40, 2), 320)
    return report_of(labels, predicted, "abcd", sizes=sizes)


def points(axes):
    return axes.lines[0].get_xydata()


def test_honest_axes(figure, report):
    draw_sizes(figure, report)
    figure.draw_without_rendering()
    (axes,) = figure.axes
    assert axes.get_xscale() == "log" and axes.get_ylim()[0] == 0
    np.testing.assert_allclose(points(axes), [[320, report.quality.accuracy]])
    chance = axes.lines[-1]
    np.testing.assert_allclose(chance.get_ydata(), 1 / 4)
    assert [text.get_text() for text in axes.texts] == ["40"]
    low, high = axes.get_xlim()
    ticks = axes.get_xticks()
    assert any(low < tick < high for tick in ticks)


@pytest.mark.parametrize(
    ("resizings", "sizes", "expected"),
    [
        # Photographs that are scaled: their own size, however they are
        # resized afterwards.
        (
            [Resizing(2.0, None, 224), Resizing(0.5, None, 224)],
            [640, 160],
            [160, 640],
        ),
        (
            [Resizing(short_side=64), Resizing(short_side=32)],
            [320, 320],
            [32, 64],
        ),
    ],
)
def test_curve(resizings, sizes, expected, figure, report):
    reports = [
        report._replace(resizing=resizing, sizes=np.full((40, 2), side))
        for resizing, side in zip(resizings, sizes, strict=True)
    ]
    draw_curve(figure, reports)
    figure.draw_without_rendering()
    (axes,) = figure.axes
    accuracy = report.quality.accuracy
    np.testing.assert_allclose(
        points(axes), [[side, accuracy] for side in expected]
    )
    assert axes.get_xscale() == "log" and axes.get_ylim()[0] == 0
