import os

import pytest

from convzoo.common.printable import printable


@pytest.mark.parametrize(
    "text, expected",
    [
        ("größe 東京.png", "größe 東京.png"),
        ("a\nb\r\tc", r"a\nb\r\tc"),
        ("\x1b[31mred", r"\x1b[31mred"),
        (os.fsdecode(b"caf\xe9.png"), r"caf\udce9.png"),
        ("right\u202eleft", r"right\u202eleft"),
    ],
)
def test_what_is_not_printable_is_escaped(text, expected):
    assert printable(text) == expected
    printable(text).encode()
