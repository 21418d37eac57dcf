import pytest

from convzoo.export.child import cause, run_in_child


def speak(word, number):
    print(word * int(number))


def fail(word):
    import sys

    print("first\nSomeError: " + word + "\nlast", file=sys.stderr)
    sys.exit(3)


def end():
    import os

    os.abort()


def test_a_child_gets_strings():
    result = run_in_child(speak, "hm", 3)
    assert result.returncode == 0 and result.stdout == "hmhmhm\n"


def test_the_cause_is_a_line():
    result = run_in_child(fail, "so it is")
    assert result.returncode == 3
    assert cause(result) == "SomeError: so it is"
    assert cause(result, str.upper).startswith("FIRST")


def test_the_end_of_a_child_is_not_ours():
    assert cause(run_in_child(end)) == "terminated by signal 6"


@pytest.mark.parametrize("said", ["", "\n \n"])
def test_nothing_said_is_said(said):
    result = run_in_child(speak, "", 1)
    result.returncode, result.stderr = 1, said
    assert cause(result) == "no reason given"
