"""Extraction of the linear weights of LPIPS from the package of its authors.

    pip download --no-deps lpips==0.1.4
    python -m convzoo.training.super_resolution.lpips_weights WHEEL

WHEEL is the file that the first command downloads. The second command writes
`losses/weights/lpips_linear.npz` and, beside it, the authors' licence.
"""

import os
import sys
import tempfile
import zipfile
from pathlib import Path

import numpy as np

from convzoo.common.types import PathLike
from convzoo.losses.lpips import LINEAR_WEIGHTS
from convzoo.losses.torch_file import read_torch_file

_LICENSE = "lpips-0.1.4.dist-info/LICENSE"
_LAYERS = {"vgg": 5, "alex": 5, "squeeze": 7}


def write_linear_weights(
    wheel: PathLike, folder: PathLike = LINEAR_WEIGHTS.parent
) -> None:
    """Write the weights and the licence in a wheel of `lpips`.

    Args:
        wheel: Path of the wheel of version 0.1.4.
        folder: Folder for `lpips_linear.npz` and `LICENSE.lpips`.

    Raises:
        ValueError: If the file is not a wheel of this version.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as temporary:
        license_file, arrays = _unpacked(wheel, temporary)
        weights = Path(temporary) / LINEAR_WEIGHTS.name
        # NumPy's stubs give every keyword the type of `allow_pickle`.
        np.savez_compressed(weights, **arrays)  # type: ignore[arg-type]
        os.replace(license_file, folder / "LICENSE.lpips")
        os.replace(weights, folder / LINEAR_WEIGHTS.name)


def _unpacked(
    wheel: PathLike, folder: PathLike
) -> tuple[str, dict[str, np.ndarray]]:
    """Return the path of the licence, and the weights of each layer."""
    arrays = {}
    try:
        with zipfile.ZipFile(wheel) as archive:
            license_file = archive.extract(_LICENSE, folder)
            for net, layers in _LAYERS.items():
                path = archive.extract(f"lpips/weights/v0.1/{net}.pth", folder)
                found = read_torch_file(path)
                for layer in range(layers):
                    array = found[f"lin{layer}.model.1.weight"]
                    arrays[f"{net}_{layer}"] = array.ravel()
    except (KeyError, OSError, zipfile.BadZipFile) as error:
        raise ValueError(
            f"{wheel}: is not the wheel of lpips 0.1.4: {error}"
        ) from error
    return license_file, arrays


if __name__ == "__main__":
    write_linear_weights(*sys.argv[1:])
