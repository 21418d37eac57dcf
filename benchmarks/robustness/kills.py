"""Commands that are killed at random moments, and run again.

A case forks a child that runs a small training, enlargement or export, and
kills it by SIGKILL or SIGTERM. What has a final name must be complete, the
originals unchanged, and the same command must end with the files of a run that
was not disturbed: with the same weights, to the last bit.
"""

import functools
import hashlib
import json
import os
import random
import shutil
import signal
import tempfile
import time
import traceback
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from PIL import Image
from tensorflow.train import load_checkpoint

import convzoo.common.quiet_keras  # noqa: F401
import convzoo.export
import convzoo.training
import convzoo.zoo
from convzoo.__main__ import main

# One thread adds in a fixed order. TensorFlow reads this when it first runs.
for _name in ("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS"):
    os.environ[_name] = "1"
# Imported here: children are forked before TensorFlow runs.
_TRAIN = convzoo.training.train_sr, convzoo.zoo.SRGenerator
_EXPORT = convzoo.export.export_model

CASES = 120
SAMPLE = 2
SECONDS = 120

_COMMANDS = {
    "train": (
        "train sr --data photographs --out result --scale 2 --steps 14 "
        "--epoch-steps 4 --patch-size 8 --batch-size 2 --save-minutes 0.00001"
    ),
    "upscale": (
        "upscale photographs -o result --preset sr_x4_tiny --overwrite"
    ),
    "export": ("export sr_x4_tiny -o result --format saved_model --overwrite"),
}
_WHOLE = {
    "train": ("best/", "last/"),
    "upscale": (),
    "export": ("sr_x4_tiny/1/",),
}
# Time limit of a command, in seconds.
_LIMIT = 100


def check(seed: int, folder: Path) -> list[str]:
    try:
        return list(_faults(seed, folder))
    except Exception:
        return [f"kill {seed}: {traceback.format_exc()}"]


def _faults(seed: int, folder: Path) -> Iterator[str]:
    choose = random.Random(seed)
    name = list(_COMMANDS)[seed % len(_COMMANDS)]
    number = choose.choice([signal.SIGKILL] * 3 + [signal.SIGTERM])
    expected, seconds = _undisturbed(name)
    originals = _photographs(folder)
    case = f"{name}, {number.name}, seed {seed}"
    moment = choose.random() * seconds
    for _ in range(5):
        code, printed, killed = _run(name, folder, number, moment)
        yield from _wrong_end(case, code, printed, killed, number)
        if killed:
            break
        # It was faster this time.
        shutil.rmtree(folder / "result", ignore_errors=True)
        moment *= choose.random()
    else:
        yield f"{case}: was never killed"
    yield from _half_written(case, name, folder, expected)
    if killed and number == signal.SIGTERM:
        for path in folder.rglob(".*"):
            yield f"{case}: {path.relative_to(folder)} is left behind"
    code, printed, _ = _run(name, folder)
    if code:
        yield f"{case}: run again, it exits with {code}: {printed}"
        return
    found = _contents(folder / "result")
    if found != expected:
        changed = {
            k for k in {*found, *expected} if found.get(k) != expected.get(k)
        }
        yield f"{case}: run again, it differs in {sorted(changed)[:5]}"
    if _contents(folder / "photographs") != originals:
        yield f"{case}: originals are changed"


def _wrong_end(
    case: str, code: int, printed: str, killed: bool, number: int
) -> Iterator[str]:
    """What a command may not print, and its exit status."""
    if "Traceback" in printed or "internal error" in printed:
        yield f"{case}: prints {printed}"
    if killed and number == signal.SIGTERM and code not in (0, 143, -15):
        yield f"{case}: exits with {code}: {printed}"
    if code == 143 and "stopped by SIGTERM" not in printed:
        yield f"{case}: does not say that it was stopped: {printed}"


def _half_written(
    case: str, name: str, folder: Path, expected: dict[str, str]
) -> Iterator[str]:
    """Files under a final name that are not complete."""
    found = _contents(folder / "result")
    # Files of a folder that gets its name as a whole.
    for part in _WHOLE[name]:
        files = {path for path in found if path.startswith(part)}
        if files and files != {p for p in expected if p.startswith(part)}:
            yield f"{case}: {part} has only {sorted(files)}"
    # Those of a training differ from epoch to epoch.
    if name != "train":
        for path, digest in found.items():
            if expected.get(path) != digest:
                yield f"{case}: {path} is not complete"


@functools.cache
def _undisturbed(name: str) -> tuple[dict[str, str], float]:
    """The files of a whole run, and its seconds."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        _photographs(folder)
        started = time.monotonic()
        code, printed, _ = _run(name, folder)
        if code:
            raise RuntimeError(f"{name} exits with {code}: {printed}")
        return _contents(folder / "result"), time.monotonic() - started


def _run(
    name: str,
    folder: Path,
    number: signal.Signals | None = None,
    moment: float = 0.0,
) -> tuple[int, str, bool]:
    """Run a command, and return its exit status and what it printed.

    The last value says whether it was killed, at `moment`, before its end.
    """
    log = folder / "log.txt"
    child = os.fork()
    if child == 0:
        _command(name, folder, log)
    started, killed = time.monotonic(), False
    while True:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            break
        passed = time.monotonic() - started
        if number is not None and not killed and passed >= moment:
            os.kill(child, number)
            killed = True
        if passed > moment + _LIMIT:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            raise RuntimeError(f"{name} hangs: {log.read_text()}")
        time.sleep(0.005)
    printed = log.read_text() if log.exists() else ""
    return os.waitstatus_to_exitcode(status), printed, killed


def _command(name: str, folder: Path, log: Path) -> None:
    """Run a command in this process, a child, and end it."""
    code = 70
    try:
        os.chdir(folder)
        output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        for stream in (1, 2):
            os.dup2(output, stream)
        main(_COMMANDS[name].split())
    except SystemExit as end:
        code = int(end.code or 0)
    except BaseException:
        traceback.print_exc()
    os._exit(code)


def _photographs(folder: Path) -> dict[str, str]:
    """Write the originals, and return their digests."""
    originals = folder / "photographs"
    originals.mkdir()
    noise = np.random.default_rng(0)
    for index in range(4):
        small = noise.integers(0, 256, (8, 9 + index, 3), "uint8")
        image = Image.fromarray(small).resize(
            (48, 44), Image.Resampling.BICUBIC
        )
        image.save(originals / f"{index}.png")
    return _contents(originals)


def _contents(folder: Path) -> dict[str, str]:
    """The digest of each file under a final name, without what varies."""
    return {
        str(path.relative_to(folder)): _digest(path)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
        and not any(
            part.startswith(".") for part in path.relative_to(folder).parts
        )
    }


def _digest(path: Path) -> str:
    """The digest of what a file means: some hold names that count, or times."""
    if path.suffix in (".pb", ".index"):
        return "binary"
    if path.suffix == ".json" and path.name != "run.json":
        return str(sorted(json.loads(path.read_text())))
    if path.name.startswith("variables.data"):
        reader = load_checkpoint(path.with_name("variables"))
        # A variable is named after one of several paths to it.
        content = b"".join(
            sorted(
                reader.get_tensor(name).tobytes()
                for name in reader.get_variable_to_shape_map()
                if not name.startswith("_CHECKPOINTABLE")
            )
        )
    elif path.suffix == ".npz":
        with np.load(path) as stored:
            content = b"".join(
                name.encode() + stored[name].tobytes() for name in stored.files
            )
    else:
        content = path.read_bytes()
    return hashlib.sha256(content).hexdigest()
