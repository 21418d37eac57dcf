"""`convzoo evaluate classifier`: what is printed and written."""

import csv

import numpy as np
import pytest
from PIL import Image

from convzoo.training import ImageFolder
from convzoo.zoo import SizeAgnosticClassifier
from tests.support import photograph

pytestmark = pytest.mark.usefixtures("uncompiled")


@pytest.fixture
def evaluate(command, monkeypatch):
    """Function that runs the command with a model of some class names."""

    def run(names, *arguments):
        model = SizeAgnosticClassifier(
            len(names), "plain", bins=(1,), width=2, class_names=names
        )
        monkeypatch.setattr(
            SizeAgnosticClassifier, "from_preset", lambda *_: model
        )
        return command(
            "evaluate", "classifier", "--preset", "signs_spp", *arguments
        )

    return run


def folder(path, names, images=1):
    for name in names:
        (path / name).mkdir()
        for index in range(images):
            image = Image.fromarray(photograph(9 + index, 12))
            image.save(path / name / f"{index}.png")
    return path


def test_interval_and_every_class(evaluate, tmp_path):
    data = folder(tmp_path, ["a", "[red]b"], 3)
    code, out, error = evaluate(["a", "[red]b", "c"], "--data", data)
    assert (code, error) == (0, "")
    for title in ("95 % interval", "mean per class", "mean confidence"):
        assert title in out
    rows = [line.split() for line in out.splitlines()]
    counts = {row[0]: row[1] for row in rows if row and row[0] in "a[red]b"}
    assert counts == {"a": "3", "[red]b": "3"}


def test_of_many_classes_the_worst_in_80_columns(evaluate, tmp_path):
    names = [f"{i} {'a class with a long name, ' * 3}" for i in range(25)]
    data = tmp_path / "data"
    data.mkdir()
    folder(data, names)
    plots = tmp_path / "plots"
    pytest.importorskip("matplotlib")
    code, out, _ = evaluate(names, "--data", data, "--out", plots)
    assert code == 0
    assert "the 10 least accurate of 25 classes" in out
    table = out[: out.index(str(plots))]
    assert max(map(len, table.splitlines())) <= 80
    with open(plots / "report.csv", newline="") as file:
        assert [row["name"] for row in csv.DictReader(file)] == names


@pytest.mark.parametrize("option", ["--scale", "--scales"])
def test_several_sizes_are_one_table(option, evaluate, tmp_path, monkeypatch):
    pytest.importorskip("matplotlib")
    data = folder(tmp_path, "ab")
    reads = []
    read = ImageFolder.__init__

    def counted(self, *arguments, **keywords):
        reads.append(arguments)
        read(self, *arguments, **keywords)

    monkeypatch.setattr(ImageFolder, "__init__", counted)
    plots = tmp_path / "plots"
    sizes = (option, "0.5,1", "--short-side", "8,16", "--out", plots)
    code, out, error = evaluate(["a", "b"], "--data", data, *sizes)
    assert (code, error, len(reads)) == (0, "", 1)
    rows = [line.split()[:2] for line in out.splitlines()]
    for row in (["0.5", "8"], ["0.5", "16"], ["1", "8"], ["1", "16"]):
        assert row in rows
    assert max(map(len, out.splitlines()[:6])) <= 80
    with open(plots / "curve.csv", newline="") as file:
        found = [
            (row["scale"], row["short_side"]) for row in csv.DictReader(file)
        ]
    assert found == [("0.5", "8"), ("0.5", "16"), ("1.0", "8"), ("1.0", "16")]
    assert np.asarray(Image.open(plots / "curve.png").convert("L")).std() > 5


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--scale", "1,0"), "`--scale` must be a finite number above 0"),
        (("--scale", "1,x"), "must be numbers with commas between"),
        (("--short-side", "64,0"), "`--short-side` must be a positive"),
        (("--short-side", "1.5"), "must be integers with commas between"),
        (("--warp", "0"), "`--warp` must be a positive integer"),
        (("--out", "FILE"), "is a file; name a folder"),
    ],
)
def test_bad_options_are_one_line(arguments, message, evaluate, tmp_path):
    file = tmp_path / "file"
    file.write_text("")
    data = folder(tmp_path, "ab")
    arguments = [file if each == "FILE" else each for each in arguments]
    code, out, error = evaluate(["a", "b"], "--data", data, *arguments)
    assert (code, out) == (2, "")
    assert message in error and len(error.splitlines()) == 1
