"""Broken image files, through everything that reads images.

A case is a good file of one kind, changed in one way, under one name. It is
read alone, in a folder of classes, and by the commands. Every error must be a
`ValueError` that names the file, the originals stay, and what is written is
whole.
"""

import contextlib
import hashlib
import io
import os
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from unittest import mock

import numpy as np
from PIL import Image

from benchmarks.robustness import _good_images
from benchmarks.robustness._changed import changed
from convzoo.__main__ import main
from convzoo.training import ImageFolder
from convzoo.zoo import SizeAgnosticClassifier, SRGenerator
from convzoo.zoo.images.reading.read_image import read_image
from convzoo.zoo.images.reading.read_photograph import read_photograph
from convzoo.zoo.super_resolution.upscale_files import upscale_file

CASES = 1000
SAMPLE = 40
SECONDS = 30

# Names around the suffix of the kind, as bytes.
_NAMES = (
    *(b"photo%s", b"photo%s", b"photo.png", b"photo.jpg", b"photo.tif"),
    *(b"two\nlines%s", b"\xff\xfe%s", b"photo[page=3]%s", b"a b%s"),
    *(b"x" * 245 + b"%s", b"photo%s[page=1].png"),
)
_CLASSIFIER = SizeAgnosticClassifier.from_preset("signs_spp")
_GENERATOR = SRGenerator.from_preset("sr_x4_tiny")


def check(seed: int, folder: Path) -> list[str]:
    """Run one seeded case in an empty folder; return its faults."""
    random = np.random.default_rng(seed)
    kind = list(_good_images.KINDS)[seed % len(_good_images.KINDS)]
    content, change = changed(_good_images.KINDS[kind](random), random)
    name = _NAMES[random.integers(len(_NAMES))]
    if b"%s" in name:
        name = name % kind.split()[0].encode()
    classes = folder / "classes"
    for each in ("a", "b"):
        (classes / each).mkdir(parents=True)
        Image.new("RGB", (9, 8)).save(classes / each / "good.png")
    path = classes / "a" / os.fsdecode(name)
    path.write_bytes(content)
    before = _digests(classes)
    case = f"{kind}, {change}, {name!r}"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        faults = list(_faults(path, classes, folder))
    if _digests(classes) != before:
        faults.append("an original was changed")
    return [f"{case}: {fault}" for fault in faults]


def _faults(path: Path, classes: Path, folder: Path) -> Iterator[str]:
    def read() -> None:
        _check_pixels(read_image(path).pixels, (1, 2, 3, 4))

    def photograph() -> None:
        _check_pixels(read_photograph(path), (1, 3))

    target = folder / "large.png"
    yield from _refused("read_image", path, read)
    yield from _refused("read_photograph", path, photograph)
    yield from _refused(
        "upscale_file", path, lambda: upscale_file(_GENERATOR, path, target)
    )
    yield from _refused("ImageFolder", None, lambda: ImageFolder(classes))
    yield from _command("classify", classes / "a", "--preset", "signs_spp")
    out = folder / "out"
    yield from _command("upscale", classes / "a", "-o", out)
    yield from _half_written(target)
    for each in out.iterdir() if out.is_dir() else ():
        yield from _half_written(each)


def _check_pixels(pixels: np.ndarray, channels: tuple[int, ...]) -> None:
    if (
        pixels.dtype not in (np.uint8, np.uint16)
        or pixels.ndim != 3
        or pixels.shape[-1] not in channels
    ):
        raise TypeError(f"{pixels.dtype} of shape {pixels.shape}")


def _refused(
    name: str, path: Path | None, run: Callable[[], object]
) -> Iterator[str]:
    """Faults of a call that may raise a `ValueError`, if `path` is given."""
    try:
        run()
    except ValueError as error:
        if path is None or str(path) not in str(error):
            yield f"{name}: {error}"
    except Exception as error:
        yield f"{name}: traceback: {type(error).__name__}: {error}"


def _command(*arguments: object) -> Iterator[str]:
    """Faults of a command in this process."""
    out, errors = io.StringIO(), io.StringIO()
    code: object = None
    with (
        mock.patch.object(
            SizeAgnosticClassifier, "from_preset", lambda *_: _CLASSIFIER
        ),
        mock.patch.object(SRGenerator, "from_preset", lambda *_: _GENERATOR),
        mock.patch.object(warnings, "showwarning"),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(errors),
    ):
        try:
            main([str(each) for each in arguments])
        except SystemExit as end:
            code = end.code
        except BaseException as error:
            yield f"{arguments[0]}: traceback: {type(error).__name__}: {error}"
            return
    if code not in (0, 1, 2):
        yield f"{arguments[0]}: exit code {code}"
    text = errors.getvalue()
    if "internal error" in text or "Traceback" in text:
        yield f"{arguments[0]}: {text}"
    if "good" not in out.getvalue():
        yield f"{arguments[0]}: the good file was not done: {text}"


def _half_written(path: Path) -> Iterator[str]:
    if not path.exists():
        return
    try:
        with Image.open(path) as image:
            image.load()
    # A 16-bit or rare kind that Pillow does not know is read by ours.
    except Exception:
        yield from _refused("what was written", None, lambda: read_image(path))


def _digests(folder: Path) -> dict[str, str]:
    return {
        str(path): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }
