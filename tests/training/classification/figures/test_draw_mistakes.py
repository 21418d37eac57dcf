import numpy as np

from convzoo.training.classification.figures.draw_mistakes import draw_mistakes


def test_the_most_confident_come_first(figure, report_of):
    labels, predicted = [0, 1, 1, 0], [1, 1, 0, 1]
    report = report_of(labels, predicted, ["$cat_1^", "dog"])
    draw_mistakes(figure, report)
    figure.draw_without_rendering()
    order = [i for i in np.argsort(-report.confidence) if i != 1]
    assert len(figure.axes) == 3
    names = report.class_names
    for axes, index in zip(figure.axes, order, strict=True):
        (text,) = axes.texts
        assert text.get_text().splitlines() == [
            f"true: {names[labels[index]]}",
            f"predicted: {names[predicted[index]]}",
            f"confidence: {report.confidence[index]:.1%}",
            report.paths[index],
        ]
        (picture,) = axes.images
        np.testing.assert_array_equal(picture.get_array(), report.images[index])
    assert "all 3 mistakes in 4 images" in figure.texts[0].get_text()


def test_as_many_as_fit_and_each_at_its_own_aspect(figure, report_of):
    images = [np.zeros((2000, 100, 3), "uint8")] * 60
    report = report_of([0] * 60, [1] * 60, "ab", images=images)
    draw_mistakes(figure, report)
    assert len(figure.axes) == 40
    title = figure.texts[0].get_text()
    assert title == "the 40 most confident of 60 mistakes in 60 images"
    picture = figure.axes[0].images[0]
    assert picture.get_array().shape == (256, 13, 3)
    figure.draw_without_rendering()
    box = figure.axes[0].get_window_extent()
    np.testing.assert_allclose(box.height / box.width, 256 / 13, rtol=0.01)


def test_no_mistakes_are_told(figure, report_of):
    draw_mistakes(figure, report_of([0, 1], [0, 1], "ab"))
    figure.draw_without_rendering()
    assert figure.texts[0].get_text() == "no mistakes in 2 images"
