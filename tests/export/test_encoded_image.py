import io
import os

import numpy as np
import pytest
from PIL import Image

from convzoo.export.encoded_image import encoded_image
from tests.support import photograph


def test_files_bytes_and_arrays_are_encoded(tmp_path):
    (tmp_path / "a").write_bytes(b"content")
    assert encoded_image(tmp_path / "a") == b"content"
    assert encoded_image(b"content") == b"content"
    for pixels in (photograph(5, 4), photograph(5, 4)[:, :, 0]):
        found = np.asarray(Image.open(io.BytesIO(encoded_image(pixels))))
        np.testing.assert_array_equal(found, pixels)


@pytest.mark.parametrize(
    "array",
    [
        *(np.zeros((2, 3)), np.zeros((2, 3, 4), "uint8")),
        *(np.zeros(3, "uint8"), np.zeros((0, 3), "uint8")),
    ],
)
def test_another_array_is_refused(array):
    with pytest.raises(ValueError, match="An image must"):
        encoded_image(array)


def test_what_is_no_file_is_refused(tmp_path):
    """A pipe would be read for ever."""
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path, tmp_path / "pipe"):
        with pytest.raises(ValueError, match=f"{path}: is not a file"):
            encoded_image(path)
    with pytest.raises(ValueError, match="no: cannot be read"):
        encoded_image(tmp_path / "no")
