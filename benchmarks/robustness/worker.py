"""A child process that runs cases of one part, and reports each in one line.

Reads a seed a line from its input. Writes the numbers of the part, then a JSON
line a case, to the file descriptor in its second argument, since libraries
print to the output.
"""

import importlib
import json
import os
import sys
import tempfile
import traceback
from pathlib import Path

import psutil


def _faults(part, seed: int) -> list[str]:
    with tempfile.TemporaryDirectory() as folder:
        try:
            return part.check(seed, Path(folder))
        except BaseException:
            return [f"the case itself failed: {traceback.format_exc()}"]


def main() -> None:
    part = importlib.import_module(f"benchmarks.robustness.{sys.argv[1]}")
    with os.fdopen(int(sys.argv[2]), "w", buffering=1) as reports:
        settings = {
            "cases": part.CASES,
            "sample": part.SAMPLE,
            "seconds": part.SECONDS,
        }
        print(json.dumps(settings), file=reports)
        for line in sys.stdin:
            found = {
                "seed": int(line),
                "faults": _faults(part, int(line)),
                "megabytes": psutil.Process().memory_info().rss >> 20,
            }
            print(json.dumps(found), file=reports)


if __name__ == "__main__":
    main()
