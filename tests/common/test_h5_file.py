import h5py
import numpy as np
import pytest

from convzoo.common.h5_file import check_h5_file


def file_of(folder, write):
    path = folder / "file.h5"
    with h5py.File(path, "w") as file:
        file["layer/w"] = np.zeros(100, "float32")
        write(file)
    return path


def test_size_of_all_arrays(tmp_path):
    path = file_of(tmp_path, lambda file: file.create_dataset("b", (50,), "f8"))
    check_h5_file(path, 800)
    with pytest.raises(ValueError, match="more than 799 bytes"):
        check_h5_file(path, 799)


def huge_array(file):
    file.create_dataset("b", (2**40,), "f4", chunks=(1024,), compression="gzip")


def external_array(file):
    file.create_dataset("b", (4,), "f4", external=[("/etc/passwd", 0, 16)])


def virtual_array(file):
    layout = h5py.VirtualLayout((100,), "f4")
    layout[:] = h5py.VirtualSource("other.h5", "w", (100,))
    file.create_virtual_dataset("b", layout)


def soft_link(file):
    file["b"] = h5py.SoftLink("/layer/w")


def external_link(file):
    file["b"] = h5py.ExternalLink("other.h5", "/")


def circle(file):
    file["layer/b"] = file["layer"]


def array_twice(file):
    file["b"] = file["layer/w"]


@pytest.mark.parametrize(
    "write",
    [
        huge_array,
        external_array,
        virtual_array,
        soft_link,
        external_link,
        circle,
        array_twice,
    ],
)
def test_hostile_file(write, tmp_path):
    with pytest.raises(ValueError, match="is a link|other files|more than"):
        check_h5_file(file_of(tmp_path, write), 10_000)
