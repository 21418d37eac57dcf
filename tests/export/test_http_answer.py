"""Requests to sockets that do not behave."""

import asyncio
import contextlib
import gc
import gzip
import socket
import threading
import time

import pytest

from convzoo.common.serving_address import ServingAddress
from convzoo.export.http_answer import http_answer
from convzoo.export.serving_error import ServingError

OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
MOST = 10**5


@contextlib.contextmanager
def socket_server(start, part=b"", pause=0.0, listens=True):
    """Send `start`, then `part` for ever with pauses, to one client."""
    listening = socket.create_server(("127.0.0.1", 0))

    def serve():
        with contextlib.suppress(OSError):
            connection, _ = listening.accept()
            with connection:
                if listens:
                    connection.recv(10**5)
                connection.sendall(start)
                while part:
                    connection.sendall(part)
                    time.sleep(pause)
                while not listens:
                    time.sleep(pause)
                    connection.sendall(b"")

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/a"
    finally:
        listening.close()


def ask(url, content=None, seconds=5.0):
    address = ServingAddress.of(url)
    return http_answer(address, url, content, seconds, MOST)


@pytest.mark.parametrize(
    "start, part",
    [
        (b"", b"H"),
        (OK + b"A: ", b"a"),
        (OK, b"A: b\r\n"),
        (OK + b"Content-Length: 90000\r\n\r\n", b" "),
        (CHUNKED, b"1\r\n \r\n"),
        (OK + b"\r\n", b" "),
        (b"", b"HTTP/1.1 102 Processing\r\n\r\n"),
    ],
    ids=range(7),
)
def test_a_drip_ends_at_the_deadline(start, part):
    with socket_server(start, part, pause=0.02) as url:
        begin = time.monotonic()
        with pytest.raises(
            ServingError, match=f"^{url}: timed out after 0.3 s"
        ):
            ask(url, seconds=0.3)
        assert time.monotonic() - begin < 1


def test_an_upload_ends_at_the_deadline():
    """The server reads nothing; sockets hold less than the request."""
    with (
        socket_server(b"", pause=0.1, listens=False) as url,
        pytest.raises(ServingError, match="timed out"),
    ):
        ask(url, bytes(3 * 10**7), seconds=0.3)


@pytest.mark.filterwarnings(
    "ignore::pytest.PytestUnraisableExceptionWarning",
    "ignore:unclosed:ResourceWarning",
)
def test_a_handshake_ends_at_the_deadline():
    """httpx leaves the socket of a cancelled handshake to the collector."""
    with socket_server(b"", pause=0.1, listens=False) as url:
        url = url.replace("http:", "https:")
        with pytest.raises(ServingError, match="timed out"):
            ask(url, seconds=0.3)
        gc.collect()


def test_a_name_that_is_not_resolved_ends_at_the_deadline(monkeypatch):
    monkeypatch.setattr(
        socket, "getaddrinfo", lambda *arguments, **keywords: time.sleep(2)
    )
    begin = time.monotonic()
    with pytest.raises(ServingError, match="timed out"):
        ask("http://no.example/a", seconds=0.1)
    assert time.monotonic() - begin < 1


@pytest.mark.parametrize(
    "start, part",
    [
        (OK + b"\r\n", b" " * 4096),
        (CHUNKED, b"1000\r\n" + b" " * 4096 + b"\r\n"),
        (OK + b"Content-Length: 100001\r\n\r\n", b""),
        (OK + b"Content-Length: 1%b\r\n\r\n" % (b"0" * 19), b""),
        (b"HTTP/1.1 500 Oh\r\n\r\n", b"no " * 999),
    ],
    ids=range(5),
)
def test_a_body_is_bounded(start, part):
    with (
        socket_server(start, part) as url,
        pytest.raises(ServingError, match="more than 100000 bytes"),
    ):
        ask(url)


@pytest.mark.parametrize("encoding", [b"gzip", b"gzip, gzip", b"br", b"x"])
def test_a_compressed_body_is_not_inflated(encoding):
    start = OK + b"Content-Encoding: " + encoding + b"\r\n\r\n"
    with (
        socket_server(start + gzip.compress(bytes(10**6))) as url,
        pytest.raises(ServingError, match="is compressed"),
    ):
        ask(url)


@pytest.mark.parametrize(
    "answer, reason",
    [
        (b"", "cannot be reached"),
        (b"SSH-2.0-OpenSSH\r\n", "cannot be reached"),
        (OK + b"Content-Length: 9\r\n\r\nabc", "cannot be reached"),
        (OK + b"Content-Length: -1\r\n\r\n", "cannot be reached"),
        (CHUNKED + b"xyz\r\n", "cannot be reached"),
        (OK + b"A: " + b"b" * 10**6 + b"\r\n\r\n", "cannot be reached"),
        (
            b"HTTP/1.1 307 Moved\r\nLocation: http://h/b\r\n\r\n",
            "307: redirects to http://h/b",
        ),
        (b"HTTP/1.1 302 Found\r\n\r\n", "302: redirects to nowhere"),
    ],
    ids=range(8),
)
def test_what_is_no_answer_is_an_error_of_its_url(answer, reason):
    with socket_server(answer) as url, pytest.raises(ValueError) as error:
        ask(url)
    assert isinstance(error.value, ServingError)
    assert str(error.value).startswith(f"{url}: {reason}")


def answered(url):
    return ask(url) == (200, b"yes")


def test_it_can_be_asked_within_an_event_loop():
    async def within():
        return answered(url)

    with socket_server(OK + b"\r\nyes") as url:
        assert asyncio.run(within())


def test_proxies_are_not_used_for_this_machine(monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    with socket_server(OK + b"\r\nyes") as url:
        assert answered(url)


def test_a_proxy_is_used_for_other_machines(monkeypatch):
    with socket_server(OK + b"\r\nyes") as url:
        monkeypatch.setenv("HTTP_PROXY", url.removesuffix("/a"))
        assert answered("http://no.example/a")


@pytest.mark.parametrize("proxy", ["ftp://h", "socks5://h:1"])
def test_a_proxy_that_cannot_be_used_is_named(monkeypatch, proxy):
    monkeypatch.setenv("HTTP_PROXY", proxy)
    with pytest.raises(ServingError, match="no.example/a: the proxy"):
        ask("http://no.example/a")
