"""Damaged, cut and forged files of models, through the public loaders.

Each case changes one valid file: some bytes, a cut, a member of its archive or
a value in its JSON, or it is one of the forged files below. A fault is an
exception that is no `ValueError` of one line that names the file, a result with
values that the file does not hold, or more memory than the file can need.
"""

import json
import random
import resource
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
from safetensors.numpy import save_file

from convzoo import losses, zoo
from convzoo.losses.torch_file import read_torch_file

CASES = 200
SAMPLE = 10
SECONDS = 60

# The most that a case may add to the memory of the process, in bytes.
_MOST_MEMORY = 1 << 30
_TENSOR = (
    b"ctorch._utils\n_rebuild_tensor_v2\n((S'storage'\nctorch\nFloatStorage\n"
    b"S'0'\nS'cpu'\nI4\ntQ"
)
_FORGED = (
    b"\x80\x02]r\xff\xff\xff\x0f.",
    b"ctorch._utils\n_rebuild_tensor_v2\n(N}S'__init__'\ncos\nsystem\nstb.",
    b"}S'w'\n" + _TENSOR + b"I0\n(I1000000000\nt(I0\nt" + b"I00\n}tRs.",
    b"}S'w'\n" + _TENSOR + b"I0\n(I2\nt(I100000000000\nt" + b"I00\n}tRs.",
    b"cos\nsystem\n(S'true'\ntR.",
    b"]" * 2_000_000,
    b")" + b"\x85" * 2_000_000,
    b"\x8d" + b"\xff" * 7 + b"\x7f.",
)


def check(seed: int, folder: Path) -> list[str]:
    """Run one seeded case; return its faults."""
    picked = random.Random(seed)
    write, load = picked.choice(_KINDS)
    path = write(folder)
    change = _changed(path, picked)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    found = _faults(load, path)
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    if (after - before) * 1024 > _MOST_MEMORY:
        found.append(f"{(after - before) >> 10} MB of memory")
    return [
        f"{load.__name__} of {path.name}, {change}: {text}" for text in found
    ]


def _faults(load: Callable[[Path], Any], path: Path) -> list[str]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            load(path)
    except ValueError as error:
        lines = str(error).strip().splitlines()
        named = any(str(place) in str(error) for place in (path, path.parent))
        if len(lines) > 1 or len(str(error)) > 2000:
            return [f"{len(lines)} lines: {lines[0][:200]}"]
        return [] if named else [f"the file is not named: {lines[0][:200]}"]
    except Exception as error:
        text = " ".join(str(error).split())
        return [f"{type(error).__name__}: {text[:200]}"]
    return []


def _changed(path: Path, picked: random.Random) -> str:
    """Damage a file, or a file of a folder; return what was done."""
    if path.is_dir():
        path = picked.choice(sorted(path.glob("*.*")))
    kind = picked.choice(("bytes", "cut", "member", "json", "forged", "tail"))
    if kind == "json" and path.suffix == ".json":
        return f"{path.name}: {_changed_json(path, picked)}"
    if kind == "member" and zipfile.is_zipfile(path):
        return f"{path.name}: {_changed_member(path, picked)}"
    if kind == "forged" and path.suffix == ".pth":
        pickled = picked.choice(_FORGED)
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("a/data.pkl", pickled)
            archive.writestr("a/data/0", bytes(16))
        return f"the pickle {pickled[:60]!r}"
    data = bytearray(path.read_bytes())
    if kind == "cut":
        data = data[: picked.randrange(len(data))]
    elif kind == "tail":
        data += picked.randbytes(picked.choice((1, 100, 70_000)))
    else:
        for _ in range(picked.choice((1, 3, 30))):
            data[picked.randrange(len(data))] = picked.randrange(256)
    path.write_bytes(data)
    return f"{path.name}: {kind}"


def _changed_json(path: Path, picked: random.Random) -> str:
    """Replace a random value of a JSON file by one of another kind."""
    whole = json.loads(path.read_text())
    place = whole
    while True:
        keys = list(place) if isinstance(place, dict) else range(len(place))
        key = picked.choice(list(keys))
        inner = place[key]
        if isinstance(inner, (dict, list)) and inner and picked.random() < 0.7:
            place = inner
            continue
        value = picked.choice(
            (None, -1, 10**9, 1e400, "", "x" * 1000, [], {}, [[]] * 3, True)
        )
        place[key] = value
        path.write_text(json.dumps(whole))
        return f"{key!r} is {value!r}"[:100]


def _changed_member(path: Path, picked: random.Random) -> str:
    """Write an archive again, with one member removed, doubled or inflated."""
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    name = picked.choice(sorted(members))
    kind = picked.choice(("removed", "empty", "inflated", "renamed"))
    content = members.pop(name)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for other, data in members.items():
            archive.writestr(other, data)
        if kind == "empty":
            archive.writestr(name, b"")
        elif kind == "inflated":
            archive.writestr(name, content + bytes(300 << 20))
        elif kind == "renamed":
            archive.writestr(f"../{name}", content)
    return f"{name} {kind}"


def _arrays() -> dict[str, np.ndarray]:
    values = np.random.default_rng(0).normal(size=(8, 3, 3, 3))
    return {"weight": values.astype("float32"), "bias": np.zeros(8, "float32")}


def _torch(folder: Path) -> Path:
    """An archive as `torch.save` writes it."""
    rows = b"I0\n(I2\nI2\nt(I2\nI1\nt" + b"I00\n}tRs."
    path = folder / "weights.pth"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a/data.pkl", b"}S'w'\n" + _TENSOR + rows)
        archive.writestr("a/data/0", bytes(range(16)))
        archive.writestr("a/byteorder", "little")
    return path


def _safetensors(folder: Path) -> Path:
    path = folder / "weights.safetensors"
    save_file(_arrays(), path)
    return path


def _npz(folder: Path) -> Path:
    path = folder / "weights.npz"
    np.savez_compressed(path, **_arrays())  # type: ignore[arg-type]
    return path


def _network() -> keras.Model:
    inputs = keras.Input((None, None, 3))
    outputs = keras.layers.Conv2D(4, 3, name="conv")(inputs)
    return keras.Model(inputs, outputs)


def _weights_h5(folder: Path) -> Path:
    path = folder / "network.weights.h5"
    _network().save_weights(path)
    return path


def _keras_file(folder: Path) -> Path:
    path = folder / "model.keras"
    _generator().save(path)
    return path


def _preset(folder: Path) -> Path:
    path = folder / "preset"
    _generator().save_to_preset(path)
    return path


def _generator() -> zoo.SRGenerator:
    return zoo.SRGenerator(scale=2, filters=4, num_blocks=1)


def read_weights_file(path: Path) -> None:
    losses.read_weights_file(path)


def read_torch(path: Path) -> None:
    read_torch_file(path)


def feature_extractor(path: Path) -> None:
    losses.FeatureExtractor(_network(), "conv", weights=path)


def from_preset(path: Path) -> None:
    zoo.SRGenerator.from_preset(path)


_KINDS: list[tuple[Callable[[Path], Path], Callable[[Path], None]]] = [
    (_torch, read_torch),
    (_torch, read_weights_file),
    (_safetensors, read_weights_file),
    (_npz, read_weights_file),
    (_weights_h5, feature_extractor),
    (_keras_file, from_preset),
    (_preset, from_preset),
    (_preset, from_preset),
]
