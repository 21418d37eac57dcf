import numpy as np
import pytest

from convzoo.training.football.block_bootstrap import block_bootstrap


def autoregressive(frames, runs, memory, seed=0):
    """Autoregressive series `(runs, frames)` of order 1 and mean 0."""
    noise = np.random.default_rng(seed).normal(size=(runs, frames + 100))
    values = np.zeros_like(noise)
    for frame in range(1, frames + 100):
        values[:, frame] = memory * values[:, frame - 1] + noise[:, frame]
    return values[:, 100:]


def test_values_alone_as_in_scipy():
    stats = pytest.importorskip("scipy.stats")
    values = np.random.default_rng(0).gamma(1.5, 4, 300)
    found = block_bootstrap(values, block=1, resamples=20000, confidence=0.9)
    expected = stats.bootstrap(
        (values,),
        np.mean,
        n_resamples=20000,
        confidence_level=0.9,
        method="percentile",
        rng=np.random.default_rng(1),
    ).confidence_interval
    # The standard error is 0.28 for the mean and 0.004 for a percentile.
    np.testing.assert_allclose(found, expected, atol=0.02)


def test_values_alone_as_in_theory():
    values = np.random.default_rng(0).normal(5, 2, 500)
    found = block_bootstrap(values, block=1, resamples=20000)
    reach = 1.96 * values.std() / np.sqrt(500)
    expected = values.mean() - reach, values.mean() + reach
    np.testing.assert_allclose(found, expected, atol=0.05 * reach)


@pytest.mark.parametrize("groups", [20, 3])
def test_blocks_as_in_loops(groups):
    """Blocks of whole groups if there are 20, else of pieces of groups."""
    random = np.random.default_rng(groups)
    group = np.sort(random.integers(groups, size=700))
    values = random.normal(group, 1)
    pieces = []
    for number in range(groups):
        of_group = values[group == number]
        parts = 1 if groups == 20 else round(len(of_group) / 50)
        pieces += np.array_split(of_group, parts)
    means = []
    for _ in range(20000):
        drawn = random.integers(len(pieces), size=len(pieces))
        means.append(np.concatenate([pieces[i] for i in drawn]).mean())
    expected = np.percentile(means, [2.5, 97.5])
    found = block_bootstrap(values, group, block=50, resamples=20000)
    reach = expected[1] - expected[0]
    np.testing.assert_allclose(found, expected, atol=0.03 * reach)


def test_groups_may_take_turns():
    values = np.random.default_rng(0).normal(size=400)
    # Within a group, values keep their temporal order.
    turns = np.arange(400).reshape(2, 200).T.reshape(-1)
    group = np.repeat([4, 9], 200)
    assert block_bootstrap(values[turns], group[turns]) == pytest.approx(
        block_bootstrap(values, group)
    )


@pytest.mark.long
def test_it_covers_the_mean_of_values_that_hang_together():
    """Coverage of about 95 % with blocks, and far less with single values."""
    series = autoregressive(2000, runs=200, memory=0.85)
    shares = {}
    for block in (1, 50):
        ends = np.array([block_bootstrap(s, block=block) for s in series])
        shares[block] = np.mean((ends[:, 0] <= 0) & (ends[:, 1] >= 0))
    assert shares[1] < 0.6
    assert 0.87 < shares[50] < 0.97


def test_more_frames_less_doubt():
    widths = [
        np.mean([np.ptp(block_bootstrap(s)) for s in series])
        for series in (
            autoregressive(frames, runs=20, memory=0.8)
            for frames in (1000, 4000)
        )
    ]
    assert widths[1] == pytest.approx(widths[0] / 2, rel=0.15)


def test_what_is_the_same_everywhere_is_sure():
    low, high = block_bootstrap(np.full(400, 3.7))
    assert low == pytest.approx(3.7) and high == pytest.approx(3.7)
    # The same holds for blocks of equal means.
    low, high = block_bootstrap(np.tile([1.0, 5.0], 200), block=40)
    assert low == pytest.approx(3) and high == pytest.approx(3)


def test_the_same_numbers_come_again():
    values = np.random.default_rng(0).normal(size=300)
    assert block_bootstrap(values) == block_bootstrap(values)
    assert block_bootstrap(values) != block_bootstrap(values, seed=1)
    low, high = block_bootstrap(values, confidence=0.5)
    assert block_bootstrap(values)[0] < low < high < block_bootstrap(values)[1]
    np.testing.assert_allclose(
        block_bootstrap(10 * values + 1),
        10 * np.array(block_bootstrap(values)) + 1,
    )


def test_where_nothing_can_be_said():
    values = np.arange(500.0)
    assert not np.isnan(block_bootstrap(values)).any()
    values[3] = np.nan
    assert np.isnan(block_bootstrap(values)).all()
    # Four blocks are too few, five are enough.
    assert np.isnan(block_bootstrap(np.arange(44.0), block=10)).all()
    assert not np.isnan(block_bootstrap(np.arange(46.0), block=10)).any()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("values", np.zeros(0)),
        ("values", np.zeros((3, 2))),
        ("group", np.zeros(4)),
        ("block", 0),
        ("block", 2.5),
        ("resamples", 0),
        ("confidence", 0),
        ("confidence", 1),
    ],
)
def test_bad_arguments_are_named(name, value):
    given = {"values": np.arange(5.0), name: value}
    with pytest.raises(ValueError, match=f"`{name}`.*Received"):
        block_bootstrap(**given)
