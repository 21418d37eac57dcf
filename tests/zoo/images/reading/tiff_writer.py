"""A TIFF writer for kinds of pixels that libraries do not write."""

import struct


def tiff(samples, bits, photometric, order="<", **tags):
    """Return the bytes of an uncompressed TIFF of one strip.

    Args:
        samples: Integers `(height, width, channels)`.
        bits: Bits per sample; rows are padded to bytes.
        photometric: Value of that tag.
        order: Byte order, as `struct` writes it.
        **tags: Other tags, such as t338=[2]; values of 16 bits.
    """
    height, width, channels = samples.shape
    data = b"".join(_packed(row, bits, order) for row in samples)
    data += bytes(len(data) % 2)
    entries = {
        256: [width],
        257: [height],
        258: [bits] * channels,
        259: [1],
        262: [photometric],
        273: [8],
        277: [channels],
        278: [height],
        279: [len(data)],
        **{int(name[1:]): list(values) for name, values in tags.items()},
    }
    start = 8 + len(data)
    after = start + 2 + 12 * len(entries) + 4
    table, tail = b"", b""
    for tag, values in sorted(entries.items()):
        kept = struct.pack(f"{order}{len(values)}H", *values)
        if len(kept) > 4:
            pointer = struct.pack(f"{order}I", after + len(tail))
            tail += kept
            kept = pointer
        table += struct.pack(f"{order}HHI", tag, 3, len(values))
        table += kept.ljust(4, b"\0")
    mark = b"II" if order == "<" else b"MM"
    head = mark + struct.pack(f"{order}HI", 42, start)
    return (
        b"".join(
            (
                head,
                data,
                struct.pack(f"{order}H", len(entries)),
                table,
                bytes(4),
            )
        )
        + tail
    )


def _packed(row, bits, order):
    if bits == 16:
        return row.astype(f"{order}u2").tobytes()
    text = "".join(f"{value:0{bits}b}" for value in row.ravel())
    text += "0" * (-len(text) % 8)
    return int(text, 2).to_bytes(len(text) // 8, "big")
