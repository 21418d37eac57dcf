"""What a PNG file says of its pixels, which libvips does not tell."""

import struct
import warnings
from typing import BinaryIO

# Transfer functions of the chunk cICP that are far from that of sRGB.
_TRANSFERS = {8: "linear", 16: "PQ", 18: "HLG"}
# The value of the chunk gAMA for sRGB.
_GAMMA = 45455
# A hostile file may hold more, to keep the reader busy.
_MOST_CHUNKS = 1000


def check_png(file: BinaryIO, name: object) -> None:
    """Refuse colours that would be read wrong, and warn of what is ignored.

    Args:
        file: The file.
        name: Its name in messages.

    Raises:
        ValueError: If the colours are linear or HDR.
    """
    chunks = _chunks(file)
    transfer = chunks.get(b"cICP", b"")[1:2]
    if transfer and transfer[0] in _TRANSFERS:
        raise ValueError(
            f"{name}: its colours are not read. Received: "
            f"{_TRANSFERS[transfer[0]]} colours; save it as sRGB"
        )
    if b"acTL" in chunks:
        warnings.warn(
            f"{name}: is animated; the first image is read", stacklevel=2
        )
    gamma = int.from_bytes(chunks.get(b"gAMA", b""), "big") or _GAMMA
    is_known = {b"cICP", b"iCCP", b"sRGB"} & chunks.keys()
    if not is_known and not 0.9 < gamma / _GAMMA < 1.1:
        warnings.warn(
            f"{name}: its gamma of {gamma / 100_000:.3g} is ignored, and it is "
            "read as sRGB",
            stacklevel=2,
        )


def _chunks(file: BinaryIO) -> dict[bytes, bytes]:
    """The first bytes of each kind of chunk before the pixels."""
    file.seek(8)
    found: dict[bytes, bytes] = {}
    for _ in range(_MOST_CHUNKS):
        head = file.read(8)
        if len(head) < 8:
            break
        length, kind = struct.unpack(">I4s", head)
        if kind == b"IDAT":
            break
        start = file.read(min(length, 4))
        found.setdefault(kind, start)
        file.seek(length - len(start) + 4, 1)
    return found
