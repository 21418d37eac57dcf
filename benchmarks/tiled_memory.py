"""Peak memory and time of `convzoo upscale` on a 4,000 x 3,000 photograph.

    python -m benchmarks.tiled_memory [TILE [WIDTHxHEIGHT [SUFFIX]]]
    python -m benchmarks.tiled_memory 256 20000x15000 .tif

The photograph repeats one of scikit-image's; the result is a PNG file without
SUFFIX. The second command makes 4.8 billion pixels of 300 million, and needs
2 GB of disk space. Memory is the peak resident set (VmHWM) of the command, in a
separate process. Linux only.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from PIL import Image
from skimage import data_dir


def main(tile="256", size="4000x3000", suffix=".png"):
    width, height = map(int, size.split("x"))
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "in.jpg"
        target = Path(folder) / f"out{suffix}"
        _photograph(width, height).save(source)
        start = time.perf_counter()
        command = ["upscale", str(source), "-o", str(target), "--tile", tile]
        process = subprocess.Popen([sys.executable, "-m", "convzoo", *command])
        peak = _watch(process)
        seconds = time.perf_counter() - start
        megabytes = target.stat().st_size / 1e6
    print(
        f"{width}x{height}, tile {tile}: peak {peak / 1e6:.2f} GB, "
        f"{seconds:.0f} s, {suffix} of {megabytes:.0f} MB"
    )


def _photograph(width, height):
    with Image.open(Path(data_dir) / "astronaut.png") as image:
        pixels = np.asarray(image.convert("RGB"))
    repeats = (height // 512 + 1, width // 512 + 1, 1)
    return Image.fromarray(np.tile(pixels, repeats)[:height, :width])


def _watch(process):
    """Wait for a process, and return its peak resident set in kB."""
    peak = 0
    while process.poll() is None:
        peak = max(peak, _vm_hwm(process.pid))
        time.sleep(0.05)
    if process.returncode:
        raise SystemExit(process.returncode)
    return peak


def _vm_hwm(pid):
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return max(
        (int(line.split()[1]) for line in lines if line.startswith("VmHWM")),
        default=0,
    )


if __name__ == "__main__":
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    main(*sys.argv[1:])
