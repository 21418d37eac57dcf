import json
import math

import pytest

from convzoo.training.run_log import best_entry, is_stale, write_log


def log_of(*scores):
    return [{"epoch": i, "psnr": score} for i, score in enumerate(scores)]


@pytest.mark.parametrize(
    "score, scores, epoch",
    [
        ("psnr", (1, 3, 2), 1),
        ("-psnr", (1, 3, 2), 0),
        # The last one of equals; NaN is worse than anything.
        ("psnr", (3, 1, 3), 2),
        ("psnr", (math.nan, 1, math.nan), 1),
        ("-psnr", (math.nan, 1, math.nan), 1),
    ],
)
def test_the_best_epoch(score, scores, epoch):
    assert best_entry(log_of(*scores), score)["epoch"] == epoch


def test_patience_counts_from_the_first_best_epoch():
    assert not is_stale([], "psnr", 1) and best_entry([], "psnr") is None
    assert not is_stale(log_of(3, 2, 3), "psnr", None)
    assert is_stale(log_of(3, 2, 3), "psnr", 2)
    assert not is_stale(log_of(3, 2, 3), "psnr", 3)
    assert not is_stale(log_of(3, 2, 4), "psnr", 1)


def test_a_log_is_one_line_per_epoch(tmp_path):
    write_log(tmp_path, [])
    assert not list(tmp_path.iterdir())
    log = log_of(1.5, 2.0)
    write_log(tmp_path, log)
    lines = (tmp_path / "log.jsonl").read_text().splitlines()
    assert [json.loads(line) for line in lines] == log
