import tempfile
from pathlib import Path

import keras
import numpy as np
import pytest

from convzoo.training.football.tracking.read_provider import read_provider
from convzoo.training.football.tracking.read_tracking import read_tracking
from tests.training.football.tracking import provider_files

tfds = pytest.importorskip("tensorflow_datasets")
pytest.importorskip("kloppy")
if keras.config.backend() != "tensorflow":
    pytest.skip(
        "tensorflow-datasets runs on TensorFlow", allow_module_level=True
    )
from convzoo.training.football.tracking.metrica import (  # noqa: E402
    Builder,
    metrica_dataset_builder,
)

# Every fifth of 40 frames, in each half of three games.
SPLITS = {"train": 40, "test": 8}


def games():
    return {
        number: provider_files.game(25, seed=number) for number in (1, 2, 3)
    }


def write_files(folder):
    """Write three games as the files of Metrica's repository."""
    for number, game in games().items():
        inside = folder / f"data/Sample_Game_{number}"
        inside.mkdir(parents=True)
        write = provider_files.write_epts
        if number < 3:
            write = provider_files.write_metrica
        names = metrica_dataset_builder._GAMES[number]
        for path, name in zip(write(game, inside), names, strict=True):
            path.rename(folder / name)


@pytest.fixture(scope="module")
def folder():
    with tempfile.TemporaryDirectory() as name:
        write_files(Path(name))
        yield Path(name)


@pytest.fixture(scope="module")
def built(folder, tmp_path_factory):
    builder = Builder(data_dir=tmp_path_factory.mktemp("built"))
    builder.download_and_prepare(
        download_config=tfds.download.DownloadConfig(manual_dir=folder)
    )
    return builder


class TestMetrica(tfds.testing.DatasetBuilderTestCase):
    """The checks of tensorflow-datasets for a builder."""

    DATASET_CLASS = Builder
    SPLITS = SPLITS
    # No checksums of the real files are recorded.
    SKIP_CHECKSUMS = True

    @classmethod
    def setUpClass(cls):
        cls._folder = tempfile.TemporaryDirectory()
        cls.EXAMPLE_DIR = cls._folder.name
        write_files(Path(cls.EXAMPLE_DIR))
        super().setUpClass()

    @classmethod
    def tearDownClass(cls):
        super().tearDownClass()
        cls._folder.cleanup()


def test_halves_are_where_the_protocol_has_them(built):
    halves = {
        split: [
            (int(e["game"]), int(e["period"]), int(e["frame"]))
            for e in tfds.as_numpy(built.as_dataset(split=split))
        ]
        for split in SPLITS
    }
    # Frames are in their original order.
    assert halves["train"] == [
        (game, period, 8 * (period - 1) + i)
        for game, period in [(1, 1), (1, 2), (2, 1), (2, 2), (3, 1)]
        for i in range(8)
    ]
    assert halves["test"] == [(3, 2, 8 + i) for i in range(8)]


def test_frames_are_those_of_the_files(built, folder):
    frames = [
        frame
        for split in SPLITS
        for frame in tfds.as_numpy(built.as_dataset(split=split))
    ]
    for number, game in games().items():
        ours = [f for f in frames if f["game"] == number]
        ball = game.facing_right()[2][::5]
        if number == 3:
            ball *= np.array((105, 68)) / provider_files.PITCH
        np.testing.assert_allclose([f["ball"] for f in ours], ball, atol=1e-4)
        paths = [folder / n for n in metrica_dataset_builder._GAMES[number]]
        read = read_provider("metrica", paths, sample_rate=0.2)
        for name in ("players", "velocities", "team"):
            np.testing.assert_array_equal(
                [frame[name] for frame in ours], getattr(read, name)
            )
        period = np.array([frame["period"] for frame in ours])
        seconds = [frame["time"] for frame in ours] + 60_000 * period
        np.testing.assert_allclose(seconds, read.time, atol=1e-3)


def test_what_is_not_there_is_downloaded(folder, tmp_path, monkeypatch):
    asked = {}

    def download(self, urls):
        asked.update(urls)
        return {name: folder / name for name in urls}

    monkeypatch.setattr(tfds.download.DownloadManager, "download", download)
    home = "data/Sample_Game_1/Sample_Game_1_RawTrackingData_Home_Team.csv"
    manual = tmp_path / "manual"
    for config in ({}, {"manual_dir": manual}):
        asked.clear()
        builder = Builder(data_dir=tmp_path / f"built{len(config)}")
        builder.download_and_prepare(
            download_config=tfds.download.DownloadConfig(**config)
        )
        assert {s: i.num_examples for s, i in builder.info.splits.items()} == (
            SPLITS
        )
        names = {
            n
            for names in metrica_dataset_builder._GAMES.values()
            for n in names
        }
        assert set(asked) == (names - {home} if config else names)
        for name, url in asked.items():
            assert url.endswith(f"/metrica-sports/sample-data/master/{name}")
        # A browser saves the file without its folders.
        manual.mkdir(exist_ok=True)
        saved = manual / Path(home).name
        saved.write_bytes((folder / home).read_bytes())


def test_training_takes_it_by_its_name(built, monkeypatch):
    load = tfds.load

    def load_from_here(name, **arguments):
        return load(
            name, data_dir=built._data_dir_root, download=False, **arguments
        )

    monkeypatch.setattr(tfds, "load", load_from_here)
    game = read_tracking("tfds:metrica")
    assert len(game) == 48 and game.test.sum() == 8
    assert game.pitch == (105, 68) and game.players.shape == (48, 6, 2)
    assert sorted(set(game.group)) == [11000, 12000, 21000, 22000, 31000, 32000]
    assert set(game.group[game.test]) == {32000}
    third = games()[3].facing_right()[2][40::5]
    np.testing.assert_allclose(
        game.ball[game.test],
        third * np.array((105, 68)) / provider_files.PITCH,
        atol=1e-4,
    )
    smaller = read_tracking("tfds:metrica", (100.0, 60.0))
    assert smaller.pitch == (100, 60)
    np.testing.assert_allclose(
        smaller.velocities, game.velocities * (100 / 105, 60 / 68), rtol=1e-5
    )
    with pytest.raises(
        ValueError, match="^tfds:no_such_data: cannot be loaded"
    ):
        read_tracking("tfds:no_such_data")


def test_metadata_say_whose_the_data_are():
    metadata = Builder.get_metadata()
    assert "acknowledge the source" in metadata.description
    assert "Metrica Sports" in metadata.citation
    assert "content.data-type.tracking" in metadata.tags
