"""Seeded mutations of image files of many kinds."""

import io
import struct
import zlib
from collections.abc import Callable
from typing import Any

import numpy as np
from PIL import Image

_CHUNKS = (b"ANIM", b"ANMF", b"ALPH", b"ICCP", b"EXIF", b"VP8 ", b"VP8X")
_SIGNATURE = b"\x89PNG\r\n\x1a\n"


def mutated(random: np.random.Generator) -> bytes:
    """Return an image file of a random kind with up to four mutations."""
    encoded = _file(random)
    for _ in range(random.integers(5)):
        mutation = _MUTATIONS[random.integers(len(_MUTATIONS))]
        encoded = mutation(encoded, random) or encoded
    if encoded.startswith(_SIGNATURE) and random.random() < 0.7:
        encoded = _with_checksums(encoded)
    return encoded


def _file(random: np.random.Generator) -> bytes:
    kind, mode, options = _KINDS[random.integers(len(_KINDS))]
    height, width = random.integers(1, 40, 2)
    images = [_image(mode, height, width, random) for _ in range(3)]
    options = dict(options)
    if options.get("save_all"):
        options["append_images"] = images[1:]
    buffer = io.BytesIO()
    images[0].save(buffer, kind, **options)
    return buffer.getvalue()


def _image(
    mode: str, height: int, width: int, random: np.random.Generator
) -> Image.Image:
    pixels = random.integers(0, 256, (height, width, 4), np.uint8)
    image = Image.fromarray(pixels)
    if mode == "I;16":
        return Image.fromarray(pixels[..., 0].astype(np.uint16) * 257)
    return image.convert("RGB").convert(mode) if mode != "RGBA" else image


_ANIMATED = {"save_all": True, "duration": 50}
_KINDS: list[tuple[str, str, dict[str, Any]]] = [
    *(("png", m, {}) for m in ("1", "L", "LA", "P", "RGB", "RGBA", "I;16")),
    *(("jpeg", mode, {}) for mode in ("L", "RGB", "CMYK")),
    ("jpeg", "RGB", {"progressive": True}),
    ("jpeg", "RGB", {"restart_marker_blocks": 1, "subsampling": 0}),
    *(("webp", mode, {}) for mode in ("RGB", "RGBA")),
    *(("webp", mode, {"lossless": True}) for mode in ("RGB", "RGBA")),
    ("webp", "RGB", {"exif": b"Exif\0\0II*\0", "icc_profile": b"p" * 40}),
    ("webp", "RGB", _ANIMATED),
    ("webp", "RGBA", _ANIMATED | {"lossless": True}),
    ("png", "RGB", _ANIMATED),
    ("gif", "RGB", _ANIMATED),
    ("bmp", "RGB", {}),
]


def _flip(encoded: bytes, random: np.random.Generator) -> bytes:
    content = np.frombuffer(encoded, np.uint8).copy()
    where = random.integers(len(content), size=random.integers(1, 9))
    content[where] = random.integers(0, 256, len(where))
    return content.tobytes()


def _flip_head(encoded: bytes, random: np.random.Generator) -> bytes:
    return _flip(encoded[:60], random) + encoded[60:]


def _cut(encoded: bytes, random: np.random.Generator) -> bytes:
    return encoded[: random.integers(len(encoded))]


def _extreme(encoded: bytes, random: np.random.Generator) -> bytes:
    """Overwrite a likely size by an extreme value."""
    at = int(random.integers(min(len(encoded), 60)))
    values = (0, 1, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 0xFFFE, 60_000)
    order = ">I" if random.random() < 0.5 else "<I"
    value = struct.pack(order, values[random.integers(len(values))])
    return encoded[:at] + value + encoded[at + 4 :]


def _repeat(encoded: bytes, random: np.random.Generator) -> bytes:
    first, last = sorted(random.integers(len(encoded) + 1, size=2))
    return encoded[:last] + encoded[first:last] + encoded[last:]


def _remove(encoded: bytes, random: np.random.Generator) -> bytes:
    first, last = sorted(random.integers(len(encoded) + 1, size=2))
    last = min(last, first + 30)
    return encoded[:first] + encoded[last:]


def _name_chunk(encoded: bytes, random: np.random.Generator) -> bytes:
    """Rename a chunk of a WebP file, or write a name somewhere."""
    name = _CHUNKS[random.integers(len(_CHUNKS))]
    found = [encoded.find(other) for other in _CHUNKS if other in encoded]
    at = int(random.choice(found or [random.integers(len(encoded) + 1)]))
    return encoded[:at] + name + encoded[at + 4 :]


def _clear_flags(encoded: bytes, random: np.random.Generator) -> bytes:
    """Clear or set flags of an extended WebP file."""
    flags = bytes([random.choice([0, 2, 16, 255])])
    return encoded[:20] + flags + encoded[21:]


def _join(encoded: bytes, random: np.random.Generator) -> bytes:
    return encoded + _file(random)


def _nest(encoded: bytes, random: np.random.Generator) -> bytes:
    at = int(random.integers(len(encoded) + 1))
    return encoded[:at] + _file(random) + encoded[at:]


_MUTATIONS: list[Callable[[bytes, np.random.Generator], bytes]] = [
    _flip,
    _flip_head,
    _cut,
    _extreme,
    _repeat,
    _remove,
    _name_chunk,
    _clear_flags,
    _join,
    _nest,
]


def _with_checksums(encoded: bytes) -> bytes:
    """Correct the checksums of a PNG file, so that its content is read."""
    content, at = bytearray(encoded), len(_SIGNATURE)
    while at + 12 <= len(content):
        (size,) = struct.unpack_from(">I", content, at)
        end = at + 8 + size
        if end + 4 > len(content):
            break
        checksum = zlib.crc32(content[at + 4 : end])
        struct.pack_into(">I", content, end, checksum)
        at = end + 4
    return bytes(content)
