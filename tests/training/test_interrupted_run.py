"""Runs that stop within an epoch, end between epochs, or go on later."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

import convzoo
from tests.training.runs import (
    LENGTH,
    assert_same,
    network,
    run_of,
    state_of,
    trained,
)


class Stop(Exception):
    pass


def stopping_at(*steps):
    def called(step):
        if step in steps:
            raise Stop

    return called


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs") / "whole"
    trained(folder)
    return folder


@pytest.mark.parametrize("step", [1, 5, 14])
def test_a_run_saved_within_an_epoch_ends_as_if_it_had_not_stopped(
    step, whole, tmp_path
):
    folder = tmp_path / "run"
    # Saved after each step, and stopped before the epoch's end is saved.
    with pytest.raises(Stop):
        trained(folder, called=stopping_at(step), save_minutes=1e-9)
    saved = int(state_of(folder)["step"])
    assert saved == (step % LENGTH or LENGTH - 1)
    trained(folder)
    assert_same(whole, folder)


@pytest.mark.long
def test_a_run_may_stop_at_each_step(whole, tmp_path):
    folder = tmp_path / "run"
    for step in range(1, 15):
        if step % LENGTH:
            with pytest.raises(Stop):
                trained(folder, called=stopping_at(step), save_minutes=1e-9)
    trained(folder)
    assert_same(whole, folder)


def test_without_a_save_within_the_epoch_the_epoch_is_repeated(whole, tmp_path):
    folder = tmp_path / "run"
    with pytest.raises(Stop):
        trained(folder, called=stopping_at(8))
    assert "step" in state_of(folder) and int(state_of(folder)["step"]) == 0
    trained(folder)
    assert_same(whole, folder)


def test_nothing_is_claimed_before_the_first_save(tmp_path):
    folder = tmp_path / "run"
    with pytest.raises(Stop):
        trained(folder, called=stopping_at(3))
    assert not folder.exists()
    # The folder is free for another run.
    trained(folder, steps=10)


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
def test_a_signal_waits_for_the_step_and_saves(name, whole, tmp_path):
    folder, number = tmp_path / "run", getattr(signal, name)

    def called(step):
        if step == 7:
            signal.raise_signal(number)

    def interrupt(number, frame):
        raise KeyboardInterrupt(number)

    before = signal.signal(number, interrupt)
    try:
        with pytest.raises(KeyboardInterrupt) as error:
            trained(folder, called=called)
        assert signal.getsignal(number) is interrupt
    finally:
        signal.signal(number, before)
    assert error.value.args[0] == number
    # The callback that sends it is called after the run: one step later.
    assert f"{folder}: saved after step 8" in error.value.args[1]
    assert not list(folder.glob(".*"))
    trained(folder)
    assert_same(whole, folder)


def test_the_second_signal_stops_at_once(tmp_path):
    folder = tmp_path / "run"
    # Jobs in the background of a script ignore it.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)

    def called(step):
        if step == 7:
            # In this thread: two that are sent at once can become one.
            signal.raise_signal(signal.SIGINT)
            signal.raise_signal(signal.SIGINT)
            pytest.fail("went on")

    try:
        with pytest.raises(KeyboardInterrupt) as error:
            trained(folder, called=called)
    finally:
        signal.signal(signal.SIGINT, before)
    assert "saved after step 5" in error.value.args[1]


def test_a_signal_before_the_first_save_says_so(tmp_path):
    folder = tmp_path / "run"

    def interrupted(step):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt) as error:
        trained(folder, called=interrupted)
    assert error.value.args == (
        signal.SIGINT,
        f"{folder}: nothing is saved yet",
    )
    assert not folder.exists()


def test_the_last_epoch_may_be_shorter(tmp_path):
    run = trained(tmp_path / "run", steps=12)
    assert run.epochs_done == 3 and run.steps_done == 12
    assert trained(tmp_path / "small", steps=2).epochs_done == 1
    again = tmp_path / "again"
    with pytest.raises(Stop):
        trained(again, 12, stopping_at(11), save_minutes=1e-9)
    trained(again, 12)
    assert_same(run.folder, again)


def test_extending_goes_on_with_the_rate_of_the_longer_run(tmp_path):
    folder = tmp_path / "run"
    trained(folder, steps=10)
    first = state_of(folder)
    with pytest.raises(ValueError, match="steps=10; pass `extend` to train on"):
        run_of(folder, steps=15)
    rates = []
    run = run_of(folder, 15, extend=True)
    model = network(15)
    from tests.training.runs import At, Numbers

    run.train(
        model,
        Numbers(),
        15,
        0,
        [At(lambda step: rates.append(float(model.optimizer.learning_rate)))],
    )
    # Cosine decay to 0, of 15 steps from the first.
    expected = 0.1 * (1 + np.cos(np.pi * np.arange(11, 16) / 15)) / 2
    np.testing.assert_allclose(rates, expected, atol=1e-7)
    assert run.epochs_done == 3
    # The longer run is one run from now on, and the shorter one is refused.
    run_of(folder, steps=15)
    with pytest.raises(ValueError, match="holds a run with steps=15"):
        run_of(folder, steps=10, extend=True)
    # The same as `fit` from the state at step 10.
    model = network(15)
    variables = [*model.variables, *model.optimizer.variables]
    values = [first[f"{i:04}"] for i in range(len(variables))]
    for variable, value in zip(variables, values, strict=True):
        variable.assign(value)
    data = Numbers()
    data.epoch = 2
    for index in range(LENGTH):
        model.train_on_batch(*data[index])
    last = state_of(folder)
    for i, variable in enumerate(variables):
        np.testing.assert_allclose(
            np.array(variable), last[f"{i:04}"], rtol=1e-5, atol=1e-6
        )


def test_a_run_that_ended_by_patience_goes_on_with_more(tmp_path):
    arguments = {"validate": lambda model: {"score": 0.0}, "score": "score"}
    from convzoo.training import Run
    from tests.training.runs import Numbers

    for patience, epochs in ((1, 2), (2, 3)):
        run = Run(
            tmp_path,
            {"patience": patience},
            patience=patience,
            extend=True,
            **arguments,
        )
        run.train(network(), Numbers(), 25, 0)
        assert run.epochs_done == epochs


def test_two_processes_do_not_train_in_one_folder(tmp_path):
    folder = tmp_path / "run"

    def other(step):
        if step == 2:
            with pytest.raises(ValueError, match="in use by another process"):
                trained(folder)

    trained(folder, called=other)
    assert not (folder / ".lock").exists()


_KILLED = """
import sys, time
from pathlib import Path
from convzoo.common.folder_lock import locked
with locked(Path(sys.argv[1])):
    print(flush=True)
    time.sleep(60)
"""


def test_a_lock_ends_with_its_process(tmp_path):
    path = os.pathsep.join([str(Path(convzoo.__file__).parents[1]), *sys.path])
    holder = subprocess.Popen(
        [sys.executable, "-c", _KILLED, str(tmp_path)],
        env={**os.environ, "PYTHONPATH": path},
        stdout=subprocess.PIPE,
    )
    try:
        holder.stdout.readline()
        with pytest.raises(ValueError, match="in use by another process"):
            trained(tmp_path)
    finally:
        holder.kill()
        holder.communicate()
    assert (tmp_path / ".lock").exists()
    started = time.monotonic()
    trained(tmp_path, steps=5)
    assert time.monotonic() - started < 60
    assert not (tmp_path / ".lock").exists()


def test_what_a_kill_left_is_removed_at_the_next_start(tmp_path):
    trained(tmp_path, steps=5)
    (tmp_path / ".writing-1.npz").write_text("half")
    (tmp_path / ".writing-best-x" / "new").mkdir(parents=True)
    trained(tmp_path, steps=5)
    assert not list(tmp_path.glob(".*"))


def test_a_log_that_was_lost_is_written_again(tmp_path):
    trained(tmp_path, steps=10)
    text = (tmp_path / "log.jsonl").read_text()
    for damaged in ("", text[:20], "\xff"):
        (tmp_path / "log.jsonl").write_text(damaged, "latin-1")
        trained(tmp_path, steps=10)
        assert (tmp_path / "log.jsonl").read_text() == text
