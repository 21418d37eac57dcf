"""Imports TensorFlow without JAX."""

import contextlib
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path

_JAX = "jax"


@contextlib.contextmanager
def without_jax() -> Iterator[None]:
    """Let TensorFlow be imported as if JAX were not installed.

    TensorFlow imports JAX, where it is installed, for a converter of JAX's
    functions, which takes 123 MB and time. Programs of others may need that
    converter, so this is for commands. After the block, JAX can be imported.
    Nothing is changed if Keras uses another backend, or if either is imported
    already.
    """
    is_hidden = (
        _backend() == "tensorflow"
        and _JAX not in sys.modules
        and "tensorflow" not in sys.modules
    )
    if is_hidden:
        # An import of it then raises an `ImportError`.
        sys.modules[_JAX] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        if is_hidden:
            del sys.modules[_JAX]


def _backend() -> str | None:
    """The backend that Keras will use, which it need not be imported for."""
    chosen = os.environ.get("KERAS_BACKEND")
    if chosen:
        return chosen
    home = os.environ.get("KERAS_HOME") or Path.home() / ".keras"
    try:
        return json.loads((Path(home) / "keras.json").read_text())["backend"]
    except FileNotFoundError:
        return "tensorflow"
    except (OSError, ValueError, LookupError, TypeError, RuntimeError):
        return None
