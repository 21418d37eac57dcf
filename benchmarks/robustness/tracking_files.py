"""Tracking files that are damaged in random ways, read and filled.

Each case makes a good file, damages it, and runs `convzoo ball` on it. The
command must end with exit code 0, or with 1 or 2 and one line; the input must
not change; there must be no file but a whole result; and no ball may be far
outside of the pitch.
"""

import contextlib
import csv
import hashlib
import io
import os
import traceback
from collections.abc import Callable
from pathlib import Path
from unittest import mock

import keras
import numpy as np

from convzoo import __main__ as command_line
from convzoo.training import simulate_play
from convzoo.zoo import BallPositionPredictor

CASES = 500
SAMPLE = 20
SECONDS = 60

# Each case has another shape, and tracing takes longer than the case.
_EAGERLY = property(lambda model: True, lambda model, value: None)
# Half the pitch and its surroundings, for players of the prediction and for a
# ball of the file.
_PREDICTED, _GIVEN = (52.5 + 15, 34 + 15), (52.5 + 30, 34 + 30)
_MODEL = BallPositionPredictor(width=8, depth=1, heads=2, map_width=4)
_PLACEHOLDERS = (-1000, 999, 9999, -1, 0, 1e9, -99, 1e300, -32768)
_TEXTS = ("", "NA", "null", "inf", "-inf", "1e999", "abc", "1,5", "0x10", '"')
_UNITS = (1 / 0.9144, 1 / 0.3048, 100, 1000, 1 / 52.5, 1 / 105)


def check(seed: int, folder: Path) -> list[str]:
    """Run one seeded case in an empty folder; return its faults."""
    random = np.random.default_rng(seed)
    name, path = _made(random, folder)
    before = _digest(path)
    case = f"case {seed} ({name})"
    code, text = _run(path, folder / "found.csv")
    faults = []
    if code is None:
        faults.append(f"{case}: traceback: {text}")
    elif code not in (0, 1, 2):
        faults.append(f"{case}: exit code {code}")
    elif "internal error" in text or "Traceback" in text:
        faults.append(f"{case}: {text}")
    errors = [
        line
        for line in text.splitlines()
        if line and not line.startswith("convzoo: warning: ")
    ]
    if len(errors) != (0 if code == 0 else 1):
        faults.append(f"{case}: {len(errors)} lines of errors: {text[:300]}")
    if _digest(path) != before:
        faults.append(f"{case}: the input changed")
    wanted = {"model", path.name, *(["found.csv"] if code == 0 else [])}
    if {each.name for each in folder.iterdir()} != wanted:
        faults.append(f"{case}: files {sorted(os.listdir(folder))}")
    elif code == 0:
        faults += [f"{case}: {far}" for far in _far(folder / "found.csv")]
    return faults


def _run(path: Path, out: Path) -> tuple[int | None, str]:
    """Exit code and standard error; None and a traceback if it raised."""
    preset = path.parent / "model"
    # The weights are random; what they say is not the question.
    _MODEL.save_to_preset(preset)
    said, errors = io.StringIO(), io.StringIO()
    command = ["ball", str(path), "-o", str(out), "--preset", str(preset)]
    try:
        with (
            contextlib.redirect_stdout(said),
            contextlib.redirect_stderr(errors),
            mock.patch.object(keras.Model, "run_eagerly", _EAGERLY),
        ):
            command_line.main(command)
    except SystemExit as exit:
        return int(exit.code or 0), errors.getvalue()
    except BaseException:
        return None, traceback.format_exc()
    return None, "the command returned"


def _digest(path: Path) -> str:
    if not path.is_file():
        return ""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _far(path: Path) -> list[str]:
    """Balls of a table that are nowhere near the pitch."""
    with open(path, newline="") as file:
        rows = list(csv.DictReader(file))
    found = []
    for row in rows:
        if row["source"] == "none":
            continue
        limit = _PREDICTED if row["source"] == "model" else _GIVEN
        ball = np.abs([float(row["x"]), float(row["y"])])
        if (ball > limit).any():
            found.append(f"a ball at {row['x']}, {row['y']}")
    return found[:3]


def _made(random: np.random.Generator, folder: Path) -> tuple[str, Path]:
    """Write a damaged file; return what was done, and its path."""
    arrays = _arrays(random)
    steps = []
    for _ in range(random.integers(0, 3)):
        change = _ARRAY_CHANGES[random.integers(len(_ARRAY_CHANGES))]
        steps.append(change.__name__)
        change(random, arrays)
    write = _WRITERS[random.integers(len(_WRITERS))]
    steps.append(write.__name__)
    path = write(random, arrays, folder)
    if random.random() < 0.7:
        changes = _BYTE_CHANGES if path.suffix == ".npz" else _TEXT_CHANGES
        for _ in range(random.integers(1, 3)):
            change = changes[random.integers(len(changes))]
            steps.append(change.__name__)
            path.write_bytes(change(random, path.read_bytes()))
    return ", ".join(steps), path


def _arrays(random: np.random.Generator) -> dict[str, np.ndarray]:
    frames = int(random.choice([1, 2, 12]))
    play = simulate_play(frames, seed=int(random.integers(1000)))
    ball = play.ball.astype("float64")
    ball[random.random(frames) < 0.5] = np.nan
    arrays = {
        "players": play.players.astype("float64"),
        "team": play.team.astype("float64"),
        "ball": ball,
        "time": play.time,
        "number": np.arange(frames, dtype="float64"),
    }
    if random.random() < 0.5:
        arrays["velocities"] = play.velocities.astype("float64")
    return arrays


def _placeholders(
    random: np.random.Generator, arrays: dict[str, np.ndarray]
) -> None:
    number = random.choice(_PLACEHOLDERS)
    share = random.choice([0.001, 0.05, 0.5, 1.0])
    for name in ("players", "ball", "velocities"):
        if name in arrays and random.random() < 0.5:
            gone = random.random(arrays[name].shape[:-1]) < share
            arrays[name][gone] = number


def _other_unit(
    random: np.random.Generator, arrays: dict[str, np.ndarray]
) -> None:
    factor = random.choice(_UNITS)
    for name in ("players", "ball"):
        arrays[name] = arrays[name] * factor


def _other_origin(
    random: np.random.Generator, arrays: dict[str, np.ndarray]
) -> None:
    for name in ("players", "ball"):
        arrays[name] = arrays[name] + (52.5, 34)


def _odd_numbers(
    random: np.random.Generator, arrays: dict[str, np.ndarray]
) -> None:
    name = random.choice(["number", "time", "team"])
    at = random.integers(len(arrays[name]))
    odd = (np.nan, 1e19, -1, 1.5, np.inf, 2.0**63, 0, -np.inf, 1e308)
    arrays[name][at] = random.choice(odd)


def _wrong_shape(
    random: np.random.Generator, arrays: dict[str, np.ndarray]
) -> None:
    name = random.choice(sorted(arrays))
    arrays[name] = random.choice([0, 1]) * arrays[name][..., :1]


def _wrong_times(
    random: np.random.Generator, arrays: dict[str, np.ndarray]
) -> None:
    change = random.integers(4)
    time = arrays["time"]
    arrays["time"] = (time[::-1], 1000 * time, 0 * time, time % 1)[change]


_ArrayChange = Callable[[np.random.Generator, dict[str, np.ndarray]], None]
_ARRAY_CHANGES: tuple[_ArrayChange, ...] = (
    _placeholders,
    _placeholders,
    _other_unit,
    _other_origin,
    _odd_numbers,
    _wrong_shape,
    _wrong_times,
)


def _npz(
    random: np.random.Generator, arrays: dict[str, np.ndarray], folder: Path
) -> Path:
    path = folder / "game.npz"
    if random.random() < 0.1:
        arrays = {**arrays, "players": np.array([Path("a"), None])}
    save = np.savez_compressed if random.random() < 0.5 else np.savez
    save(path, **arrays)
    return path


def _wide(
    random: np.random.Generator, arrays: dict[str, np.ndarray], folder: Path
) -> Path:
    players = arrays["players"]
    teams = arrays["team"].reshape(len(arrays["team"]), -1)
    sides = random.choice([("red", "blue"), ("fc_a", "fc_b"), ("a b", "c.d")])
    names = [
        f"{sides[int(teams[0, i % teams.shape[1]] == 1)]}_{i}_{axis}"
        for i in range(players.shape[1])
        for axis in "xy"[: players.shape[2]]
    ]
    header = ["frame", "time", *names, "ball_x", "ball_y"]
    number, time, ball = _for_frames(arrays)
    rows = [
        [number[frame], time[frame], *places.ravel(), *ball[frame]]
        for frame, places in enumerate(players)
    ]
    return _written(random, folder, header, rows)


def _long(
    random: np.random.Generator, arrays: dict[str, np.ndarray], folder: Path
) -> Path:
    teams = arrays["team"].reshape(len(arrays["team"]), -1)
    number, _, ball = _for_frames(arrays)
    rows = [
        [number[f], team, player, *np.resize(place, 2)]
        for f, places in enumerate(arrays["players"])
        for player, place in enumerate(places)
        for team in [f"team {teams[f, player % teams.shape[1]]:g}"]
    ]
    rows += [[number[f], "ball", "", *place] for f, place in enumerate(ball)]
    return _written(random, folder, ["frame", "team", "player", "x", "y"], rows)


def _for_frames(arrays: dict[str, np.ndarray]) -> tuple[np.ndarray, ...]:
    """Number, time and ball of each frame, whatever their shapes are."""
    frames = len(arrays["players"])
    return (
        np.resize(arrays["number"], frames),
        np.resize(arrays["time"], frames),
        np.resize(arrays["ball"], (frames, 2)),
    )


def _written(
    random: np.random.Generator,
    folder: Path,
    header: list[str],
    rows: list[list],
) -> Path:
    path = folder / "game.csv"
    delimiter = str(random.choice(list(",,,;\t|")))
    with open(path, "w", newline="") as file:
        writer = csv.writer(file, delimiter=delimiter)
        writer.writerows([header, *([_cell(c) for c in row] for row in rows)])
    return path


def _cell(value: object) -> str:
    if isinstance(value, str):
        return value
    return "" if np.isnan(value) else f"{value:.6g}"


_WRITERS = (_npz, _wide, _wide, _long)


def _cut(random: np.random.Generator, data: bytes) -> bytes:
    return data[: random.integers(len(data) + 1)]


def _flipped(random: np.random.Generator, data: bytes) -> bytes:
    changed = bytearray(data)
    for _ in range(random.integers(1, 20) if data else 0):
        changed[random.integers(len(data))] = random.integers(256)
    return bytes(changed)


def _doubled(random: np.random.Generator, data: bytes) -> bytes:
    start, end = np.sort(random.integers(len(data) + 1, size=2))
    return data[:end] + data[start:]


def _removed(random: np.random.Generator, data: bytes) -> bytes:
    start, end = np.sort(random.integers(len(data) + 1, size=2))
    return data[:start] + data[end:]


def _odd_cell(random: np.random.Generator, data: bytes) -> bytes:
    cells = data.split(b",")
    odd = random.choice(_TEXTS)
    cells[random.integers(len(cells))] = odd.encode()
    return b",".join(cells)


def _recoded(random: np.random.Generator, data: bytes) -> bytes:
    text = data.decode("latin-1").replace("a", "\u00fc")
    encoding = random.choice(["utf-16", "utf-16-le", "latin-1", "utf-8-sig"])
    return text.encode(encoding)


def _repeated_line(random: np.random.Generator, data: bytes) -> bytes:
    lines = data.splitlines(keepends=True) or [b""]
    at = random.integers(len(lines))
    return b"".join([*lines[:at], *([lines[at]] * 2), *lines[at:]])


def _empty(random: np.random.Generator, data: bytes) -> bytes:
    return random.choice([b"", b"\n", b"\0" * 100, b"PK\x03\x04"])


_ByteChange = Callable[[np.random.Generator, bytes], bytes]
_BYTE_CHANGES: tuple[_ByteChange, ...] = (
    _cut,
    _flipped,
    _flipped,
    _doubled,
    _removed,
    _empty,
)
_TEXT_CHANGES: tuple[_ByteChange, ...] = (
    *_BYTE_CHANGES,
    _odd_cell,
    _odd_cell,
    _recoded,
    _repeated_line,
)
