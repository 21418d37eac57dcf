import zipfile

import h5py
import keras
import numpy as np
import pytest

from convzoo.common.keras_weights import check_keras_weights


@pytest.fixture(scope="module")
def model():
    model = keras.Sequential([keras.Input((8,)), keras.layers.Dense(512)])
    model.compile("adam", "mse")
    model.optimizer.build(model.trainable_variables)
    return model


def test_what_keras_writes_is_as_large_as_its_file(model, tmp_path):
    model.save_weights(tmp_path / "mine.weights.h5")
    model.save(tmp_path / "mine.keras")
    for path in tmp_path.iterdir():
        check_keras_weights(path, path.stat().st_size)
        with pytest.raises(ValueError, match="more than"):
            check_keras_weights(path, 9 * 512 * 4 - 1)


def h5_of(path, shape):
    with h5py.File(path, "w") as file:
        file.create_dataset("w", shape, "f4", chunks=(1000,), compression=9)


def archive_of(path, members, compression=zipfile.ZIP_STORED):
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, content in members.items():
            archive.writestr(name, content)


def test_compressed_arrays_are_found(tmp_path):
    h5 = tmp_path / "mine.weights.h5"
    h5_of(h5, (10**9,))
    assert h5.stat().st_size < 10_000
    with pytest.raises(ValueError, match="more than 1000000 bytes"):
        check_keras_weights(h5, 10**6)
    archive = tmp_path / "mine.keras"
    archive_of(archive, {"model.weights.h5": h5.read_bytes()})
    with pytest.raises(ValueError, match="more than 1000000 bytes"):
        check_keras_weights(archive, 10**6)


def test_compressed_members_are_found(tmp_path):
    path = tmp_path / "mine.keras"
    members = {"model.weights.h5": b"", "assets/x": bytes(10**7)}
    archive_of(path, members, zipfile.ZIP_DEFLATED)
    with pytest.raises(ValueError, match="inflates to 10000000 bytes"):
        check_keras_weights(path, 10**6)


def test_a_file_of_both_formats_is_read_as_keras_does(tmp_path):
    # An archive behind an HDF5 file is one for `zipfile`, by its end.
    h5 = tmp_path / "mine.weights.h5"
    h5_of(h5, (10**9,))
    archive = tmp_path / "small.keras"
    with h5py.File(tmp_path / "small.h5", "w") as file:
        file["w"] = np.zeros(3)
    small = (tmp_path / "small.h5").read_bytes()
    archive_of(archive, {"model.weights.h5": small})
    both = h5.read_bytes() + archive.read_bytes()
    h5.write_bytes(both)
    assert zipfile.is_zipfile(h5)
    with pytest.raises(ValueError, match="more than 1000000 bytes"):
        check_keras_weights(h5, 10**6)
