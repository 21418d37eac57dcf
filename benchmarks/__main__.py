"""Run every benchmark in a separate process: `make bench`."""

import subprocess
import sys
from pathlib import Path

for path in sorted(Path(__file__).parent.glob("[a-z]*.py")):
    print(f"== {path.stem}", flush=True)
    command = [sys.executable, "-m", f"benchmarks.{path.stem}"]
    subprocess.run(command, check=True)
