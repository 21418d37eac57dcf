"""Rows of a CSV file of any common dialect."""

import codecs
import csv
import itertools
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from convzoo.training.football.tracking.csv_numbers import short

_DELIMITERS = ",;\t|"
# Number of characters of the longest line: 200 players need 20,000.
_LONGEST_LINE = 2**24
# The longer marks first: that of UTF-32 begins with that of UTF-16.
_MARKS = {
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
# The first line of files for Excel, which states the delimiter.
_STATED = re.compile(rf"sep=(?P<delimiter>[{_DELIMITERS}])\s*", re.IGNORECASE)
_QUOTED = re.compile(r'"[^"]*"')
_DECIMAL_COMMA = re.compile(r"\s*[+-]?\d*,\d+(?:[eE][+-]?\d+)?\s*")
# Pandas renames a repeated column: x, x.1, x.2.
_REPEATED = re.compile(r"(?P<name>.+)\.\d+")


def table_rows(path: Path) -> Iterator[list[str]]:
    """Yield the header of a CSV file, and its rows with as many cells.

    Cells are separated by commas, semicolons, tabs or vertical bars, whichever
    the header has most of outside of quotes, or what a line "sep=;" before it
    states. Where these are not commas, numbers may have decimal commas. Rows
    without content are left out. The text is UTF-8, or UTF-16 or UTF-32 with a
    byte order mark.

    Raises:
        ValueError: If the file is empty, a row has more cells than the header,
            or two columns have one name.
        UnicodeDecodeError: If it is no such text.
    """
    with open(path, newline="", encoding=_encoding(path)) as file:
        lines = (line for line in _lines(file))
        first, delimiter = _header(lines)
        reader = csv.reader(
            itertools.chain([first], lines),
            delimiter=delimiter,
            skipinitialspace=True,
        )
        names = [name.strip() for name in next(reader)]
        _check_names(names)
        yield names
        for row in reader:
            if any(cell and not cell.isspace() for cell in row):
                _check_length(row, names, reader.line_num, delimiter)
                row += [""] * (len(names) - len(row))
                yield row if delimiter == "," else [_dotted(c) for c in row]


def _encoding(path: Path) -> str:
    """The encoding that a byte order mark states; UTF-8 without one."""
    with open(path, "rb") as file:
        start = file.read(4)
    for mark, name in _MARKS.items():
        if start.startswith(mark):
            return name
    return "utf-8-sig"


def _header(lines: Iterator[str]) -> tuple[str, str]:
    """The line with the names of the columns, and its delimiter."""
    filled = (line for line in lines if line.strip())
    first = next(filled, None)
    stated = first and _STATED.fullmatch(first)
    if stated:
        first = next(filled, None)
    if first is None:
        raise ValueError("is empty")
    if stated:
        return first, stated["delimiter"]
    return first, max(_DELIMITERS, key=_QUOTED.sub("", first).count)


def _lines(file: TextIO) -> Iterator[str]:
    """Yield lines of limited length."""
    while line := file.readline(_LONGEST_LINE):
        if "\0" in line:
            raise ValueError("has NUL bytes, and is no text in UTF-8")
        if len(line) == _LONGEST_LINE:
            raise ValueError(
                f"has a line of more than {_LONGEST_LINE} characters"
            )
        yield line


def _check_names(names: list[str]) -> None:
    seen: set[str] = set()
    for name in names:
        if name and name.lower() in seen:
            raise ValueError(f"has two columns called {short(name)!r}")
        seen.add(name.lower())
    for name in names:
        match = _REPEATED.fullmatch(name.lower())
        if match and match["name"] in seen:
            raise ValueError(
                f"has two columns called {short(match['name'])!r}, of which "
                f"one has become {short(name)!r}"
            )


def _check_length(
    row: list[str], names: list[str], line: int, delimiter: str
) -> None:
    while len(row) > len(names) and not row[-1].strip():
        row.pop()
    if len(row) > len(names):
        raise ValueError(
            f"has {len(row)} cells in line {line}, for {len(names)} columns, "
            f"with the delimiter {delimiter!r}; decimal commas need semicolons "
            "or tabs between the cells"
        )


def _dotted(cell: str) -> str:
    """A number with a decimal point instead of a comma."""
    if "," in cell and _DECIMAL_COMMA.fullmatch(cell):
        return cell.replace(",", ".")
    return cell
