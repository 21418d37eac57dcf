"""Rows are read back by the standard library, whatever they hold."""

import csv
import io

from convzoo.common.csv_text import csv_text


def test_rows_are_read_back():
    rows = [{"name": 'a "b", c', "n": "1"}, {"name": "d\ne", "n": ""}]
    text = csv_text(rows)
    assert text.startswith("name,n\n")
    assert list(csv.DictReader(io.StringIO(text, newline=""))) == rows


def test_no_rows_are_no_text():
    assert csv_text([]) == ""
