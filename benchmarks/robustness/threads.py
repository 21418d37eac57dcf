"""Eight threads that share a SavedModel or a LiteRT file for five seconds.

Each gets its own answers, and memory stays flat. The cases of each kind take 60
seconds together.
"""

import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import psutil

from convzoo.export import (
    LiteRTModel,
    SavedModel,
    write_litert,
    write_saved_model,
)
from convzoo.export.encoded_image import encoded_image
from convzoo.zoo import load_model

CASES = 24
SAMPLE = 2
SECONDS = 60

_THREADS, _RUN = 8, 5.0
# What memory may grow by after the first second, in bytes.
_GROWTH = 2**27
_Ask = Callable[[], np.ndarray]


def check(seed: int, folder: Path) -> list[str]:
    """Run one kind; inputs follow from the seed."""
    kind = ("SavedModel", "LiteRT")[seed % 2]
    asks = _asks(kind, np.random.default_rng(seed))
    expected = [ask() for ask in asks]
    counts, faults = [0] * _THREADS, list[str]()
    until = time.monotonic() + _RUN

    def work(thread: int) -> None:
        random = np.random.default_rng(thread)
        while time.monotonic() < until:
            index = random.integers(len(asks))
            try:
                right = np.array_equal(asks[index](), expected[index])
            except Exception as error:
                faults.append(f"traceback: {type(error).__name__}: {error}")
                return
            counts[thread] += 1
            if not right:
                faults.append("the answer to another input, or a wrong one")

    threads = [
        threading.Thread(target=work, args=(index,))
        for index in range(_THREADS)
    ]
    for thread in threads:
        thread.start()
    time.sleep(1)
    early = psutil.Process().memory_info().rss
    for thread in threads:
        thread.join()
    grown = psutil.Process().memory_info().rss - early
    if grown > _GROWTH:
        faults.append(f"memory grew by {grown / 2**20:.0f} MiB")
    if not all(counts):
        faults.append(f"a thread had no answer: {counts}")
    return [f"threads {seed}: {kind}: {fault}" for fault in faults[:9]]


def _asks(kind: str, random: np.random.Generator) -> list[_Ask]:
    """Return calls with inputs of a few sizes, several of each."""
    shapes = [(16, 24), (16, 24), (16, 24), (21, 13), (24, 16)] * 2
    images = [random.integers(0, 256, (*s, 3), np.uint8) for s in shapes]
    if kind == "LiteRT":
        return [_array_ask(_LITERT, image) for image in images]
    return [_array_ask(_SAVED_MODEL, image) for image in images] + [
        _bytes_ask(_SAVED_MODEL, image) for image in images
    ]


def _array_ask(run: SavedModel | LiteRTModel, image: np.ndarray) -> _Ask:
    batch = np.expand_dims(image / np.float32(255), 0)
    return lambda: run(image=batch)["image_x4"]


def _bytes_ask(run: SavedModel, image: np.ndarray) -> _Ask:
    encoded = [encoded_image(image)]
    return lambda: run("serve_one_bytes", image_bytes=encoded)["image_x4_bytes"]


def _models() -> tuple[SavedModel, LiteRTModel]:
    with tempfile.TemporaryDirectory() as folder:
        saved_model, litert = Path(folder) / "model", Path(folder) / "a.tflite"
        write_saved_model(load_model("sr_x4_tiny"), saved_model)
        write_litert(saved_model, litert)
        return SavedModel(saved_model), LiteRTModel(litert)


# Made with the imports, not within the time limit of a case.
_SAVED_MODEL, _LITERT = _models()
