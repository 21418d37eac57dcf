"""Commands in this process, as users type them."""

import sys

import pytest

from convzoo import __main__ as command_line


@pytest.fixture
def command(monkeypatch, capfd):
    """Function that runs a command and returns exit code, stdout and stderr."""

    def run(*arguments):
        argv = ["convzoo", *map(str, arguments)]
        monkeypatch.setattr(sys, "argv", argv)
        with pytest.raises(SystemExit) as exit:
            command_line.main()
        out, error = capfd.readouterr()
        return exit.value.code or 0, out, error

    return run
