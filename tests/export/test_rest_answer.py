import json

import numpy as np
import pytest

from convzoo.export.rest_answer import (
    columns_of,
    has_names,
    message_of,
    parsed,
    rows_of,
    versions_of,
)

B64 = {"b64": "YQ=="}


@pytest.mark.parametrize(
    "values, expected",
    [
        ([1, 2], [1, 2]),
        ([[0.5], [float("nan")]], [[0.5], [np.nan]]),
        ([[], []], np.zeros((2, 0))),
        ([True, False], [True, False]),
        ([B64, {"b64": ""}], np.array([b"a", b""], object)),
    ],
)
def test_values_become_arrays(values, expected):
    (found,) = columns_of([{"p": value} for value in values]).values()
    np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize(
    "values",
    [
        *([[1, 2], [3]], [1, [2]], [[[1], [2, 3]], [[1], [2, 3]]]),
        *(["a", "b"], [1, "2"], [None, None], [[1, None], [2, 3]]),
        *([10**40, 1], [[{}], [{}]], [{"q": 1}, {"q": 1}], [B64, 1]),
        *([1, B64], [[B64], [B64]], [B64 | {"c": 1}, B64]),
        *([{"b64": bad}, B64] for bad in ("a?", "YWJ", "YQ ==", "é===", 7)),
        *([{"b64": bad}, B64] for bad in (None, ["YQ=="], {})),
    ],
    ids=range(22),
)
def test_other_values_are_refused(values):
    with pytest.raises(ValueError, match="output 'p' (is|has)"):
        columns_of([{"p": value} for value in values])


@pytest.mark.parametrize("value", [1, "YQ==", [97], None])
def test_bytes_must_be_base64(value):
    with pytest.raises(ValueError, match="'f_bytes' has a value that is not"):
        columns_of([{"f_bytes": value}])


@pytest.mark.parametrize(
    "rows",
    [
        [{"p": 1}, {"q": 1}],
        [{"p": 1}, {"p": 1, "q": 1}],
        [{"p": 1, "q": 1}, {"p": 1}],
        [{}],
    ],
)
def test_rows_have_the_same_outputs(rows):
    with pytest.raises(ValueError, match="has the outputs"):
        columns_of(rows)


def test_rows_all_have_names_or_none_has():
    assert has_names([{"p": 1}, {"p": 2}]) and not has_names([1, B64])
    for rows in ([{"p": 1}, 1], [B64, {"p": 1}]):
        with pytest.raises(ValueError, match="some predictions name"):
            has_names(rows)


@pytest.mark.parametrize("rows", [[], [1], [1, 2, 3]])
def test_rows_are_those_that_were_asked_for(rows):
    assert rows_of({"predictions": rows}, len(rows)) == rows
    with pytest.raises(ValueError, match=f"{len(rows)} predictions for 2"):
        rows_of({"predictions": rows}, 2)


@pytest.mark.parametrize("found", [None, "ab", {"0": 1}, 7])
def test_predictions_are_a_list(found):
    for answer in ({"predictions": found}, {}):
        with pytest.raises(ValueError, match="no list of `predictions`"):
            rows_of(answer, 2)


@pytest.mark.parametrize(
    "content",
    [
        *(b"", b"<html>", b'{"a": 1', b"{}{}", b'{"a": "\xff"}', bytes(9)),
        *(b"[" * 10**5, b'{"a":' * 10**5, b'{"a": ' + b"9" * 10**4 + b"}"),
        *(b"[]", b"7", b"null", b'"text"'),
    ],
    ids=range(13),
)
def test_what_is_no_object_is_refused(content):
    with pytest.raises(ValueError, match="the answer is not"):
        parsed(content)
    assert message_of(content) == content[:2000].decode(errors="replace")


def test_versions_are_read():
    status = {"model_version_status": [{"version": "2", "state": "LOADING"}]}
    assert versions_of(status) == {2: "LOADING"}
    assert message_of(json.dumps({"error": "no"}).encode()) == "no"


@pytest.mark.parametrize(
    "found",
    [
        *(None, 7, "ab", {}, [1], [None], [{}], [{"version": "1"}]),
        *([{"version": version, "state": "A"}] for version in ("x", "-1", 1.5)),
        *([{"version": version, "state": "A"}] for version in ([], "9" * 99)),
        [{"version": "1", "state": 7}],
    ],
    ids=range(14),
)
def test_what_is_no_version_is_refused(found):
    for status in ({"model_version_status": found}, {}):
        if found == {} and status:
            continue
        with pytest.raises(ValueError, match="reports no versions"):
            versions_of(status)
