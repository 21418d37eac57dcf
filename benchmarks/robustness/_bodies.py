"""Bodies of answers to a request with two rows, good and bad."""

import base64
import json
from typing import Any

_B64 = {"b64": base64.b64encode(b"a").decode()}


def _rows(*rows: Any) -> bytes:
    return json.dumps({"predictions": rows}).encode()


def _twice(value: Any) -> bytes:
    return _rows({"p": value}, {"p": value})


GOOD = {
    "numbers": _rows({"p": [1, 2]}, {"p": [3, 4]}),
    "one output": _rows([1.5], [2.5]),
    "scalars": _rows(1, 2),
    "booleans": _twice([True, False]),
    "NaN": b'{"predictions": [{"p": NaN}, {"p": -Infinity}]}',
    "files": _rows({"f_bytes": _B64}, {"f_bytes": _B64}),
    "one file": _rows(_B64, _B64),
    "spaces": b" \n" + _rows(1, 2) + b"\n",
    "UTF-16": _rows(1, 2).decode().encode("utf-16"),
}
BAD = {
    "empty": b"",
    "no JSON": b"<html>busy</html>",
    "cut": _rows([1.5], [2.5])[:-3],
    "two objects": _rows(1, 2) * 2,
    "no UTF-8": b'{"predictions": ["\xff\xfe\xff", 1]}',
    "NUL": bytes(100),
    "nested lists": b"[" * 10**5 + b"]" * 10**5,
    "nested lists, cut": b"[" * 10**5,
    "nested objects": b'{"a":' * 10**5 + b"1" + b"}" * 10**5,
    "nested predictions": (
        b'{"predictions": [' + b"[" * 900 + b"]" * 900 + b", 1]}"
    ),
    "nested rows": b'{"predictions": ' + (b"[" * 90 + b"1" + b"]" * 90) + b"}",
    "a list": b"[1, 2]",
    "a number": b"7",
    "text": b'"predictions"',
    "null": b"null",
    "nothing": b"{}",
    "an error": b'{"error": "no"}',
    "predictions are null": b'{"predictions": null}',
    "predictions are text": b'{"predictions": "ab"}',
    "predictions are an object": b'{"predictions": {"0": 1, "1": 2}}',
    "columns": b'{"outputs": [1, 2]}',
    "no row": _rows(),
    "one row": _rows([1.5]),
    "three rows": _rows([1.5], [1.5], [1.5]),
    "many rows": _rows(*[1] * 10**5),
    "other outputs": _rows({"p": 1}, {"q": 1}),
    "more outputs": _rows({"p": 1}, {"p": 1, "q": 1}),
    "fewer outputs": _rows({"p": 1, "q": 1}, {"p": 1}),
    "no outputs": _rows({}, {}),
    "some names": _rows({"p": 1}, 1),
    "some names, first none": _rows(1, {"p": 1}),
    "ragged": _rows({"p": [1, 2]}, {"p": [1]}),
    "ragged within": _twice([[1, 2], [3]]),
    "number and list": _rows({"p": 1}, {"p": [1]}),
    "text as prediction": _twice("1.5"),
    "some text": _rows({"p": 1}, {"p": "1"}),
    "null as prediction": _twice(None),
    "some null": _twice([1, None]),
    "object as prediction": _twice({"q": 1}),
    "object within": _twice([{"q": 1}]),
    "huge integer": _twice(10**40),
    "endless integer": b'{"predictions": [' + b"9" * 10**4 + b", 1]}",
    "huge and small integer": _rows({"p": 10**19}, {"p": -(10**19)}),
    "no base64": _twice({"b64": "a?"}),
    "cut base64": _twice({"b64": "YWJ"}),
    "base64 with spaces": _twice({"b64": "YQ ==\n"}),
    "base64 of another alphabet": _twice({"b64": "é==="}),
    "base64 is a number": _twice({"b64": 7}),
    "base64 is null": _twice({"b64": None}),
    "base64 is a list": _twice({"b64": ["YQ=="]}),
    "base64 and more": _twice({"b64": "YQ==", "c": 1}),
    "some base64": _rows({"p": _B64}, {"p": 1}),
    "base64 second": _rows({"p": 1}, {"p": _B64}),
    "base64 within": _twice([_B64]),
    "file as number": _rows({"f_bytes": 1}, {"f_bytes": 2}),
    "file as text": _rows({"f_bytes": "YQ=="}, {"f_bytes": "YQ=="}),
    "file as list": _rows({"f_bytes": [1, 2]}, {"f_bytes": [1, 2]}),
}
