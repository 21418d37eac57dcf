"""Signals and unexpected errors: one line, no file left, no Keras needed."""

import signal
import subprocess
import sys

import pytest

# A command that fails, or is stopped, while it writes a file.
_PROGRAM = """
import os, signal, sys
from convzoo.__main__ import app, main
from convzoo.common.output_file import renamed

# Jobs in the background of a script ignore it.
signal.signal(signal.SIGINT, signal.default_int_handler)

@app.command
def write():
    with renamed("result.txt") as temporary:
        temporary.write_text("half")
        {what}
main(["write"])
"""


def run(what, folder, **environment):
    return subprocess.run(
        [sys.executable, "-c", _PROGRAM.format(what=what)],
        cwd=folder,
        env=environment or None,
        capture_output=True,
        text=True,
    )


@pytest.mark.parametrize("name", ["SIGTERM", "SIGINT", "SIGHUP"])
def test_a_signal_leaves_no_file_and_is_named(name, tmp_path):
    number = getattr(signal, name)
    stopped = run(f"os.kill(os.getpid(), signal.{name})", tmp_path)
    assert stopped.returncode == 128 + number
    assert stopped.stderr == f"convzoo: stopped by {name}\n"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "what, message",
    [
        ("raise KeyError('x')", "internal error, please report it: KeyError"),
        ("raise MemoryError", "out of memory"),
        ("raise RecursionError('deep')", "internal error"),
        (r"raise ValueError('a\\x1b[31m')", r"error: a\x1b[31m"),
    ],
)
def test_an_unexpected_error_is_one_line(what, message, tmp_path):
    failed = run(what, tmp_path)
    assert failed.returncode == 2
    assert message in failed.stderr and failed.stderr.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_a_developer_sees_where_an_error_happened(tmp_path):
    failed = run("raise KeyError('x')", tmp_path, CONVZOO_TRACEBACK="1")
    assert failed.returncode == 1 and "Traceback" in failed.stderr
