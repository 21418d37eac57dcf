"""Memory that some steps add to a process, read on Linux."""

import subprocess
import sys
from pathlib import Path


def child_megabytes(module, *arguments):
    """What a module prints, in kB, when it is run in a process of its own."""
    command = [sys.executable, "-m", module, *arguments]
    result = subprocess.run(command, check=True, stdout=subprocess.PIPE)
    return int(result.stdout) / 1e3


def added_kilobytes(step, steps):
    """What some calls add to the resident set of this process, at most."""
    before = _status("VmRSS")
    for _ in range(steps):
        step()
    return _status("VmHWM") - before


def _status(name):
    """An entry of this process, in kB."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(
        int(line.split()[1]) for line in lines if line.startswith(f"{name}:")
    )
