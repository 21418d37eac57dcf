"""show_progress: lines for a file, nothing, or a bar."""

import itertools

import pytest

from convzoo.training.classification.transfer import show_progress as module
from convzoo.training.classification.transfer.show_progress import (
    show_progress,
)


def test_lines_tell_the_time_that_is_left(monkeypatch, capsys):
    seconds = itertools.count(step=20.0)
    monkeypatch.setattr(module.time, "monotonic", lambda: next(seconds))
    show_progress(iter([10] * 6), 60, verbose=2)
    assert capsys.readouterr().out.splitlines() == [
        # The first batch is not counted: 20 s for ten images.
        "20 of 60, about 80 s left",
        # More than 30 s later.
        "40 of 60, about 40 s left",
    ]


@pytest.mark.parametrize(("verbose", "shown"), [(0, False), (1, True)])
def test_a_bar_or_nothing(verbose, shown, capsys):
    done = []
    show_progress((done.append(n) or n for n in (4, 2)), 6, verbose)
    assert done == [4, 2]
    assert ("6/6" in capsys.readouterr().out) == shown
