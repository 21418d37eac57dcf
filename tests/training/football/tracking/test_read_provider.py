import sys

import numpy as np
import pytest

from convzoo.training.football.tracking.kloppy_tracking import kloppy_tracking
from convzoo.training.football.tracking.read_provider import (
    PROVIDERS,
    read_provider,
)
from tests.training.football.tracking import provider_files

WRITERS = {
    "metrica": provider_files.write_metrica,
    "epts": provider_files.write_epts,
    "tracab": provider_files.write_tracab,
    "skillcorner": provider_files.write_skillcorner,
}


def written(name, folder):
    """A game, its provider and the paths of its files."""
    game = provider_files.game(10 if name == "skillcorner" else 25)
    provider = "metrica" if name == "epts" else name
    return game, provider, WRITERS[name](game, folder)


@pytest.mark.parametrize("name", sorted(WRITERS))
def test_games_are_scaled_to_the_pitch(name, tmp_path):
    pytest.importorskip("kloppy")
    game, provider, paths = written(name, tmp_path)
    size = (105, 68) if name == "metrica" else provider_files.PITCH
    for pitch, to in (
        ((105.0, 68.0), (105, 68)),
        ([100, 60], (100, 60)),
        (None, size),
    ):
        found = read_provider(provider, map(str, paths), pitch)
        assert found.pitch == to and len(found) == 80
        ball = game.facing_right()[2] * np.array(to) / size
        np.testing.assert_allclose(found.ball, ball, atol=0.006)
        assert np.nanmax(np.abs(found.velocities)) < 9


@pytest.mark.parametrize("name", sorted(WRITERS))
def test_a_share_and_the_first_frames(name, tmp_path):
    pytest.importorskip("kloppy")
    _, provider, paths = written(name, tmp_path)
    every = read_provider(provider, paths)
    first = read_provider(provider, paths, limit=30)
    np.testing.assert_array_equal(first.ball, every.ball[:30])
    fifth = read_provider(provider, paths, sample_rate=0.2)
    np.testing.assert_array_equal(fifth.ball, every.ball[::5])
    both = read_provider(provider, paths, sample_rate=0.2, limit=3)
    np.testing.assert_array_equal(both.ball, every.ball[:15:5])


# Files that some releases of kloppy include.
EXAMPLES = {
    "metrica": ("epts_metrica_metadata.xml", "epts_metrica_tracking.txt"),
    "pff": (
        "pff_metadata_3812.json",
        "pff_rosters_3812.json",
        "pff_3812.jsonl",
    ),
    "secondspectrum": (
        "second_spectrum_fake_metadata.xml",
        "second_spectrum_fake_data.jsonl",
    ),
    "signality": (
        "signality_meta_data.json",
        "signality_venue_information.json",
        "signality_p1_raw_data_subset.json",
        "signality_p2_raw_data_subset.json",
    ),
    "sportec": ("sportec_meta.xml", "sportec_positional_w_referee.xml"),
    "statsperform": (
        "statsperform_tracking_ma1.json",
        "statsperform_tracking_ma25.txt",
    ),
    "tracab": ("tracab_meta.json", "tracab_raw.json"),
}


@pytest.mark.parametrize("provider", sorted(EXAMPLES))
def test_files_of_kloppy(provider, monkeypatch):
    """Equality with kloppy's own conversion of each point."""
    kloppy = pytest.importorskip("kloppy")
    folder = f"{kloppy.__path__[0]}/tests/files"
    paths = [f"{folder}/{name}" for name in EXAMPLES[provider]]
    try:
        open(paths[0]).close()
    except FileNotFoundError:
        pytest.skip("this release of kloppy comes without its tests")
    found = read_provider(provider, paths, pitch=None)
    # With a coordinate system, kloppy's loaders convert each point.
    monkeypatch.setattr(
        sys.modules[read_provider.__module__],
        "_COORDINATES",
        dict.fromkeys(PROVIDERS, "secondspectrum"),
    )
    slowly = read_provider(provider, paths, pitch=None)
    assert found.pitch == slowly.pitch and found.players.shape[1] <= 22
    for name in ("players", "velocities", "ball"):
        np.testing.assert_allclose(
            getattr(found, name), getattr(slowly, name), atol=1e-3
        )
    np.testing.assert_array_equal(found.team, slowly.team)


def test_every_provider_is_known_to_kloppy():
    pytest.importorskip("kloppy")
    for provider in PROVIDERS:
        __import__(f"kloppy.{provider}")


def test_bad_arguments(tmp_path):
    paths = [tmp_path / "a.json", tmp_path / "b.json"]
    with pytest.raises(ValueError, match="`provider` must.*, tracab.*'opta'"):
        read_provider("opta", paths)
    with pytest.raises(ValueError, match="`paths` of pff must be META, ROSTER"):
        read_provider("pff", paths)
    with pytest.raises(ValueError, match="META, VENUE, DATA. Received.*a.json"):
        read_provider("signality", paths)
    with pytest.raises(ValueError, match=r"a\.json: there is no such file"):
        read_provider("tracab", paths)
    for path in paths:
        path.write_text("no game")
    for name, value in (
        ("sample_rate", 0),
        ("sample_rate", 0.3),
        ("sample_rate", 2),
        ("limit", 0),
        ("limit", 2.5),
        ("pitch", 105),
    ):
        with pytest.raises(ValueError, match=f"`{name}`.*Received.*{value}"):
            read_provider("tracab", paths, **{name: value})


@pytest.mark.parametrize("provider", ["metrica", "skillcorner", "tracab"])
@pytest.mark.parametrize("text", ["", "no game", "<main>", '{"data": []}'])
def test_files_that_kloppy_cannot_read_are_named(provider, text, tmp_path):
    pytest.importorskip("kloppy")
    paths = [tmp_path / "a.json", tmp_path / "b.json"]
    for path in paths:
        path.write_text(text)
    with pytest.raises(ValueError) as caught:
        read_provider(provider, paths)
    message = str(caught.value)
    assert message.startswith(f"{provider}:{paths[0]},{paths[1]}: ")
    assert "\n" not in message


def test_a_game_without_players_is_named(tmp_path):
    pytest.importorskip("kloppy")
    game = provider_files.game()
    paths = provider_files.write_epts(
        game._replace(players=np.full_like(game.players, np.nan)), tmp_path
    )
    with pytest.raises(ValueError, match=r"frames.txt: `players` must"):
        read_provider("metrica", paths)


def test_without_kloppy_it_says_what_to_install(tmp_path, monkeypatch):
    _, provider, paths = written("tracab", tmp_path)
    monkeypatch.setitem(sys.modules, "kloppy", None)
    monkeypatch.setitem(sys.modules, "kloppy.tracab", None)
    with pytest.raises(ValueError, match=r"pip install convzoo\[football\]"):
        read_provider(provider, paths)
    monkeypatch.delitem(sys.modules, "kloppy.domain", raising=False)
    with pytest.raises(ValueError, match="`dataset` must be a TrackingDataset"):
        kloppy_tracking(None)
