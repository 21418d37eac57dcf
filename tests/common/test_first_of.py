"""first_of: all of a few names, the first of many."""

from convzoo.common.first_of import first_of


def test_few_and_many_names():
    assert first_of([]) == ""
    assert first_of(["a", "b"], 2) == "a, b"
    assert first_of(list("abcdefg")) == "a, b, c, d, e, ..."
