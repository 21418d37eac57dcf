"""Reader for the files of weights of other packages."""

import zipfile
from collections.abc import Callable

import numpy as np

from convzoo.common.regular_file import regular_size
from convzoo.common.types import PathLike
from convzoo.losses.npz_file import read_npz_file
from convzoo.losses.safetensors_file import read_safetensors_file
from convzoo.losses.short_reads import ShortReads
from convzoo.losses.torch_file import read_torch_file
from convzoo.losses.weights_errors import unreadable

# First byte of the older format of PyTorch.
_PICKLE = b"\x80"


def read_weights_file(path: PathLike) -> dict[str, np.ndarray]:
    """Read the arrays of a file of weights, by name.

    The format is found in the content. No format can run code, and the memory
    is bounded by the size of the file:

    - PyTorch, of `torch.save` with a state dict in either of its formats, with
      tensors in float16, float32, float64 or int64. Compressed archives, and
      tensors that repeat values, as `torch.Tensor.expand` makes, are refused;
    - safetensors, with tensors in F16, BF16, F32, F64 or I64. BF16 is returned
      in float32;
    - NumPy, of `np.savez` or `np.savez_compressed`, without Python objects.

    Args:
        path: Path of the file.

    Returns:
        Dictionary of names and arrays.

    Raises:
        ValueError: If the file does not exist, is damaged, or has another
            format.

    Example:

    >>> import numpy as np, tempfile
    >>> from convzoo.losses import read_weights_file
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     np.savez(f"{folder}/weights.npz", kernel=np.zeros((3, 3)))
    ...     read_weights_file(f"{folder}/weights.npz")["kernel"].shape
    (3, 3)
    """
    try:
        regular_size(path)
        read = _reader_of(path)
    except Exception as error:
        raise unreadable(path, "a file of weights", error) from error
    return read(path)


def _reader_of(path: PathLike) -> Callable[[PathLike], dict[str, np.ndarray]]:
    with open(path, "rb") as file:
        # Eight bytes with the length of a header in JSON, then the header.
        if file.read(9)[8:] == b"{":
            return read_safetensors_file
        if not zipfile.is_zipfile(file):
            file.seek(0)
            if file.read(1) != _PICKLE:
                raise ValueError(
                    "it is no file of PyTorch, safetensors or NumPy"
                )
            return read_torch_file
        with zipfile.ZipFile(ShortReads(file)) as archive:
            names = archive.namelist()
    if all(name.endswith(".npy") for name in names):
        return read_npz_file
    return read_torch_file
