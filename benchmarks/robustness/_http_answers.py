"""What a hostile HTTP server does on its socket."""

import gzip
import socket
import time
import zlib
from collections.abc import Callable

from benchmarks.robustness._bodies import GOOD

Script = Callable[[socket.socket], None]
_GOOD = GOOD["numbers"]
_OK = b"HTTP/1.1 200 OK\r\n"


def answer(body: bytes, *headers: bytes, status: bytes = _OK) -> bytes:
    """Return a whole answer."""
    lines = [*headers, b"Content-Length: %d" % len(body)]
    return status + b"\r\n".join(lines) + b"\r\n\r\n" + body


def _send(*parts: bytes) -> Script:
    def script(connection: socket.socket) -> None:
        for part in parts:
            connection.sendall(part)

    return script


def _endless(start: bytes, part: bytes, pause: float = 0.0) -> Script:
    def script(connection: socket.socket) -> None:
        connection.sendall(start)
        # As long as the client listens.
        while True:
            connection.sendall(part)
            time.sleep(pause)

    return script


def _silent(connection: socket.socket) -> None:
    time.sleep(4)


def _reset(connection: socket.socket) -> None:
    linger = b"\1\0\0\0\0\0\0\0"
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)


def _encoded(name: bytes, body: bytes) -> Script:
    return _send(answer(body, b"Content-Encoding: " + name))


def _status(line: bytes, *headers: bytes) -> Script:
    status = b"HTTP/1.1 " + line + b"\r\n"
    return _send(answer(_GOOD, *headers, status=status))


_CHUNKED = _OK + b"Transfer-Encoding: chunked\r\n\r\n"
_LONG = _OK + b"Content-Length: 1000000\r\n\r\n"
_BOMB = gzip.compress(bytes(2**28))
SCRIPTS: dict[str, Script] = {
    "closes": _send(),
    "resets": _reset,
    "is silent": _silent,
    "drips headers": _endless(_OK + b"A: ", b"a", 0.05),
    "drips lines of headers": _endless(_OK, b"A: b\r\n", 0.05),
    "drips the status": _endless(b"HTTP/1.1 200 ", b"O", 0.05),
    "drips a body": _endless(_LONG, b" ", 0.05),
    "drips chunks": _endless(_CHUNKED, b"1\r\n \r\n", 0.05),
    "drips to the end": _endless(_OK + b"\r\n", b" ", 0.05),
    "drips informational answers": _endless(
        b"", b"HTTP/1.1 102 Processing\r\n\r\n", 0.05
    ),
    "endless body": _endless(_OK + b"\r\n", b" " * 2**16),
    "endless chunks": _endless(_CHUNKED, b"10000\r\n%b\r\n" % bytes(2**16)),
    "endless chunk header": _endless(_CHUNKED, b"0" * 2**12),
    "endless headers": _endless(_OK, b"A: " + b"b" * 999 + b"\r\n"),
    "endless header": _endless(_OK + b"A: ", b"b" * 2**16),
    "endless error": _endless(b"HTTP/1.1 500 Oh\r\n\r\n", b"no " * 2**14),
    "endless informational answers": _endless(
        b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 99
    ),
    "endless noise": _endless(b"", b"\0\xff" * 2**12),
    "huge header": _send(answer(_GOOD, b"A: " + b"b" * 2**20)),
    "no status": _send(_GOOD),
    "bad status": _send(b"HTTP/1.1 abc OK\r\n\r\n" + _GOOD),
    "other protocol": _send(b"SSH-2.0-OpenSSH_9.6\r\n"),
    "HTTP/2": _send(b"\0\0\x06\4\0\0\0\0\0\0\3\0\0\0\x64"),
    "redirect": _status(b"302 Found", b"Location: http://localhost:1/"),
    "redirect of POST": _status(b"307 Moved", b"Location: /v1/models/a"),
    "redirect to a file": _status(b"301 Moved", b"Location: file:///etc/hosts"),
    "redirect without target": _status(b"302 Found"),
    "no content": _send(b"HTTP/1.1 204 No Content\r\n\r\n"),
    "created": _status(b"201 Created"),
    "partial": _status(b"206 Partial Content"),
    "unauthorized": _status(b"401 Unauthorized", b"WWW-Authenticate: Basic"),
    "switches": _send(
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n"
    ),
    "unknown status": _status(b"999 What"),
    "cut body": _send(answer(_GOOD)[:-9]),
    "cut chunks": _send(_CHUNKED + b"ff\r\n" + _GOOD),
    "bad chunks": _send(_CHUNKED + b"xyz\r\n" + _GOOD),
    "huge length": _send(_OK + b"Content-Length: 1%b\r\n\r\n" % (b"0" * 30)),
    "negative length": _send(_OK + b"Content-Length: -1\r\n\r\n" + _GOOD),
    "two lengths": _send(answer(_GOOD, b"Content-Length: 3")),
    "gzip bomb": _encoded(b"gzip", _BOMB),
    "gzip twice": _encoded(b"gzip, gzip", gzip.compress(_BOMB)),
    "deflate": _encoded(b"deflate", zlib.compress(bytes(2**24))),
    "no gzip": _encoded(b"gzip", _GOOD),
    "unknown encoding": _encoded(b"x-secret", _GOOD),
}
