"""Encoded images of many kinds, made by Pillow or by hand."""

import io
import struct
import zlib

import numpy as np
from PIL import Image

PNG = b"\x89PNG\r\n\x1a\n"


def noise(*shape):
    return np.random.default_rng(0).integers(0, 256, shape, np.uint8)


def file(image, kind, **options):
    """Return the file of an array, or of an image of Pillow."""
    if isinstance(image, np.ndarray):
        image = Image.fromarray(image)
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def on_white(encoded):
    """Decode an image, and composite it on white, by Pillow."""
    image = Image.open(io.BytesIO(encoded)).convert("RGBA")
    white = Image.new("RGBA", image.size, "white")
    return Image.alpha_composite(white, image).convert("RGB")


def animated(kind, *shape, **options):
    """Return an animation of two frames."""
    frames = [Image.fromarray(noise(2, *shape)[index]) for index in range(2)]
    buffer = io.BytesIO()
    frames[0].save(
        buffer, kind, save_all=True, append_images=frames[1:], **options
    )
    return buffer.getvalue()


def png_chunk(name, content):
    checksum = struct.pack(">I", zlib.crc32(name + content))
    return struct.pack(">I", len(content)) + name + content + checksum


def png_header(height, width):
    content = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return png_chunk(b"IHDR", content)


def webp(*chunks):
    """Return a WebP file of chunks, which are pairs of a name and bytes."""
    body = b"WEBP"
    for name, content in chunks:
        padding = bytes(len(content) % 2)
        body += name + struct.pack("<I", len(content)) + content + padding
    return b"RIFF" + struct.pack("<I", len(body)) + body


def webp_chunks(encoded):
    """Return the chunks of a WebP file."""
    chunks, at = [], 12
    while at < len(encoded):
        (size,) = struct.unpack_from("<I", encoded, at + 4)
        chunks.append((encoded[at : at + 4], encoded[at + 8 :][:size]))
        at += 8 + size + size % 2
    return chunks


def extended(height, width, flags=0):
    """Return the first chunk of an extended WebP file."""
    sides = [(side - 1).to_bytes(3, "little") for side in (width, height)]
    return b"VP8X", bytes([flags, 0, 0, 0]) + b"".join(sides)


def jpeg_of_scans(side, scans):
    """Return a grey progressive JPEG file, whose scans take 19 bytes each."""

    def segment(marker, content):
        size = struct.pack(">H", len(content) + 2)
        return bytes([0xFF, marker]) + size + content

    blocks = (side // 8) ** 2
    one_code = bytes([1]) + bytes(15)
    # A run of 2**14 - 1 + 2**14 empty blocks is the code 0 and 14 bits.
    bits = ("0" + "1" * 14) * ((blocks + 2**15 - 2) // (2**15 - 1))
    bits += "1" * (8 - len(bits) % 8)
    runs = int(bits, 2).to_bytes(len(bits) // 8, "big")
    runs = runs.replace(b"\xff", b"\xff\x00")
    return b"".join(
        [
            b"\xff\xd8",
            segment(0xDB, bytes(1) + b"\x01" * 64),
            segment(0xC2, struct.pack(">BHHB", 8, side, side, 1) + b"\1\x11\0"),
            segment(0xC4, b"\x00" + one_code + b"\x00"),
            segment(0xC4, b"\x10" + one_code + b"\xe0"),
            segment(0xDA, b"\x01\x01\x00" + bytes(3)) + bytes(blocks // 8),
            (segment(0xDA, b"\x01\x01\x00\x01\x01\x00") + runs) * scans,
            b"\xff\xd9",
        ]
    )
