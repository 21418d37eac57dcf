import numpy as np

from convzoo.training.football.hidden_balls import hidden_balls


def drawn(count=300, frames=200, rate=5.0):
    random = np.random.default_rng(0)
    return np.stack([hidden_balls(random, frames, rate) for _ in range(count)])


def test_all_kinds_are_drawn():
    masks = drawn()
    share = masks.mean(axis=1)
    assert masks.dtype == bool
    # No ball, single balls, and play with holes.
    assert 0.3 < (share == 1).mean() < 0.55
    assert ((share > 0.6) & (share < 1)).any() and (share < 0.4).any()


def test_holes_have_the_lengths_of_the_rate():
    """At ten times the rate, holes have ten times the frames."""

    def longest(rate, frames):
        return np.median(
            [
                max(np.diff(np.flatnonzero(~mask)).max(initial=1), 1)
                for mask in drawn(frames=frames, rate=rate)
                if (~mask).sum() > 2
            ]
        )

    assert 5 < longest(50.0, 2000) / longest(5.0, 200) < 20


def test_one_frame():
    assert drawn(20, 1).shape == (20, 1)
