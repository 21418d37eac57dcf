"""Ways in which files break, or are broken."""

from collections.abc import Callable

import numpy as np

Change = Callable[[bytes, np.random.Generator], bytes]


def _as_it_is(content: bytes, random: np.random.Generator) -> bytes:
    return content


def _cut(content: bytes, random: np.random.Generator) -> bytes:
    return content[: random.integers(len(content))]


def _empty(content: bytes, random: np.random.Generator) -> bytes:
    return b""


def _flipped(content: bytes, random: np.random.Generator) -> bytes:
    """Flip single bits."""
    values = np.frombuffer(content, "uint8").copy()
    places = random.integers(len(values), size=random.integers(1, 20))
    values[places] ^= np.uint8(1) << random.integers(0, 8, places.size, "uint8")
    return values.tobytes()


def _lying(content: bytes, random: np.random.Generator) -> bytes:
    """Put an extreme integer into the header."""
    size = int(random.choice([1, 2, 4]))
    start = int(random.integers(min(len(content), 128)))
    values = (0, 1, (1 << 8 * size) - 1, 1 << (8 * size - 1), 60_000)
    value = values[random.integers(len(values))] % (1 << 8 * size)
    order = "little" if random.integers(2) else "big"
    return (
        content[:start] + value.to_bytes(size, order) + content[start + size :]
    )


def _giant(content: bytes, random: np.random.Generator) -> bytes:
    """Put giant dimensions where the format has its width and height."""
    side = int(random.choice([20_000, 60_000]))
    if content.startswith(b"\x89PNG"):
        return content[:16] + side.to_bytes(4, "big") * 2 + content[24:]
    if content.startswith(b"BM"):
        return content[:18] + side.to_bytes(4, "little") * 2 + content[26:]
    if content.startswith(b"GIF"):
        return content[:6] + side.to_bytes(2, "little") * 2 + content[10:]
    frame = content.find(b"\xff\xc0")
    if content.startswith(b"\xff\xd8") and frame > 0:
        start = frame + 5
        return (
            content[:start] + side.to_bytes(2, "big") * 2 + content[start + 4 :]
        )
    return _lying(content, random)


def _zeroed(content: bytes, random: np.random.Generator) -> bytes:
    start, stop = sorted(random.integers(len(content), size=2).tolist())
    return content[:start] + bytes(stop - start) + content[stop:]


def _noise(content: bytes, random: np.random.Generator) -> bytes:
    """Keep the first bytes, which tell the format."""
    return content[:16] + random.bytes(len(content))


def _doubled(content: bytes, random: np.random.Generator) -> bytes:
    start = random.integers(len(content))
    return content[:start] + content[start // 2 :]


_CHANGES = (
    *(_as_it_is, _cut, _cut, _empty, _flipped, _flipped, _flipped, _lying),
    *(_lying, _lying, _giant, _zeroed, _noise, _doubled),
)


def changed(content: bytes, random: np.random.Generator) -> tuple[bytes, str]:
    """Return a changed file, and the name of the change."""
    change = _CHANGES[random.integers(len(_CHANGES))]
    return change(content, random), change.__name__.strip("_")
