"""Error of requests to a server."""


class ServingError(ValueError):
    """A server cannot be reached, is too slow, or its answer cannot be used.

    The message begins with the URL.

    Args:
        url: URL that was requested.
        reason: What is wrong.
    """

    def __init__(self, url: str, reason: str) -> None:
        super().__init__(url, reason)
        self.url, self.reason = url, reason

    def __str__(self) -> str:
        return f"{self.url}: {self.reason}"


def quoted(text: str) -> str:
    """Return a server's words as one line of printable characters."""
    words = " ".join(text.split())
    line = "".join(c if c.isprintable() else "\ufffd" for c in words)
    return line if len(line) <= 500 else f"{line[:500]} ..."
