"""SavedModel folders as LiteRT (TFLite) files, for phones."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
from ai_edge_litert.interpreter import Interpreter

# The converter ends the whole process on some graphs; so it gets its own.
_CONVERT = """
import sys
import tensorflow as tf
converter = tf.lite.TFLiteConverter.from_saved_model(sys.argv[1])
converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS]
with open(sys.argv[2], "wb") as file:
    file.write(converter.convert())
"""


def write_litert(saved_model_folder, path):
    """Convert a SavedModel to a LiteRT file of builtin operators only.

    Sizes that are open in the SavedModel stay open in the file.

    Args:
        saved_model_folder: of the `saved_model.pb`.
        path: the file to write.

    Raises:
        ValueError: the converter failed; an operator that LiteRT does not have
            is named.
    """
    result = subprocess.run(
        [sys.executable, "-c", _CONVERT, str(saved_model_folder), str(path)],
        env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"},
        capture_output=True,
        text=True,
        check=False,
    )
    if result.returncode != 0:
        Path(path).unlink(missing_ok=True)
        raise ValueError(
            "The LiteRT converter failed with exit status "
            f"{result.returncode}: {_cause(result.stderr)}"
        )


def _cause(message):
    """The line of a converter's message that a person can act on."""
    for line in message.splitlines():
        kind, _, names = line.partition(" ops: ")
        if kind in ("TF Select", "Custom"):
            return f"LiteRT has no operator for {names}"
    errors = [line for line in message.splitlines() if "rror:" in line]
    return errors[-1].strip() if errors else "it gave no reason"


class LiteRTModel:
    """A LiteRT file as a function from arrays to arrays, of any size.

    Args:
        path: of the file.
        num_threads: that LiteRT may use; None lets it choose.

    Call arguments:
        One float32 array for each input, by name.

    Returns, when called: a dict of arrays by name.

    Raises:
        ValueError: the file is missing or not a LiteRT file.
    """

    def __init__(self, path, num_threads=None):
        if not Path(path).is_file():
            raise ValueError(f"{path}: does not exist")
        try:
            self._interpreter = Interpreter(
                model_path=str(path), num_threads=num_threads
            )
        except (ValueError, RuntimeError) as error:
            raise ValueError(f"{path}: is not a LiteRT file") from error
        self._runner = self._interpreter.get_signature_runner()

    def __call__(self, **inputs):
        return self._runner(
            **{
                name: np.ascontiguousarray(value, np.float32)
                for name, value in inputs.items()
            }
        )
