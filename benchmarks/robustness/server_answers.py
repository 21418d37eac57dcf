"""Bad answers of servers, over REST and gRPC.

`ServingClient` raises `ServingError` with the URL in time, and takes no memory;
`convzoo request` prints one line and exits with code 2. Good answers between
them are read.
"""

import contextlib
import functools
import io
import random
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent import futures
from pathlib import Path
from typing import Any

import grpc
import numpy as np
import psutil

from benchmarks.robustness._bodies import BAD, GOOD
from benchmarks.robustness._http_answers import SCRIPTS, Script, answer
from benchmarks.robustness._tensors import BAD_TENSORS, GOOD_TENSORS
from convzoo.__main__ import main
from convzoo.export import ServingClient, ServingError

SECONDS = 30

_TIMEOUT, _LATE = 1.0, 1.0
_MAX_BYTES = 2**20
# Memory that an answer may take, in bytes.
_MEMORY = 2**29
# Bad for two rows, but good for the one image of the command.
_ONE_ROW = "one row"
_ROWS = np.zeros((2, 3))
_PHOTO = b"\xff\xd8\xff"


def check(seed: int, folder: Path) -> list[str]:
    """Ask a server that gives one kind of answer."""
    name, case = _CASES[seed % len(_CASES)]
    before, start = psutil.Process().memory_info().rss, time.monotonic()
    try:
        faults = case(folder)
    except BaseException as error:
        faults = [f"traceback: {type(error).__name__}: {error}"]
    seconds = time.monotonic() - start
    if seconds > 2 * (_TIMEOUT + _LATE):
        faults.append(f"took {seconds:.1f} s")
    grown = psutil.Process().memory_info().rss - before
    if grown > _MEMORY:
        faults.append(f"took {grown / 2**20:.0f} MiB")
    return [f"server_answers {seed}: {name}: {fault}" for fault in faults]


def _rest(script: Script, good: bool, command: bool, folder: Path) -> list[str]:
    with _server(script) as port:
        url = f"http://127.0.0.1:{port}/v1/models/a"
        return _asked(url, good) + (_command(url, folder) if command else [])


def _grpc(content: bytes, good: bool, command: bool, folder: Path) -> list[str]:
    with _grpc_server(content) as port:
        url = f"grpc://127.0.0.1:{port}/a"
        return _asked(url, good) + (_command(url, folder) if command else [])


def _at_once(scheme: str, script: Script, folder: Path) -> list[str]:
    """Ask a server that speaks before it listens, and never listens.

    The request is larger than what sockets hold.
    """
    with _server(script, listens=False) as port:
        url = f"{scheme}://127.0.0.1:{port}/v1/models/a"
        return _asked(url, False, np.array([bytes(5 * 10**6)] * 2, object))


def _asked(url: str, good: bool, x: np.ndarray = _ROWS) -> list[str]:
    client = ServingClient(url, timeout=_TIMEOUT, max_bytes=_MAX_BYTES)
    start = time.monotonic()
    try:
        found = client(x=x)
    except ServingError as error:
        faults = [f"a good answer was refused: {error}"] if good else []
        if not str(error).startswith(url) or "\n" in str(error):
            faults.append(f"the message is {str(error)!r}")
    else:
        faults = [] if good else [f"a bad answer was read: {str(found)[:99]}"]
        if any(len(values) != 2 for values in found.values()):
            faults.append(f"other rows: {str(found)[:99]}")
    seconds = time.monotonic() - start
    if seconds > _TIMEOUT + _LATE:
        faults.append(f"{seconds:.2f} s with a deadline of {_TIMEOUT} s")
    return faults


def _command(url: str, folder: Path) -> list[str]:
    """Ask by the command line, for one image."""
    photo, out = folder / "photo.jpg", folder / "out"
    photo.write_bytes(_PHOTO)
    printed, failed = io.StringIO(), io.StringIO()
    code = None
    with (
        contextlib.redirect_stdout(printed),
        contextlib.redirect_stderr(failed),
    ):
        try:
            timeout = str(_TIMEOUT)
            main(
                [
                    *("request", url, str(photo), "-o", str(out)),
                    *("--timeout", timeout),
                ]
            )
        except SystemExit as error:
            code = error.code
    photo.unlink()
    lines = failed.getvalue().splitlines()
    if code == 2 and len(lines) == 1 and url in lines[0] and not out.exists():
        return []
    return [f"convzoo request: exit {code}, {lines}, {printed.getvalue()!r}"]


@contextlib.contextmanager
def _server(script: Script, listens: bool = True) -> Iterator[int]:
    """Serve by a script for each connection, and yield the port."""
    listening = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = listening.accept()
                threading.Thread(
                    target=_serve,
                    args=(connection, script, listens),
                    daemon=True,
                ).start()

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield listening.getsockname()[1]
    finally:
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()


def _serve(connection: socket.socket, script: Script, listens: bool) -> None:
    with connection, contextlib.suppress(OSError):
        received = b""
        while listens and b"\r\n\r\n" not in received:
            part = connection.recv(2**16)
            if not part:
                return
            received += part
        script(connection)


@contextlib.contextmanager
def _grpc_server(content: bytes) -> Iterator[int]:
    """Answer each request by these bytes."""

    class Handler(grpc.GenericRpcHandler):
        def service(self, details: object) -> grpc.RpcMethodHandler:
            return grpc.unary_unary_rpc_method_handler(
                lambda request, context: content
            )

    server = grpc.server(futures.ThreadPoolExecutor(1), [Handler()])
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    try:
        yield port
    finally:
        server.stop(None).wait()


def _send(body: bytes) -> Script:
    return lambda connection: connection.sendall(answer(body))


_Case = tuple[str, Callable[[Path], list[str]]]


def _cases(
    title: str,
    ask: Callable[..., list[str]],
    answers: Mapping[str, Any],
    good: bool,
) -> list[_Case]:
    return [
        (
            f"{title} {name}",
            functools.partial(
                ask, content, good, not good and name != _ONE_ROW
            ),
        )
        for name, content in answers.items()
    ]


_CASES: list[_Case] = [
    *_cases("REST", _rest, SCRIPTS, False),
    *_cases("REST", _rest, {n: _send(b) for n, b in BAD.items()}, False),
    *_cases("REST good", _rest, {n: _send(b) for n, b in GOOD.items()}, True),
    *_cases("gRPC", _grpc, BAD_TENSORS, False),
    *_cases("gRPC good", _grpc, GOOD_TENSORS, True),
    *(
        (f"{scheme} {name}", functools.partial(_at_once, scheme, SCRIPTS[name]))
        for scheme in ("http", "https", "grpc")
        for name in (
            "closes",
            "resets",
            "is silent",
            "endless noise",
            "redirect",
        )
    ),
]
# Slow kinds are apart from each other.
random.Random(0).shuffle(_CASES)
CASES = len(_CASES)
SAMPLE = 20
