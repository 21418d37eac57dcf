"""Files at the same time, without a network."""

import functools
import os
import signal
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from convzoo.upscale_batch import upscale_batch
from convzoo.zoo.images.image_file import ImageFile
from convzoo.zoo.images.writing.write_image import write_image
from convzoo.zoo.super_resolution.upscale_files import upscale_file
from tests.support import photograph


def plan_of(*names):
    return [(Path(name), Path(f"{name}_x2")) for name in names]


def test_files_overlap_and_names_come_in_order(capfd):
    second, done = threading.Event(), []

    def work(source, target, progress, turns):
        if source.name == "a":
            # The first waits for what the second does.
            assert second.wait(10)
        if source.name == "b":
            second.set()
        progress(1, 1)
        done.append(source.name)
        return 1000, 2000

    assert upscale_batch(plan_of("a", "b", "c"), work) == []
    out, error = capfd.readouterr()
    assert out.split() == ["a_x2", "b_x2", "c_x2"]
    assert sorted(done) == ["a", "b", "c"]
    assert error.startswith("convzoo: 3 files, 6.0 megapixels in ")


def test_names_that_differ_in_case_are_taken_one_after_the_other(capfd):
    running = []

    def work(source, target, progress, turns):
        running.append(source)
        assert len(running) == 1
        running.remove(source)
        return 1, 1

    assert upscale_batch(plan_of("A", "b", "a"), work) == []
    assert capfd.readouterr().out.split() == ["A_x2", "b_x2", "a_x2"]


def test_errors_are_those_of_their_files(capfd):
    def work(source, target, progress, turns):
        if source.name == "b":
            raise ValueError("b: is bad")
        if source.name == "c":
            raise KeyError("x")
        return 1, 1

    failures = upscale_batch(plan_of("a", "b", "c", "d"), work)
    assert list(map(str, failures)) == [
        "b: is bad",
        "c: cannot be upscaled (KeyError: 'x')",
    ]
    out, error = capfd.readouterr()
    assert out.split() == ["a_x2", "d_x2"]
    assert error.startswith("convzoo: 2 of 4 files, ")


class Slow:
    """Sends a signal while it is at work, which takes long."""

    scale, bytes_per_pixel, receptive_radius = 2, 0, 0

    def __init__(self):
        self.has_sent = False

    def upscale_strips(self, rows, shape, *_):
        for row in range(2 * shape[0]):
            yield np.zeros((1, 2 * shape[1], 3), "uint8")
            if row > 3 and not self.has_sent:
                self.has_sent = True
                os.kill(os.getpid(), signal.SIGINT)
            time.sleep(0.01)


@pytest.fixture
def interruptible():
    """Receive SIGINT, which is ignored in a background job."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("interruptible")
@pytest.mark.parametrize("number", [1, 5])
def test_a_signal_ends_all_files_and_leaves_none(number, tmp_path):
    sources = [tmp_path / f"{index}.png" for index in range(number)]
    for path in sources:
        write_image(path, ImageFile(photograph(300, 4)))
    plan = [(path, tmp_path / "out" / path.name) for path in sources]

    work = functools.partial(upscale_file, Slow())
    with pytest.raises(KeyboardInterrupt):
        upscale_batch(plan, work)
    assert list((tmp_path / "out").iterdir()) == []
