import numpy as np
import pytest

from convzoo.common.checks import check_choice, check_count, check_positive


def test_choices_pass_or_are_quoted():
    check_choice("colour", "red", ("red", None))
    check_choice("colour", None, ("red", None))
    with pytest.raises(ValueError, match=r"`colour`.*\('red', None\).*'blue'"):
        check_choice("colour", "blue", ("red", None))


@pytest.mark.parametrize("value", [np.zeros(2), [1], {}])
def test_what_cannot_be_compared_is_no_choice(value):
    for choices in (("red", None), {"red": 1}):
        with pytest.raises(ValueError, match="`colour` must be one of"):
            check_choice("colour", value, choices)


@pytest.mark.parametrize("value", [1, 7, np.int64(3)])
def test_positive_integers_pass(value):
    check_positive("size", value)


@pytest.mark.parametrize("value", [0, -1, 1.0, "1", None, True])
def test_the_rest_is_quoted(value):
    with pytest.raises(ValueError, match=f"`size`.*size={value!r}"):
        check_positive("size", value)


@pytest.mark.parametrize("value", [0, 7, np.int64(0)])
def test_counts_may_be_zero(value):
    check_count("border", value)


@pytest.mark.parametrize("value", [-1, 0.0, "1", None, True])
def test_what_is_no_count_is_quoted(value):
    with pytest.raises(ValueError, match=f"`border`.*border={value!r}"):
        check_count("border", value)
