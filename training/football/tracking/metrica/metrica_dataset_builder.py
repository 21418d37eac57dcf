"""Builder of the dataset `metrica` from the files of Metrica Sports."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow_datasets as tfds

from convzoo.training.football.tracking.read_provider import read_provider

_HOMEPAGE = "https://github.com/metrica-sports/sample-data"
_URL = "https://raw.githubusercontent.com/metrica-sports/sample-data/master/"
# The two files of each game in the repository, in the order of kloppy.
_GAMES = {
    1: (
        "data/Sample_Game_1/Sample_Game_1_RawTrackingData_Home_Team.csv",
        "data/Sample_Game_1/Sample_Game_1_RawTrackingData_Away_Team.csv",
    ),
    2: (
        "data/Sample_Game_2/Sample_Game_2_RawTrackingData_Home_Team.csv",
        "data/Sample_Game_2/Sample_Game_2_RawTrackingData_Away_Team.csv",
    ),
    3: (
        "data/Sample_Game_3/Sample_Game_3_metadata.xml",
        "data/Sample_Game_3/Sample_Game_3_tracking.txt",
    ),
}
# Games and halves. Published distances on these games use the second half of
# the third game as the test set.
_SPLITS = {
    "train": [(1, 1), (1, 2), (2, 1), (2, 2), (3, 1)],
    "test": [(3, 2)],
}
# Of 25 frames per second; consecutive frames are redundant.
_SAMPLE_RATE = 0.2


class Builder(tfds.core.GeneratorBasedBuilder):
    """Three anonymous games at five frames per second; see README.md."""

    # The default locations follow from the module name and do not exist in a
    # checkout.
    code_path = Path(__file__)
    pkg_dir_path = code_path.parent
    VERSION = tfds.core.Version("1.0.0")
    RELEASE_NOTES = {"1.0.0": "First release."}
    MANUAL_DOWNLOAD_INSTRUCTIONS = """
    No manual download is needed. Files in the `manual_dir` are used instead of
    downloads, under their names or their paths in the repository
    https://github.com/metrica-sports/sample-data.
    """

    def _info(self) -> tfds.core.DatasetInfo:
        return self.dataset_info_from_configs(
            features=tfds.features.FeaturesDict(
                {
                    "players": _tensor(
                        (None, 2),
                        "Metres from the centre spot, x along the length; NaN "
                        "for a free column. A player keeps a column while "
                        "visible. Home plays to the right.",
                    ),
                    "velocities": _tensor(
                        (None, 2), "Metres per second; NaN where unknown."
                    ),
                    "team": _tensor((None,), "0 home, 1 away.", np.int64),
                    "ball": _tensor((2,), "Metres; NaN where missing."),
                    "game": _tensor((), "1, 2 or 3.", np.int64),
                    "period": _tensor((), "1 or 2.", np.int64),
                    "time": _tensor(
                        (), "Seconds from the start of the period."
                    ),
                    "frame": _tensor(
                        (), "Index in the game, from 0.", np.int64
                    ),
                }
            ),
            homepage=_HOMEPAGE,
            disable_shuffling=True,
        )

    def _split_generators(
        self, dl_manager: tfds.download.DownloadManager
    ) -> dict[str, Iterator[tuple[int, dict[str, Any]]]]:
        files = _files(dl_manager)
        return {
            split: self._generate_examples(files, halves)
            for split, halves in _SPLITS.items()
        }

    def _generate_examples(
        self, files: dict[str, Path], halves: Sequence[tuple[int, int]]
    ) -> Iterator[tuple[int, dict[str, Any]]]:
        for game in sorted({game for game, _ in halves}):
            paths = [files[name] for name in _GAMES[game]]
            frames = read_provider("metrica", paths, sample_rate=_SAMPLE_RATE)
            moments = zip(frames.period, frames.clock, strict=True)
            for index, (period, second) in enumerate(moments):
                if (game, period) in halves:
                    yield (
                        game * 10**6 + index,
                        {
                            "players": frames.players[index],
                            "velocities": frames.velocities[index],
                            "team": frames.team[index].astype(np.int64),
                            "ball": frames.ball[index],
                            "game": game,
                            "period": int(period),
                            "time": np.float32(second),
                            "frame": index,
                        },
                    )


def _tensor(
    shape: tuple[int | None, ...], doc: str, dtype: Any = np.float32
) -> tfds.features.Tensor:
    return tfds.features.Tensor(shape=shape, dtype=dtype, doc=doc)


def _files(dl_manager: tfds.download.DownloadManager) -> dict[str, Path]:
    """Paths of all files, in the `manual_dir` or downloaded."""
    names = [name for names in _GAMES.values() for name in names]
    found = {}
    try:
        folder = dl_manager.manual_dir
    # The folder is missing or empty.
    except AssertionError:
        folder = None
    for name in names if folder else []:
        for path in (folder / name, folder / name.rsplit("/", 1)[1]):
            if path.exists():
                found[name] = path
    missing = [name for name in names if name not in found]
    if missing:
        found |= dl_manager.download({name: _URL + name for name in missing})
    return found
