"""Memory that steps add to a process, on Linux."""

import subprocess
import sys
from pathlib import Path


def child_megabytes(module, *arguments):
    """Run a module that prints kB in a separate process; return MB."""
    command = [sys.executable, "-m", module, *arguments]
    result = subprocess.run(command, check=True, stdout=subprocess.PIPE)
    return int(result.stdout) / 1e3


def added_kilobytes(step, steps):
    """Return how far some calls raise the peak resident set, in kB."""
    before = _status("VmRSS")
    for _ in range(steps):
        step()
    return _status("VmHWM") - before


def _status(name):
    """Return an entry of this process's status, in kB."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(
        int(line.split()[1]) for line in lines if line.startswith(f"{name}:")
    )
