import csv
import json
import sys

import numpy as np
import pytest
from PIL import Image

from convzoo.training.classification.figures.write_curve import write_curve
from convzoo.training.classification.figures.write_report import write_report
from convzoo.training.classification.resizing import Resizing


@pytest.fixture
def report(report_of):
    names = ["a,b", '"quoted"', "数字 $x^2"]
    return report_of([0, 0, 1, 2], [0, 1, 1, 1], names)


def rows(path):
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_pictures_and_tables(report, tmp_path):
    pytest.importorskip("matplotlib")
    folder = tmp_path / "new" / "plots"
    report = report._replace(paths=["a/1", "b/\udcff", "c/\n", "d"])
    paths = write_report(report, folder)
    assert sorted(folder.iterdir()) == sorted(paths)
    for path in paths[:3]:
        assert np.asarray(Image.open(path).convert("L")).std() > 5
    content = json.loads((folder / "report.json").read_text("utf-8"))
    assert content["accuracy"] == 0.5 and content["images"] == 4
    assert content["accuracy_low"] == pytest.approx(0.15, abs=0.01)
    assert content["mean_confidence"] == report.quality.confidence
    by_class = rows(folder / "report.csv")
    assert [row["name"] for row in by_class] == report.class_names
    assert [row["right"] for row in by_class] == ["1", "1", "0"]
    assert [each["right"] for each in content["classes"]] == [1, 1, 0]
    by_image = rows(folder / "predictions.csv")
    assert [row["image"] for row in by_image] == [
        "a/1",
        r"b/\udcff",
        r"c/\n",
        "d",
    ]
    assert by_image[1]["true"] == "a,b"
    assert by_image[1]["predicted"] == '"quoted"'
    np.testing.assert_allclose(
        [float(row["confidence"]) for row in by_image],
        report.confidence,
        atol=1e-6,
    )


def test_nothing_is_overwritten_unasked(report, tmp_path):
    pytest.importorskip("matplotlib")
    (tmp_path / "predictions.csv").write_text("mine")
    with pytest.raises(ValueError, match="predictions.csv: exists already"):
        write_report(report, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["predictions.csv"]
    write_report(report, tmp_path, overwrite=True)
    assert (tmp_path / "predictions.csv").read_text() != "mine"
    with pytest.raises(ValueError, match="is a file; name a folder"):
        write_report(report, tmp_path / "predictions.csv")


def test_curve(report, tmp_path):
    pytest.importorskip("matplotlib")
    reports = [report._replace(resizing=Resizing(f)) for f in (0.5, 2.0)]
    picture, table = write_curve(reports, tmp_path)
    assert np.asarray(Image.open(picture).convert("L")).std() > 5
    found = rows(table)
    assert [row["scale"] for row in found] == ["0.5", "2.0"]
    assert found[0]["short_side"] == "" and found[0]["accuracy"] == "0.5"


def test_without_matplotlib_it_says_what_to_install(
    report, tmp_path, monkeypatch
):
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(ValueError, match=r"convzoo\[plots\]"):
        write_report(report, tmp_path / "plots")
    assert not (tmp_path / "plots").exists()
