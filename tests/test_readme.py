"""What the README shows, runs; what it names, is there."""

import re
import runpy
from pathlib import Path

import keras
import pytest

from convzoo import __main__ as command_line
from convzoo.zoo import SRGenerator
from convzoo.zoo.images.image_file import ImageFile, write_image
from convzoo.zoo.presets import get_preset
from tests.support import photograph

pytestmark = pytest.mark.usefixtures("one_process", "uncompiled")

README = (Path(__file__).parents[1] / "README.md").read_text()
BLOCKS = re.findall(r"```python\n(.*?)```", README, re.DOTALL)


def test_there_is_code_to_run():
    assert len(BLOCKS) == 8


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


def test_every_command_is_known():
    verbs = set(re.findall(r"convzoo ([a-z]+)", README)) - {"depends"}
    known = {
        c.name or c.callback.__name__
        for c in command_line.app.registered_commands
    }
    known |= {group.name for group in command_line.app.registered_groups}
    assert verbs <= known


@pytest.mark.parametrize("name", SRGenerator.presets)
def test_figures_are_those_of_the_card(name):
    """A figure that is measured again is stated again, wherever it stands."""
    (row,) = re.findall(rf"^\| `{name}`.*$", README, re.MULTILINE)
    _, set5, set14, parameters = (c.strip() for c in row.strip("|").split("|"))
    card = get_preset(name).card_path.read_text()
    for title, cell in (("Set5", set5), ("Set14", set14)):
        (measured,) = re.findall(rf"^\| \*\*{title}\*\*.*$", card, re.MULTILINE)
        numbers = [c.strip() for c in measured.strip("|").split("|")]
        psnr, *perceptual = re.findall(r"[\d.]+", cell)
        assert psnr == numbers[2]
        # The card of the smallest has no perceptual distance.
        assert len(numbers) == 6 or perceptual == [numbers[7]]
    count = SRGenerator.from_preset(name, load_weights=False).count_params()
    assert parameters == f"{count / 1000:.0f} thousand"
    assert f"{count:,} parameters" in " ".join(card.split())
