from pathlib import Path

import pytest

from convzoo.training.football.tracking.provider_files import provider_files


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("metrica:a.csv,b.csv", ("metrica", ["a.csv", "b.csv"])),
        ("Metrica: a.csv, b c.csv ", ("metrica", ["a.csv", "b c.csv"])),
        (
            "SKILLCORNER:a.json,\tb.jsonl",
            ("skillcorner", ["a.json", "b.jsonl"]),
        ),
        # A drive, a dataset and a path.
        ("C:a.csv", ("", [])),
        ("tfds:metrica", ("", [])),
        ("a.csv", ("", [])),
    ],
)
def test_providers_and_files(path, expected):
    assert provider_files(path) == expected


def test_files_may_have_such_names(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("Metrica:a.csv", " b.csv"):
        Path(name).touch()
    assert provider_files("Metrica:a.csv") == ("", [])
    assert provider_files("metrica:c.csv, b.csv")[1] == ["c.csv", " b.csv"]
