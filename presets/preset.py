"""A trained model on disk, in the layout of Keras and KerasHub."""

import functools
import hashlib
import json
import os
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from convzoo.common.keras_weights import WEIGHTS, check_keras_weights
from convzoo.presets.stated_sizes import check_stated_sizes

CONFIG = "config.json"
METADATA = "metadata.json"
CARD = "README.md"
# Largest file of JSON to read, in bytes.
_LARGEST = 100_000_000
# Largest ratio of weights to the size of their file. Keras does not compress
# them, and they hardly can be.
_INFLATES = 20


@dataclass(frozen=True)
class Preset:
    """A folder with a model's configuration and weights, or a `.keras` file.

    The folder holds `config.json` (the model as Keras serialises it),
    `model.weights.h5`, `metadata.json` and the model card `README.md`.

    Attributes:
        name: Name of the built-in preset, the folder or the run.
        path: The folder or the `.keras` file.
    """

    name: str
    path: Path

    @functools.cached_property
    def serialized(self) -> dict[str, Any]:
        """The model as `keras.saving.serialize_keras_object` returns it.

        Raises:
            ValueError: `config.json` is missing or cannot be read.
        """
        found = self._read(CONFIG)
        if not isinstance(found.get("config"), dict) or not isinstance(
            found.get("class_name"), str
        ):
            raise ValueError(f"{self.path}: {CONFIG} describes no Keras model")
        return found

    @functools.cached_property
    def metadata(self) -> dict[str, Any]:
        """Versions, `parameter_count`, `sha256`, `preprocessing` and more.

        Empty if there is no `metadata.json`.

        Raises:
            ValueError: `metadata.json` cannot be read.
        """
        if not self.is_archive and not os.path.lexists(self.path / METADATA):
            return {}
        return self._read(METADATA)

    @property
    def class_name(self) -> str:
        return self.serialized["class_name"]

    @property
    def registered_name(self) -> str | None:
        """The name under which the class is registered with Keras."""
        name = self.serialized.get("registered_name")
        return name if isinstance(name, str) else None

    @property
    def config(self) -> dict[str, Any]:
        """The configuration, as `get_config` of the class returned it."""
        return self.serialized["config"]

    @property
    def description(self) -> str:
        return self.metadata.get("description", "")

    @property
    def weights_path(self) -> Path:
        """The file that `keras.Model.load_weights` takes."""
        return self.path if self.is_archive else self.path / WEIGHTS

    @property
    def card_path(self) -> Path:
        return self.path / CARD

    @property
    def card(self) -> str:
        """The text of the model card.

        Raises:
            ValueError: There is none.
        """
        try:
            if not self.card_path.is_file():
                raise OSError(f"{CARD} is no file")
            return self.card_path.read_text()
        except OSError as error:
            raise ValueError(
                f"{self.path}: has no model card, which is {CARD} of a folder"
            ) from error

    @property
    def is_archive(self) -> bool:
        return self.path.is_file()

    def check_class(self, needed: str, caller: str) -> None:
        """Raise a `ValueError` unless the model is of the class `needed`.

        Classes that users registered may be subclasses of it; `from_preset`
        checks those.

        Args:
            needed: Name of a class.
            caller: Name of the caller, for the message.
        """
        package, _, _ = (self.registered_name or "").rpartition(">")
        is_of_user = package not in ("", "convzoo")
        if self.class_name != needed and not is_of_user:
            raise ValueError(
                f"{self.name!r} is a {self.class_name}; {caller} needs a "
                f"{needed}"
            )

    def verified_weights(self) -> Path:
        """The path of the weights, after their digest has been compared.

        Call it before a model is made of the configuration, whose numbers are
        compared with the weights.

        Raises:
            ValueError: The file is missing, truncated or altered, or holds many
                times its size, or the configuration asks for more than it
                holds.
        """
        path = self.weights_path
        expected = None if self.is_archive else self.metadata.get("sha256")
        if expected is not None or not path.is_file():
            found = sha256(path) if path.is_file() else "no such file"
            if found != expected:
                raise ValueError(
                    f"{path}: the weights are missing, truncated or altered. "
                    f"Expected sha256: {expected}. Found: {found}"
                )
        most = max(_INFLATES * path.stat().st_size, _LARGEST)
        try:
            stored = check_keras_weights(path, most)
        # A damaged file makes HDF5 and `zipfile` raise almost anything.
        except Exception as error:
            raise ValueError(
                f"{path}: the weights cannot be read ({error})"
            ) from error
        try:
            check_stated_sizes(self.serialized, stored.number, stored.nbytes)
        except ValueError as error:
            raise ValueError(f"{self.path}: {CONFIG}: {error}") from error
        return path

    def _read(self, name: str) -> dict[str, Any]:
        try:
            found = json.loads(self._bytes(name))
        # A damaged archive makes `zipfile` raise almost anything.
        except Exception as error:
            raise ValueError(
                f"{self.path}: {name} cannot be read "
                f"({str(error) or type(error).__name__})"
            ) from error
        if not isinstance(found, dict):
            raise ValueError(f"{self.path}: {name} must hold a JSON object")
        return found

    def _bytes(self, name: str) -> bytes:
        if not self.is_archive:
            path = self.path / name
            if path.exists() and not path.is_file():
                raise ValueError("is no file")
            _check_size(path.stat().st_size)
            return path.read_bytes()
        with zipfile.ZipFile(self.path) as archive:
            # `zipfile` stops at the size that it states.
            _check_size(archive.getinfo(name).file_size)
            return archive.read(name)


def _check_size(size: int) -> None:
    if size > _LARGEST:
        raise ValueError(f"is larger than {_LARGEST} bytes")


def sha256(path: Path) -> str:
    """The hexadecimal digest of a file."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
