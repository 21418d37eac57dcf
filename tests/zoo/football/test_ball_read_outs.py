import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from keras import ops

from convzoo.zoo.football import ball_read_outs
from convzoo.zoo.football.ball_read_outs import Cloud
from tests.layer_checks import examples
from tests.support import numpy_of


def tensor(array):
    return ops.convert_to_tensor(array, "float32")


def read(name, points, shares, *arrays, **arguments):
    """A read-out of a single cloud."""
    function = getattr(ball_read_outs, name)
    cloud = Cloud(tensor(points), tensor(shares))
    return numpy_of(function([cloud], *map(tensor, arrays), **arguments))


def cloud(batch=3, count=40, seed=0):
    random = np.random.default_rng(seed)
    points = random.normal(0, 15, (batch, count, 2)).astype("float32")
    shares = random.dirichlet(np.full(count, 0.3), batch).astype("float32")
    return points, shares


def mean_distance(points, shares, middle):
    return shares @ np.linalg.norm(points - middle, axis=1)


def test_mean():
    points, shares = cloud()
    expected = np.stack([s @ p for p, s in zip(points, shares, strict=True)])
    found = read("mean", points, shares)
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-4)


@examples(40)
@given(st.integers(1, 30), st.integers(0, 99_999))
@pytest.mark.long
def test_no_point_has_a_lower_mean_distance_than_the_median(count, seed):
    points, shares = cloud(1, count, seed)
    middle = read("geometric_median", points, shares)[0]
    found = mean_distance(points[0], shares[0], middle)
    random = np.random.default_rng(seed)
    others = [*points[0], *(middle + random.normal(0, 3, (200, 2)))]
    least = min(mean_distance(points[0], shares[0], o) for o in others)
    assert found <= least + 0.005


@pytest.mark.parametrize("share", [0.51, 0.7, 1.0])
def test_a_point_with_more_than_half_is_the_median(share):
    points, _ = cloud(1, 5)
    shares = np.full((1, 5), (1 - share) / 4, "float32")
    shares[0, 2] = share
    found = read("geometric_median", points, shares)
    np.testing.assert_allclose(found[0], points[0, 2], atol=0.1)


def test_mode_is_the_mean_around_the_highest_cell():
    heatmap = np.zeros((2, 4, 5), "float32")
    heatmap[0, 1, 2], heatmap[0, 1, 3], heatmap[0, 3, 0] = 0.5, 0.3, 0.2
    heatmap[1, 3, 4], heatmap[1, 0, 0] = 0.6, 0.4
    x, y = np.arange(5) * 2.0 - 4, np.arange(4) * 2.0 - 3
    found = numpy_of(ball_read_outs.mode(*map(tensor, (heatmap, x, y))))
    np.testing.assert_allclose(found, [[0.75, -1], [4, 3]], atol=1e-5)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_a_radius_holds_its_share(share):
    points, shares = cloud(4, 400, 1)
    middle = read("mean", points, shares)
    found = read("radius", points, shares, middle, share=share, cell=1.0)
    for p, s, m, radius in zip(points, shares, middle, found, strict=True):
        distances = np.linalg.norm(p - m, axis=1)
        inside = s @ np.clip(radius - distances + 0.5, 0, 1)
        np.testing.assert_allclose(inside, share, atol=1e-3)
        # Each point is spread over a cell, half of it on either side.
        assert s @ (distances < radius - 0.5) <= share + 1e-4
        assert s @ (distances < radius + 0.5) >= share - 1e-4


def test_a_radius_does_not_jump():
    """Gradual growth with the far point's share, up to half a cell."""
    points = np.array([[[0, 0], [10, 0]]], "float32")
    middle = np.zeros((1, 2), "float32")
    radii = []
    for share in np.linspace(0.09, 0.11, 21):
        shares = np.array([[1 - share, share]], "float32")
        (found,) = read("radius", points, shares, middle, share=0.9, cell=2.0)
        radii.append(found)
    # The circle ends near the first point until its share is below 0.9.
    assert radii[0] < 1.1 and 9 < radii[-1] < 10
    below = [r for r in radii if r < 2]
    assert np.all(np.diff(below) > 0)


def test_all_at_one_point_is_within_half_a_cell():
    points, shares = np.ones((1, 1, 2), "float32"), np.ones((1, 1), "float32")
    middle = points[:, 0]
    found = read("radius", points, shares, middle, share=0.9, cell=2.0)
    np.testing.assert_allclose(found, 0.8, atol=1e-3)


def test_clouds_that_frames_share_are_one_distribution():
    points, shares = cloud(3, 40, 2)
    points[:, 15:] = points[:1, 15:]
    parts = [
        Cloud(tensor(points[:, :15]), tensor(shares[:, :15])),
        Cloud(tensor(points[:1, 15:]), tensor(shares[:, 15:])),
    ]
    for name in ("mean", "geometric_median"):
        found = numpy_of(getattr(ball_read_outs, name)(parts))
        expected = read(name, points, shares)
        np.testing.assert_allclose(found, expected, atol=2e-3)
    middle = np.zeros((3, 2), "float32")
    arguments = {"share": 0.5, "cell": 2.0}
    found = ball_read_outs.radius(parts, tensor(middle), **arguments)
    expected = read("radius", points, shares, middle, **arguments)
    np.testing.assert_allclose(numpy_of(found), expected, atol=1e-4)
