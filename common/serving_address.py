"""URLs of served models."""

import ipaddress
from typing import Any, NamedTuple
from urllib.parse import urlsplit

_EXAMPLES = (
    "such as http://localhost:8501/v1/models/NAME or grpc://localhost:8500/NAME"
)
_SCHEMES = ("http", "https", "grpc")


class ServingAddress(NamedTuple):
    """A served model.

    Attributes:
        url: Its URL, without a slash at the end. It may hold a password.
        scheme: `"http"`, `"https"` or `"grpc"`.
        host: Host name or address.
        netloc: Host and port.
        path: Path of the model.
    """

    url: str
    scheme: str
    host: str
    netloc: str
    path: str

    @classmethod
    def of(cls, url: Any) -> "ServingAddress":
        """Check and split a URL.

        Raises:
            ValueError: If `url` is not the URL of a model.
        """
        text = str(url)
        received = _without_user(text) if "@" in text else url
        try:
            parts = urlsplit(text)
            host, port = parts.hostname or "", parts.port
        except ValueError as error:
            # It quotes a part of the URL.
            reason = "" if "@" in text else f" ({error})"
            raise ValueError(
                f"`url` must be a URL of a model, {_EXAMPLES}. "
                f"Received: url={received!r}{reason}"
            ) from None
        if parts.scheme and parts.netloc and parts.scheme not in _SCHEMES:
            raise ValueError(
                "`url` must begin with http://, https:// or grpc://, "
                f"{_EXAMPLES}. Received: url={received!r}"
            )
        path = parts.path.strip("/")
        plain = text.isprintable() and not set(text) & set(" ?#\\")
        if not (parts.scheme and host and path and plain) or port == 0:
            raise ValueError(
                f"`url` must be a URL of a model, {_EXAMPLES}. "
                f"Received: url={received!r}"
            )
        _, _, netloc = parts.netloc.rpartition("@")
        return cls(text.rstrip("/"), parts.scheme, host, netloc, path)

    @property
    def is_local(self) -> bool:
        """Whether the host is this machine, which needs no proxy."""
        if f".{self.host}".endswith(".localhost"):
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False


def _without_user(text: str) -> str:
    """Hide what is before the last `@`: text that is no URL has no parts."""
    user, _, rest = text.rpartition("@")
    scheme, slashes, _ = user.partition("//")
    return f"{scheme}//***@{rest}" if slashes else f"***@{rest}"
