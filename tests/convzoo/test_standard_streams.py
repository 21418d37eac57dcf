"""Standard streams that are closed or full."""

import subprocess
import sys

import pytest

_PROGRAM = """
import os, sys
from convzoo.__main__ import app, main

@app.command
def write():
    with open("result.txt", "w") as file:
        file.write("text")
        os.write(2, b"message of a library")
    print("done")
{what}
"""


def shell(redirected, folder, what="main(['write'])"):
    program = folder / "program.py"
    program.write_text(_PROGRAM.format(what=what))
    return subprocess.run(
        f"{sys.executable} {program} {redirected}",
        shell=True,
        cwd=folder,
        capture_output=True,
        text=True,
    )


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_closed_streams_fail_no_command(closed, tmp_path):
    assert shell(closed, tmp_path).returncode == 0
    # No message in it, which goes to the first file that is opened.
    assert (tmp_path / "result.txt").read_text() == "text"


@pytest.mark.parametrize(
    ("redirected", "arguments", "message"),
    [
        ("<&-", "'-', '-o', 'x.png'", "stdin: is closed"),
        (">&-", "'program.py', '-o', '-'", "stdout: is closed"),
    ],
)
def test_a_closed_stream_is_named(redirected, arguments, message, tmp_path):
    what = f"main(['upscale', {arguments}])"
    found = shell(redirected, tmp_path, what)
    assert found.returncode == 2
    assert found.stderr == f"convzoo: error: {message}\n"


def test_an_error_that_cannot_be_told_has_its_exit_code(tmp_path):
    what = "main(['upscale', 'missing.png', '-o', 'x.png'])"
    for redirected in ("2>/dev/full", "2>&-"):
        found = shell(redirected, tmp_path, what)
        assert (found.returncode, found.stdout) == (2, "")
