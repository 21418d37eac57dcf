import warnings

import pytest

from convzoo.export.serving_files import write_serving_files


def model(folder, name):
    path = folder / name / "1"
    path.mkdir(parents=True)
    (path / "saved_model.pb").touch()


def names(folder):
    text = (folder / "models.config").read_text()
    return [line.split('"')[1] for line in text.splitlines() if "name:" in line]


def test_all_models_are_named(tmp_path):
    model(tmp_path, "b")
    write_serving_files(tmp_path)
    assert names(tmp_path) == ["b"]
    model(tmp_path, "a")
    (tmp_path / "c" / "1").mkdir(parents=True)
    write_serving_files(tmp_path)
    assert names(tmp_path) == ["a", "b"]
    assert sorted(p.name for p in tmp_path.iterdir() if p.is_file()) == [
        "batching_parameters.txt",
        "compose.yaml",
        "models.config",
        "monitoring.config",
    ]


def test_two_versions_are_one_model(tmp_path):
    model(tmp_path, "a")
    (tmp_path / "a" / "2").mkdir()
    (tmp_path / "a" / "2" / "saved_model.pb").touch()
    write_serving_files(tmp_path)
    assert names(tmp_path) == ["a"]


def test_what_somebody_changed_stays(tmp_path):
    model(tmp_path, "a")
    write_serving_files(tmp_path)
    for path in tmp_path.glob("*.*"):
        path.write_text(path.read_text() + "# mine\n")
    model(tmp_path, "b")
    with pytest.warns(UserWarning, match=r"models.config was .*\['a', 'b'\]"):
        write_serving_files(tmp_path)
    for path in tmp_path.glob("*.*"):
        assert path.read_text().endswith("# mine\n")


def test_tf_serving_reads_the_models(tmp_path):
    """Parse the file with TF Serving's own message definition."""
    text_format = pytest.importorskip("google.protobuf.text_format")
    types = pytest.importorskip(
        "tensorflow_serving.config.model_server_config_pb2"
    )
    model(tmp_path, "a")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        write_serving_files(tmp_path)
    found = text_format.Parse(
        (tmp_path / "models.config").read_text(),
        types.ModelServerConfig(),
    )
    (only,) = found.model_config_list.config
    assert (only.name, only.base_path) == ("a", "/models/a")
