"""The files in which others publish the weights of the trunks."""

import hashlib
import os
from pathlib import Path
from typing import NamedTuple

import keras

from convzoo.common.types import PathLike

_TORCH = "https://download.pytorch.org/models/"
_KERAS = "https://storage.googleapis.com/tensorflow/keras-applications/"


class PublishedFile(NamedTuple):
    """A file that has to be this one.

    Attributes:
        folder: its address without the name.
        name: of the file.
        digest: sha256, or md5 where its authors give only that.
    """

    folder: str
    name: str
    digest: str

    @property
    def url(self) -> str:
        return self.folder + self.name

    def fetched(self) -> str:
        """Its path in the cache of Keras, where it is put when missing.

        Raises:
            ValueError: it is not there and cannot be fetched.
        """
        folder = _cache_folder()
        try:
            return keras.utils.get_file(
                self.name,
                origin=self.url,
                file_hash=self.digest,
                # Absolute, or Keras may choose a folder that nobody was told.
                cache_subdir=str(folder),
            )
        # Without a network Keras raises a bare `Exception`.
        except Exception as error:
            raise ValueError(
                f"`weights` need the file {self.name}, which could not be "
                f"fetched: {error}\nFetch it from {self.url} where there is a "
                f"network, and put it in the folder {folder}, or give its path "
                f"as `weights`. Its digest is {self.digest}"
            ) from error

    def check(self, path: PathLike) -> None:
        """Raise a `ValueError` unless the file at a path is this one."""
        found = _sha256(path)
        if found != self.digest:
            raise ValueError(
                f"`weights` must be the file {self.name} of {self.url}. "
                f"Received: weights={str(path)!r}\n"
                f"Expected sha256: {self.digest}\nFound sha256: {found}"
            )


def _cache_folder() -> Path:
    """Where Keras keeps the weights of its own networks."""
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
# Keras publishes no sha256 of these.
KERAS = {
    "vgg16": PublishedFile(
        f"{_KERAS}vgg16/",
        "vgg16_weights_tf_dim_ordering_tf_kernels_notop.h5",
        "6d6bbae143d832006294945121d1f1fc",
    ),
    "vgg19": PublishedFile(
        f"{_KERAS}vgg19/",
        "vgg19_weights_tf_dim_ordering_tf_kernels_notop.h5",
        "253f8cb515780f3b799900260a226db6",
    ),
}
