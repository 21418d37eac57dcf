"""Published files with the weights of the trunks."""

import hashlib
import os
import sys
from pathlib import Path
from typing import NamedTuple

import keras

from convzoo.common.types import PathLike

_TORCH = "https://download.pytorch.org/models/"
_KERAS = "https://storage.googleapis.com/tensorflow/keras-applications/"
_MD5_DIGITS = 32


class PublishedFile(NamedTuple):
    """A published file, identified by its digest.

    Attributes:
        folder: URL without the name of the file.
        name: Name of the file.
        digest: SHA-256, or MD5 where its authors publish nothing else, or None
            where they publish nothing.
        size: Length in bytes beside an MD5, or None. A forged file of an equal
            MD5 would have to be of equal length, too.
        parameters: Number of weights in the file, in float32.
    """

    folder: str
    name: str
    digest: str | None
    size: int | None = None
    parameters: int = 0

    @property
    def url(self) -> str:
        return self.folder + self.name

    @property
    def about(self) -> int:
        """Length in bytes, estimated where it is not known."""
        return self.size or 4 * self.parameters

    def fetched(self) -> str:
        """Return the path in the Keras cache; download the file if missing.

        Before a download, one line says what is downloaded, how large it is,
        whence and where to.

        Raises:
            ValueError: If it is missing and cannot be downloaded, or is another
                file.
        """
        folder = _cache_folder()
        path = folder / self.name
        if not self._is_at(path):
            print(
                f"Downloading {self.name}, about {self.about / 1e6:.0f} MB, "
                f"from {self.url} to {path}",
                file=sys.stderr,
                flush=True,
            )
            path = Path(self._downloaded(folder))
        found = os.path.getsize(path)
        if self.size not in (None, found):
            raise ValueError(
                f"`weights` need the file {self.name} of {self.size} bytes, "
                f"but {path} has {found}: delete it"
            )
        return str(path)

    def _is_at(self, path: Path) -> bool:
        return path.is_file() and self._has_digest(path)

    def _has_digest(self, path: PathLike) -> bool:
        if self.digest is None:
            return True
        algorithm = "md5" if len(self.digest) == _MD5_DIGITS else "sha256"
        return _digest(path, algorithm) == self.digest

    def _downloaded(self, folder: Path) -> str:
        try:
            return keras.utils.get_file(
                self.name,
                origin=self.url,
                file_hash=self.digest,
                # Absolute, since Keras may choose another folder otherwise.
                cache_subdir=str(folder),
            )
        # Keras raises a bare `Exception` without a network.
        except Exception as error:
            raise ValueError(
                f"`weights` need the file {self.name}, which could not be "
                f"downloaded: {error}. Download it from {self.url} to the "
                f"folder {folder}, or pass its path as `weights`. Its digest "
                f"is {self.digest or 'not published'}"
            ) from error

    def check(self, path: PathLike) -> None:
        """Raise a `ValueError` unless `path` has the digest of this file."""
        found = _digest(path)
        if found != self.digest:
            raise ValueError(
                f"`weights` must be the file {self.name} of {self.url}, whose "
                f"SHA-256 is {self.digest}. Received: weights={str(path)!r} "
                f"with {found}"
            )


def _cache_folder() -> Path:
    """Folder in which Keras caches the weights of its own networks."""
    home = os.environ.get("KERAS_HOME", Path.home() / ".keras")
    return Path(home) / "models"


def _digest(path: PathLike, algorithm: str = "sha256") -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, algorithm).hexdigest()


TORCHVISION = {
    "vgg16": PublishedFile(
        _TORCH,
        "vgg16-397923af.pth",
        "397923af8e79cdbb6a7127f12361acd7a2f83e06b05044ddf496e83de57a5bf0",
        parameters=138_357_544,
    ),
    "vgg19": PublishedFile(
        _TORCH,
        "vgg19-dcbb9e9d.pth",
        "dcbb9e9dad569fff7a846263a77324fc34978fea2bfb039c012d710e1776ae44",
        parameters=143_667_240,
    ),
    "alexnet": PublishedFile(
        _TORCH,
        "alexnet-owt-7be5be79.pth",
        "7be5be791159472b1fbf3c69796f7cb30dca7ad8466c2df70058c37116cdee02",
        parameters=61_100_840,
    ),
    "squeezenet": PublishedFile(
        _TORCH,
        "squeezenet1_1-b8a52dc0.pth",
        "b8a52dc049b60e4b6ab68ad0df457362afab8b6304b2febdc1650a5dab4d7e7b",
        parameters=1_235_496,
    ),
}
# Keras publishes no SHA-256 of these, and none is known from a second source.
KERAS = {
    "vgg16": PublishedFile(
        f"{_KERAS}vgg16/",
        "vgg16_weights_tf_dim_ordering_tf_kernels_notop.h5",
        "6d6bbae143d832006294945121d1f1fc",
        58_889_256,
        14_714_688,
    ),
    "vgg19": PublishedFile(
        f"{_KERAS}vgg19/",
        "vgg19_weights_tf_dim_ordering_tf_kernels_notop.h5",
        "253f8cb515780f3b799900260a226db6",
        80_134_624,
        20_024_384,
    ),
}
