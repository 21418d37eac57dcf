"""Text of foreign origin in tables of a terminal."""


def plain(name: str) -> str:
    """Return a name without markup and control characters."""
    from rich.markup import escape

    from convzoo.common.printable import printable

    return escape(printable(name))
