"""Names of foreign origin as text of a figure."""

from convzoo.common.printable import printable


def label(name: str, longest: int = 32) -> str:
    """Return a name for a figure: printable, and shortened in the middle.

    Args:
        name: Name of a class or a file.
        longest: Number of characters that are kept.
    """
    text = printable(name)
    if len(text) <= longest:
        return text
    head = (longest - 1) // 2
    return f"{text[:head]}…{text[len(text) - (longest - 1 - head) :]}"
