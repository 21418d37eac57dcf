import dataclasses

import numpy as np
import pytest

from convzoo.training.football.tracking.kloppy_pitch import (
    KloppyPitch,
    is_kloppy,
    turns,
)
from tests.training.football.tracking.provider_files import (
    PITCH,
    load_by_kloppy,
)

domain = pytest.importorskip("kloppy.domain")

SYSTEMS = [
    "DATAFACTORY",
    "HAWKEYE",
    "KLOPPY",
    "METRICA",
    "OPTA",
    "PFF",
    "SECONDSPECTRUM",
    "SIGNALITY",
    "SKILLCORNER",
    "SPORTEC",
    "SPORTVU",
    "STATSBOMB",
    "TRACAB",
    "WYSCOUT",
]


def in_coordinates(dataset, provider):
    """The same dataset, labelled with another provider's coordinates."""
    system = domain.build_coordinate_system(
        domain.Provider[provider], domain.DatasetType.TRACKING, *PITCH
    )
    metadata = dataclasses.replace(dataset.metadata, coordinate_system=system)
    return dataclasses.replace(dataset, metadata=metadata)


@pytest.mark.parametrize("provider", SYSTEMS)
def test_as_kloppy_maps_each_point(provider, tmp_path):
    _, dataset = load_by_kloppy("tracab", tmp_path)
    given = in_coordinates(dataset, provider)
    ground = KloppyPitch(given)
    assert ground.size == PITCH
    size = given.metadata.coordinate_system.pitch_dimensions
    low = np.array((size.x_dim.min, size.y_dim.min))
    high = np.array((size.x_dim.max, size.y_dim.max))
    random = np.random.default_rng(0)
    # Some positions are outside the pitch.
    shares = random.uniform(-0.1, 1.1, (len(given), 2))
    places = low + shares * (high - low)
    for frame, (x, y) in zip(given.records, places, strict=True):
        frame.ball_coordinates = domain.Point(float(x), float(y))
    metres = in_coordinates(dataset, "SECONDSPECTRUM").metadata
    slowly = given.transform(to_coordinate_system=metres.coordinate_system)
    expected = [
        (frame.ball_coordinates.x, frame.ball_coordinates.y)
        for frame in slowly.records
    ]
    # kloppy's map has kinks where the pitch lines are at other positions.
    np.testing.assert_allclose(ground.to_metres(places), expected, atol=0.02)
    np.testing.assert_allclose(
        ground.from_metres(ground.to_metres(places)),
        places,
        atol=2e-4 * (high - low).max(),
    )


def test_what_is_not_known_stays_so(tmp_path):
    _, dataset = load_by_kloppy("epts", tmp_path)
    ground = KloppyPitch(dataset)
    nan = np.full((2, 3, 2), np.nan)
    assert np.isnan(ground.to_metres(nan)).all()
    assert ground.to_metres(np.zeros((0, 4, 2))).shape == (0, 4, 2)
    # Positions are clipped at one pitch length beyond the lines.
    np.testing.assert_allclose(
        ground.to_metres([1e6, -1e6]), (1.5 * PITCH[0], 1.5 * PITCH[1])
    )


def test_directions(tmp_path):
    _, dataset = load_by_kloppy("tracab", tmp_path)
    np.testing.assert_array_equal(turns(dataset), [[1.0]] * 40 + [[-1.0]] * 40)


def test_other_things_are_none_of_kloppy(tmp_path):
    _, dataset = load_by_kloppy("tracab", tmp_path)
    assert is_kloppy(dataset)
    assert is_kloppy(dataset.filter(lambda frame: frame.period.id == 1))
    assert not is_kloppy(None) and not is_kloppy(dataset.records)
