"""Text of foreign origin, such as file names, for one line of a terminal."""


def printable(text: object) -> str:
    r"""Return `str(text)` with everything escaped that is not printable.

    Names of files may hold line breaks, control sequences of terminals, and
    bytes that are no text.

    >>> print(printable("two\nlines"))
    two\nlines
    """
    return "".join(
        character
        if character.isprintable()
        else character.encode("unicode_escape").decode()
        for character in str(text)
    )
