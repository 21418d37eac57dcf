"""Error of requests to a server."""

from convzoo.common.without_password import without_password


class ServingError(ValueError):
    """A server cannot be reached, is too slow, or its answer cannot be used.

    The message begins with the URL. Errors are logged: the user and password of
    URLs are replaced by `***`.

    Args:
        url: URL that was requested.
        reason: What is wrong.
    """

    def __init__(self, url: str, reason: str) -> None:
        url, reason = without_password(url), without_password(reason)
        super().__init__(url, reason)
        self.url, self.reason = url, reason

    def __str__(self) -> str:
        return f"{self.url}: {self.reason}"


def quoted(text: str) -> str:
    """Return a server's words as one line of printable characters."""
    words = " ".join(text.split())
    line = "".join(c if c.isprintable() else "\ufffd" for c in words)
    return line if len(line) <= 500 else f"{line[:500]} ..."
