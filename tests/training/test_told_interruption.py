import signal
from pathlib import Path

import pytest

from convzoo.training.told_interruption import told_interruption


@pytest.mark.parametrize(
    "raised, number",
    [((), signal.SIGINT), ((signal.SIGTERM,), signal.SIGTERM)],
)
@pytest.mark.parametrize(
    "steps, told",
    [
        (0, "runs/a: nothing is saved yet"),
        (
            7,
            "runs/a: saved after step 7; the same command goes on from there",
        ),
    ],
)
def test_an_interruption_says_what_is_saved(raised, number, steps, told):
    done = [0]
    with (
        pytest.raises(KeyboardInterrupt) as error,
        told_interruption(Path("runs/a"), lambda: done[0]),
    ):
        done[0] = steps
        raise KeyboardInterrupt(*raised)
    assert error.value.args == (number, told)


def test_work_without_steps_has_its_own_words():
    with (
        pytest.raises(KeyboardInterrupt) as error,
        told_interruption(Path("runs/a"), lambda: 0, "it goes on"),
    ):
        raise KeyboardInterrupt
    assert error.value.args == (signal.SIGINT, "runs/a: it goes on")
