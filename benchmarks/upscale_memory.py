"""Memory of `SRGenerator.upscale` per pixel, against its estimate.

    python -m benchmarks.upscale_memory

Each row runs in a separate process. Memory is the growth of the peak resident
set (VmHWM) while one image is upscaled in one piece. Linux only.
"""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np

from convzoo.zoo.super_resolution.sr_configs import SR_CONFIGS

_NETWORKS = {
    "tiny": ({"block": "plain", "filters": 28, "num_blocks": 5}, 900),
    "plain, 64 filters": ({"block": "plain", "num_blocks": 5}, 900),
    "residual": ({"num_blocks": 4}, 300),
    "residual, scale 2": ({"scale": 2, "filters": 32, "num_blocks": 4}, 600),
    "base": ({**SR_CONFIGS["base"]}, 900),
    "rrdb": ({**SR_CONFIGS["rrdb"], "num_blocks": 2}, 300),
}


def main():
    for name in _NETWORKS:
        command = [sys.executable, "-m", "benchmarks.upscale_memory", name]
        subprocess.run(command, check=True, stderr=subprocess.DEVNULL)


def measure(name):
    import keras

    from convzoo.zoo import SRGenerator

    arguments, side = _NETWORKS[name]
    model = SRGenerator(**arguments)
    model.upscale(np.zeros((32, 32, 3), "uint8"))
    image = np.random.default_rng(0).integers(0, 256, (side, side, 3), "uint8")
    before = _vm_hwm()
    model.upscale(image)
    measured = (_vm_hwm() - before) / side**2
    print(
        f"{keras.config.backend()}, {name}: {measured:.0f} bytes per pixel, "
        f"estimate {model.bytes_per_pixel}"
    )


def _vm_hwm():
    lines = Path("/proc/self/status").read_text().splitlines()
    (line,) = (line for line in lines if line.startswith("VmHWM"))
    return int(line.split()[1]) * 1024


if __name__ == "__main__":
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    measure(*sys.argv[1:]) if sys.argv[1:] else main()
