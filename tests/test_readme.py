"""The code and commands of the README run, and its names exist."""

import re
import runpy
import shlex
from pathlib import Path

import keras
import pytest

from convzoo.__main__ import app
from convzoo.presets import built_in
from convzoo.zoo import SRGenerator
from convzoo.zoo.images.image_file import ImageFile
from convzoo.zoo.images.writing.write_image import write_image
from tests.support import photograph

pytestmark = pytest.mark.usefixtures("one_process", "uncompiled")

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()
# Not there where the wheel is tested.
GUIDES = [path.read_text() for path in ROOT.glob("docs/guides/ball.md")]
BLOCKS = re.findall(
    r"```python\n(.*?)```", "\n".join([README, *GUIDES]), re.DOTALL
)


def test_there_is_code_to_run():
    assert len(BLOCKS) == 9 + len(GUIDES)


@pytest.mark.parametrize("code", BLOCKS)
def test_code_runs(code, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write_image(tmp_path / "photo.jpg", ImageFile(photograph(24, 30)))
    (tmp_path / "readme.py").write_text(code)
    runpy.run_path("readme.py")


@pytest.mark.parametrize(
    "name", re.findall(r"`(keras\.[a-z]+\.[A-Za-z0-9_]+)`", README)
)
def test_keras_has_what_is_named(name):
    module, attribute = name.split(".")[1:]
    assert hasattr(getattr(keras, module), attribute)


def commands(text):
    """Return the `convzoo` commands of code blocks, continued lines joined.

    Redirections are left out, and a standard stream is as `main` passes it.
    """
    text = re.sub(r"\\\n\s+", "", text)
    return [
        ["./-" if word == "-" else word for word in shlex.split(line)[1:]]
        for line in re.findall(r"^ {4,}(convzoo [^<>\n]*)", text, re.MULTILINE)
    ]


PAGES = [
    ROOT / "README.md",
    *sorted(ROOT.glob("docs/**/*.md")),
    *(preset.card_path for preset in built_in().values()),
]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.parent.name)
def test_every_command_is_understood(page):
    """Options must parse; files need not exist."""
    if not page.exists():
        pytest.skip(f"{page.name} is not beside the tests")
    for command in commands(page.read_text()):
        app.parse_args(command)


def test_no_command_breaks_another():
    """No command writes to the file or run of another."""
    assert len(commands(README)) > 20
    outputs = []
    for command in commands(README):
        _, bound, _ = app.parse_args(command)
        for name in ("out", "plot", "video"):
            # Exported models share one folder.
            if name in bound.arguments and command[0] != "export":
                outputs.append(str(bound.arguments[name]))
    assert len(outputs) > 10
    assert sorted(outputs) == sorted(set(outputs))


@pytest.mark.parametrize("name", SRGenerator.presets)
def test_figures_are_those_of_the_card(name):
    """The README states the figures of the model card."""
    (row,) = re.findall(rf"^\| `{name}`.*$", README, re.MULTILINE)
    _, set5, set14, parameters = (c.strip() for c in row.strip("|").split("|"))
    card = built_in()[name].card_path.read_text()
    for title, cell in (("Set5", set5), ("Set14", set14)):
        (measured,) = re.findall(rf"^\| \*\*{title}\*\*.*$", card, re.MULTILINE)
        numbers = [c.strip() for c in measured.strip("|").split("|")]
        psnr, *perceptual = re.findall(r"[\d.]+", cell)
        assert psnr == numbers[2]
        # The card of the smallest model has no perceptual distance.
        assert len(numbers) == 6 or perceptual == [numbers[7]]
    count = SRGenerator.from_preset(name, load_weights=False).count_params()
    assert parameters == f"{count / 1000:.0f} thousand"
    assert f"{count:,} parameters" in " ".join(card.split())
