"""Formats of image files, told by their first bytes."""

# By the first bytes of a file.
_STARTS = {
    b"\x89PNG\r\n\x1a\n": "PNG",
    b"\xff\xd8\xff": "JPEG",
    b"II*\0": "TIFF",
    b"MM\0*": "TIFF",
    b"II+\0": "TIFF",
    b"MM\0+": "TIFF",
    b"GIF87a": "GIF",
    b"GIF89a": "GIF",
    b"BM": "BMP",
    # Not read, but named.
    b"%PDF": "PDF",
    b"8BPS": "Photoshop",
    b"\0\0\0\x0cjP  ": "JPEG 2000",
    b"\xff\x4f\xff\x51": "JPEG 2000",
    b"\0\0\0\x0cJXL ": "JPEG XL",
    b"\xff\x0a": "JPEG XL",
    b"\x76\x2f\x31\x01": "OpenEXR",
    b"\0\0\1\0": "ICO",
    b"SIMPLE  =": "FITS",
    b"#?RADIANCE": "Radiance HDR",
    b"<svg": "SVG",
    b"<?xml": "SVG or another XML",
    **{f"P{n}".encode(): "Netpbm" for n in range(1, 8)},
}
# By the brand of an ISO media file.
_BRANDS = {
    **dict.fromkeys((b"avif", b"avis"), "AVIF"),
    **dict.fromkeys(
        (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1"), "HEIC"
    ),
}
# Bytes of a file that `format_of` looks at.
HEAD = 16


def format_of(head: bytes) -> str | None:
    """Return the name of the format of an image file, or None.

    Args:
        head: The first `HEAD` bytes of the file.
    """
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "WebP"
    if head[4:8] == b"ftyp":
        return _BRANDS.get(head[8:12])
    for start, name in _STARTS.items():
        if head.startswith(start):
            return name
    return None


def is_sequence(head: bytes) -> bool:
    """Return whether an AVIF or HEIC file is a sequence of images."""
    return head[4:12] in (b"ftypavis", b"ftyphevc", b"ftyphevx")
