"""HTTP requests with one deadline and bounded answers."""

import asyncio
import functools
import ssl
import threading
from concurrent.futures import Future

import httpx

from convzoo.common.serving_address import ServingAddress
from convzoo.export.serving_error import ServingError, quoted

# Name resolution cannot be cancelled: it is left to its thread this long after
# the deadline, in seconds.
_GRACE = 0.25
# Compressed answers could be far larger than what is sent.
_HEADERS = {
    "Accept": "application/json",
    "Accept-Encoding": "identity",
    "Content-Type": "application/json",
}


def http_answer(
    address: ServingAddress,
    url: str,
    content: bytes | None,
    seconds: float,
    max_bytes: int,
) -> tuple[int, bytes]:
    """Send a request, and return the status code and the body.

    Redirects are not followed. Proxies of the environment are used, but not for
    this machine.

    Args:
        address: The model.
        url: URL below it.
        content: Body of a POST request, or None for GET.
        seconds: Time for all: name resolution, connection, upload, answer.
        max_bytes: Maximum size of the body.

    Raises:
        ServingError: If the time is over, the connection fails, or the answer
            is compressed, a redirect or too large.
    """
    future: Future[tuple[int, bytes]] = Future()
    arguments = (future, address, url, content, seconds, max_bytes)
    # In a thread, since the caller may have an event loop of its own.
    threading.Thread(target=_run, args=arguments, daemon=True).start()
    try:
        return future.result(seconds + _GRACE)
    except TimeoutError as error:
        reason = f"timed out after {seconds:.3g} s"
        raise ServingError(url, reason) from error
    except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
        reason = quoted(str(error)) or type(error).__name__
        raise ServingError(url, f"cannot be reached ({reason})") from error


def _run(
    future: Future[tuple[int, bytes]],
    address: ServingAddress,
    url: str,
    content: bytes | None,
    seconds: float,
    max_bytes: int,
) -> None:
    """Set the result or the exception of the future."""

    async def answer() -> tuple[int, bytes]:
        async with asyncio.timeout(seconds), _client(address, url) as client:
            return await _answer(client, url, content, max_bytes)

    try:
        future.set_result(asyncio.run(answer()))
    except BaseException as error:
        future.set_exception(error)


def _client(address: ServingAddress, url: str) -> httpx.AsyncClient:
    try:
        return httpx.AsyncClient(
            headers=_HEADERS,
            timeout=None,
            trust_env=not address.is_local,
            verify=_certificates(),
        )
    except (ImportError, ValueError) as error:
        raise ServingError(
            url, f"the proxy of the environment cannot be used ({error})"
        ) from error


@functools.cache
def _certificates() -> ssl.SSLContext:
    return httpx.create_ssl_context()


async def _answer(
    client: httpx.AsyncClient,
    url: str,
    content: bytes | None,
    max_bytes: int,
) -> tuple[int, bytes]:
    method = "GET" if content is None else "POST"
    large = f"the answer has more than {max_bytes} bytes (`max_bytes`)"
    async with client.stream(method, url, content=content) as response:
        _check(response, url)
        declared = response.headers.get("Content-Length", "")
        if declared.isdecimal() and float(declared) > max_bytes:
            raise ServingError(url, large)
        received = bytearray()
        async for part in response.aiter_raw():
            received += part
            if len(received) > max_bytes:
                raise ServingError(url, large)
        return response.status_code, bytes(received)


def _check(response: httpx.Response, url: str) -> None:
    if response.is_redirect:
        target = quoted(response.headers.get("Location", "nowhere"))
        raise ServingError(
            url, f"{response.status_code}: redirects to {target}"
        )
    encoding = response.headers.get("Content-Encoding", "identity")
    if encoding.lower() not in ("", "identity"):
        raise ServingError(
            url, f"the answer is compressed ({quoted(encoding)}), unasked"
        )
