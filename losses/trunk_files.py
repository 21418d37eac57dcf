"""Published files with the weights of the trunks."""

import hashlib
import os
from pathlib import Path
from typing import NamedTuple

import keras

from convzoo.common.types import PathLike

_TORCH = "https://download.pytorch.org/models/"
_KERAS = "https://storage.googleapis.com/tensorflow/keras-applications/"


class PublishedFile(NamedTuple):
    """A published file, identified by its digest.

    Attributes:
        folder: URL without the name of the file.
        name: Name of the file.
        digest: SHA-256, or MD5 where its authors publish nothing else.
        size: Length in bytes beside an MD5, or None. A forged file of an equal
            MD5 would have to be of equal length, too.
    """

    folder: str
    name: str
    digest: str
    size: int | None = None

    @property
    def url(self) -> str:
        return self.folder + self.name

    def fetched(self) -> str:
        """Return the path in the Keras cache; download the file if missing.

        Raises:
            ValueError: If it is missing and cannot be downloaded, or is another
                file.
        """
        folder = _cache_folder()
        try:
            path = keras.utils.get_file(
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
                f"downloaded: {error}\nDownload it from {self.url} to the "
                f"folder {folder}, or pass its path as `weights`. Its digest "
                f"is {self.digest}"
            ) from error

        found = os.path.getsize(path)
        if self.size not in (None, found):
            raise ValueError(
                f"`weights` need the file {self.name} of {self.size} bytes, "
                f"but {path} has {found}: delete it"
            )
        return path

    def check(self, path: PathLike) -> None:
        """Raise a `ValueError` unless `path` has the digest of this file."""
        found = _sha256(path)
        if found != self.digest:
            raise ValueError(
                f"`weights` must be the file {self.name} of {self.url}. "
                f"Received: weights={str(path)!r}\n"
                f"Expected sha256: {self.digest}\nFound sha256: {found}"
            )


def _cache_folder() -> Path:
    """Folder in which Keras caches the weights of its own networks."""
    home = os.environ.get("KERAS_HOME", Path.home() / ".keras")
    return Path(home) / "models"


def _sha256(path: PathLike) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


TORCHVISION = {
    "vgg16": PublishedFile(
        _TORCH,
        "vgg16-397923af.pth",
        "397923af8e79cdbb6a7127f12361acd7a2f83e06b05044ddf496e83de57a5bf0",
    ),
    "vgg19": PublishedFile(
        _TORCH,
        "vgg19-dcbb9e9d.pth",
        "dcbb9e9dad569fff7a846263a77324fc34978fea2bfb039c012d710e1776ae44",
    ),
    "alexnet": PublishedFile(
        _TORCH,
        "alexnet-owt-7be5be79.pth",
        "7be5be791159472b1fbf3c69796f7cb30dca7ad8466c2df70058c37116cdee02",
    ),
    "squeezenet": PublishedFile(
        _TORCH,
        "squeezenet1_1-b8a52dc0.pth",
        "b8a52dc049b60e4b6ab68ad0df457362afab8b6304b2febdc1650a5dab4d7e7b",
    ),
}
# Keras publishes no SHA-256 of these, and none is known from a second source.
KERAS = {
    "vgg16": PublishedFile(
        f"{_KERAS}vgg16/",
        "vgg16_weights_tf_dim_ordering_tf_kernels_notop.h5",
        "6d6bbae143d832006294945121d1f1fc",
        58_889_256,
    ),
    "vgg19": PublishedFile(
        f"{_KERAS}vgg19/",
        "vgg19_weights_tf_dim_ordering_tf_kernels_notop.h5",
        "253f8cb515780f3b799900260a226db6",
        80_134_624,
    ),
}
