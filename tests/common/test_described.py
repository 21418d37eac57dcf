"""Errors become a part of one line."""

import pytest

from convzoo.common.described import described


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (OSError("no\nsuch file"), "OSError: no"),
        (MemoryError(), "MemoryError"),
        (KeyError("a"), "KeyError: 'a'"),
    ],
)
def test_one_line(error, expected):
    assert described(error) == expected
