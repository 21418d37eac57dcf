import traceback

import pytest

from convzoo.common.serving_address import ServingAddress


@pytest.mark.parametrize(
    "url, parts",
    [
        (
            "http://localhost:8501/v1/models/a",
            ("http", "localhost", "localhost:8501", "v1/models/a"),
        ),
        ("https://h/a/b/", ("https", "h", "h", "a/b")),
        ("grpc://[::1]:8500/a", ("grpc", "::1", "[::1]:8500", "a")),
        ("HTTP://Host/a", ("http", "host", "Host", "a")),
        ("http://user:secret@h:1/a", ("http", "h", "h:1", "a")),
        ("grpc://user:se@cret@[::1]:1/a", ("grpc", "::1", "[::1]:1", "a")),
    ],
)
def test_a_url_is_split(url, parts):
    assert ServingAddress.of(url) == (url.rstrip("/"), *parts)


@pytest.mark.parametrize(
    "url",
    [
        *("", None, 7, "localhost:8501", "localhost", "/v1/models/a", "a b"),
        *("http://", "http:///v1/models/a", "http://localhost:8501"),
        *("http://localhost:8501/", "http://:8501/a", "grpc://localhost:8500"),
        *("http://h:port/a", "http://h:99999/a", "http://h:0/a"),
        *("http://[::1/a", "http://[x]/a", "http://h/a?b=c", "http://h/a#b"),
        *(
            "http://h/a b",
            "http://h/a\n",
            "http://h\r\nX: y/a",
            "http://h/\x1b",
        ),
    ],
)
def test_what_is_no_url_of_a_model_is_refused(url):
    with pytest.raises(ValueError, match="`url` must .*grpc://localhost"):
        ServingAddress.of(url)


def test_another_protocol_is_refused():
    with pytest.raises(ValueError, match="must begin with http://.*ftp://h/a"):
        ServingAddress.of("ftp://h/a")


@pytest.mark.parametrize(
    "url",
    [
        *("http://user:secret@h", "ftp://user:secret@h/a", "user:secret@h/a"),
        *("http://user:secret@h:port/a", "http://user:x#secret@h/a"),
        *("http://user:x/secret@h/a", "http://user:x secret@h/a"),
        *("http://user:[secret@h/a", "http://secret\u2100@h/a"),
    ],
)
def test_no_error_quotes_a_password(url):
    with pytest.raises(ValueError, match=r"`url` must .*\*\*\*@h") as error:
        ServingAddress.of(url)
    assert "secret" not in "".join(traceback.format_exception(error.value))


@pytest.mark.parametrize(
    "host, local",
    [
        *(("localhost", True), ("127.0.0.1", True), ("127.8.9.1", True)),
        *(("[::1]", True), ("10.0.0.1", False), ("localhost.com", False)),
        *(("a.localhost", True), ("alocalhost", False)),
    ],
)
def test_this_machine_is_known(host, local):
    assert ServingAddress.of(f"http://{host}:1/a").is_local == local
