"""Threads that take turns: one computes, bytes are limited, all stop."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from convzoo.common.turns import Turns


def together(turns, work, number=4):
    """Run `work(turns, index)` in threads, and return its results."""
    with ThreadPoolExecutor(number) as pool:
        futures = [pool.submit(work, turns, i) for i in range(number)]
        return [future.result(10) for future in futures]


def test_one_thread_computes_at_a_time():
    running, most = [], []

    def items(index):
        for step in range(3):
            running.append(index)
            most.append(len(running))
            time.sleep(0.002)
            running.remove(index)
            yield index, step

    results = together(Turns(), lambda turns, i: list(turns.each(items(i))))
    assert results == [[(i, step) for step in range(3)] for i in range(4)]
    assert len(most) == 12 and max(most) == 1


@pytest.mark.parametrize(
    "limit, nbytes, most", [(100, 40, 80), (100, 300, 300), (0, 1, 1)]
)
def test_threads_together_hold_no_more_than_the_limit(limit, nbytes, most):
    """One that is alone may hold more, so that none waits for ever."""
    held, sums, lock = [], [], threading.Lock()

    def work(turns, index):
        with turns.room(nbytes):
            with lock:
                held.append(nbytes)
                sums.append(sum(held))
            time.sleep(0.005)
            with lock:
                held.remove(nbytes)

    together(Turns(limit), work)
    assert len(sums) == 4 and max(sums) <= most


def test_an_error_gives_the_turn_and_the_room_back():
    turns = Turns(10)

    def fails():
        yield 1
        raise KeyError("x")

    with pytest.raises(KeyError), turns.room(10):
        list(turns.each(fails()))
    with turns.room(10):
        assert list(turns.each(iter("ab"))) == ["a", "b"]


def test_all_stop_while_they_wait():
    turns, started = Turns(10), threading.Event()

    def work(turns, index):
        if index == 0:
            with turns.room(10):
                started.set()
                while True:
                    turns.check()
                    time.sleep(0.001)
        started.wait(10)
        with turns.room(10):
            raise AssertionError("there was no room")

    with ThreadPoolExecutor(3) as pool:
        futures = [pool.submit(work, turns, index) for index in range(3)]
        started.wait(10)
        turns.stop()
        for future in futures:
            with pytest.raises(KeyboardInterrupt):
                future.result(10)
    with pytest.raises(KeyboardInterrupt):
        next(turns.each(iter([1])))
