"""Mutated images, sent to the endpoints of a SavedModel.

Each is answered or refused. No file ends the process, animations are refused,
and memory stays flat.
"""

import io
import tempfile
from pathlib import Path

import keras
import numpy as np
import psutil
from PIL import Image

from benchmarks.robustness._image_files import mutated
from convzoo.export import SavedModel, write_saved_model

CASES = 5000
SAMPLE = 100
SECONDS = 30

_MAX_PIXELS = 2**16
_ENDPOINTS = ("serve_one_bytes", "serve_bytes")
# Cases before memory counts, and what it may grow by afterwards.
_WARM, _GROWTH = 200, 2**28
_memory: list[int] = []


def check(seed: int, folder: Path) -> list[str]:
    """Send one mutated file to both endpoints."""
    encoded = mutated(np.random.default_rng(seed))
    # What is left behind if the process ends.
    path = folder / "image"
    path.write_bytes(encoded)
    faults = [
        f"encoded_images {seed}: {endpoint}: {fault}"
        for endpoint in _ENDPOINTS
        for fault in _faults(endpoint, encoded)
    ]
    path.unlink()
    _memory.append(psutil.Process().memory_info().rss)
    if len(_memory) > _WARM and _memory[-1] > _memory[_WARM] + _GROWTH:
        grown = (_memory[-1] - _memory[_WARM]) / 2**20
        faults.append(f"encoded_images {seed}: memory grew by {grown:.0f} MiB")
    return faults


def _faults(endpoint: str, encoded: bytes) -> list[str]:
    try:
        found = _MODEL(endpoint, image_bytes=[encoded])
    except ValueError:
        return []
    except Exception as error:
        return [f"traceback: {type(error).__name__}: {error}"]
    (file,) = found["image_same_bytes"]
    with Image.open(io.BytesIO(file)) as image:
        height, width = image.size
    faults = []
    if height * width > _MAX_PIXELS:
        faults.append(f"{height} x {width} pixels were decoded")
    if _is_animated(encoded):
        faults.append("an animation was decoded")
    return faults


def _is_animated(encoded: bytes) -> bool:
    try:
        with Image.open(io.BytesIO(encoded)) as image:
            return getattr(image, "is_animated", False)
    except Exception:
        return False


def _written() -> SavedModel:
    image = keras.Input((None, None, 3), name="image")
    same = keras.layers.Rescaling(1.0)(image)
    model = keras.Model(image, {"image_same": same})
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model"
        write_saved_model(
            model, path, image_size=(16, 16), max_pixels=_MAX_PIXELS
        )
        return SavedModel(path)


# Made with the imports, not within the time limit of a case.
_MODEL = _written()
