"""Help and typing errors: answered without importing heavy packages."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import convzoo

HEAVY = ("keras", "tensorflow", "jax", "torch", "numpy")
_CODE = """
import sys
from convzoo.__main__ import main
try:
    main()
finally:
    print(*(n for n in {heavy} if n in sys.modules), file=sys.stderr)
"""


def convzoo_process(*arguments):
    """Return exit code, stdout, stderr and imports of a new process."""
    path = os.pathsep.join([str(Path(convzoo.__file__).parents[1]), *sys.path])
    result = subprocess.run(
        [sys.executable, "-c", _CODE.format(heavy=HEAVY), *arguments],
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
    )
    *error, imported = result.stderr.splitlines()
    return result.returncode, result.stdout, error, imported.split()


@pytest.mark.parametrize(
    "command",
    [
        "",
        "--help",
        "--version",
        "list",
        "info ball_players",
        "upscale --help",
        "compare --help",
        "classify --help",
        "ball --help",
        "train",
        "train sr --help",
        "train srgan --help",
        "train classifier --help",
        "train ball --help",
        "evaluate --help",
        "evaluate sr --help",
        "evaluate classifier --help",
        "evaluate ball --help",
        "export --help",
        "request --help",
        "demo --help",
    ],
)
def test_help_needs_no_keras(command):
    code, out, error, imported = convzoo_process(*command.split())
    assert (code, error, imported) == (0, [], [])
    assert out.strip()


@pytest.mark.parametrize(
    ("command", "part"),
    [
        ("uscale", "upscale"),
        ("train clasifier", "classifier"),
        ("info sr_x4_tniy", "did you mean 'sr_x4_tiny'"),
        ("upscale README.md", "--out is missing"),
        ("upscale nowhere.jpg -o x.png", "nowhere.jpg: does not exist"),
        ("upscale README.md -o x.png --preset sr", "Unknown preset: 'sr'"),
        ("upscale README.md -o x.png --preset signs_spp", "is a SizeAgnostic"),
        ("upscale README.md -o x.png --perceptual 3", "`--perceptual`"),
        ("upscale README.md -o x.png --tlie 3", "Did you mean --tile"),
        (
            "classify README.md --preset sr_x4_tiny",
            "`convzoo classify` needs",
        ),
        ("ball nowhere.csv -o ball.csv", "nowhere.csv: does not exist"),
        ("ball README.md -o ball.cvs", "ball.cvs: the name must end"),
        ("ball README.md -o b.csv --plot b.jpg", "b.jpg: the name must end"),
        ("ball README.md -o b.csv --frame 3", "`--frame` needs `--plot`"),
        ("train sr --data nowhere -o run", "nowhere: does not exist"),
        ("train sr --data . -o run --scale 5", "--scale"),
        ("train sr --data . -o run --steps 0", "`--steps` must be a positive"),
        ("train classifier --data . -o run --bins 1,a", "integers with commas"),
        ("train ball --data . -o run --heads x", "--heads"),
        ("train ball --data . -o run --heads 1.5", "must be an integer"),
        ("train ball --data . -o run --frames 5", "`--frame-rate` is required"),
        ("train sr --data . -o run --init signs_spp", "`--init` needs a SRGen"),
        ("train sr --data= --out=", "`--data` must not be empty"),
        ("train classifier --data . -o r --bins 1 --bins 2", "--bins once"),
        ("upscale README.md -o x.png --tile 0", "`--tile`"),
        ("upscale no.jpg nor.jpg -o x", "no.jpg: does not exist"),
        ("upscale README.md -o x.png", "README.md: is not an image"),
        ("upscale README.md -o x.bmp", "x.bmp: BMP is not written"),
        ("upscale README.md -o x.png --quality 9", "`--quality` needs JPEG"),
        ("upscale README.md -o README.md", "README.md: the name must end"),
        ("upscale README.md -o x --preset=", "Unknown preset: ''"),
        ("upscale . README.md -o x.png", "x.png: names a file, but the"),
        ("upscale README.md -o x --overwrite --skip-existing", "pass either"),
        ("upscale README.md -o x --max-pixels 0", "`--max-pixels`"),
        ("upscale README.md - -o x", "-: the standard input must be the only"),
        ("evaluate sr --data nowhere", "nowhere: does not exist"),
        ("compare README.md no.png", "no.png: does not exist"),
        ("compare README.md .", "`A` and `B` must be two files or two folders"),
        ("compare README.md README.md -o t.txt", "t.txt: the name must end"),
        ("compare . . --sheet s.bmp", "s.bmp: BMP is not written"),
        ("compare . . --border -1", "`--border` must be an integer of at"),
        ("compare . . --judge vgg99", "`--judge` must be one of"),
        ("compare . . --judge vgg:no.pth", "no.pth: does not exist"),
        ("export sr_x4_tiny -o e --format tflite", "did you mean 'litert'"),
        ("export sr_x4_tniy -o e", "did you mean 'sr_x4_tiny'"),
        ("request http://localhost nowhere.jpg", "nowhere.jpg: does not exist"),
        ("request http://localhost README.md", "`URL` must be a URL"),
        ("request grpc://h:1/a README.md --timeout 0", "`--timeout`"),
    ],
)
def test_a_typing_mistake_needs_no_keras(command, part, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "README.md").write_text("no image")
    code, out, error, imported = convzoo_process(*command.split())
    assert (code, out, len(error)) == (2, "", 1)
    assert error[0].startswith("convzoo: error: ") and part in error[0]
    assert imported == []
    assert [path.name for path in tmp_path.iterdir()] == ["README.md"]


@pytest.mark.parametrize(
    "code",
    [
        "import convzoo.zoo, convzoo.export, keras; keras.ops.ones(3)",
        pytest.param(
            "from convzoo.training import train_sr", marks=pytest.mark.long
        ),
    ],
)
def test_the_log_of_tensorflow_is_not_printed(code):
    path = os.pathsep.join([str(Path(convzoo.__file__).parents[1]), *sys.path])
    environment = {**os.environ, "PYTHONPATH": path}
    del environment["TF_CPP_MIN_LOG_LEVEL"]
    result = subprocess.run(
        [sys.executable, "-c", code],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert (result.stdout, result.stderr) == ("", "")
