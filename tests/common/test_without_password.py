import pytest

from convzoo.common.without_password import without_password


@pytest.mark.parametrize(
    "text, expected",
    [
        ("http://user:secret@host/a", "http://***@host/a"),
        ("grpc://secret@[::1]:8500/a", "grpc://***@[::1]:8500/a"),
        ("https://user:se@cret@host:1/a@b", "https://***@host:1/a@b"),
        ("http://:secret@host", "http://***@host"),
        (
            "302: http://h/a to //user:secret@h/b, http://u:secret@h",
            "302: http://h/a to //***@h/b, http://***@h",
        ),
        # An `@` of a path or query is no user's.
        ("http://host/v1/models/a@b", "http://host/v1/models/a@b"),
        ("http://host?mail=a@b", "http://host?mail=a@b"),
        ("a@b.c and 3 // 4", "a@b.c and 3 // 4"),
    ],
)
def test_user_and_password_are_hidden(text, expected):
    assert without_password(text) == expected
