"""Imports Keras without the log lines of TensorFlow.

On import, TensorFlow logs CPU features and GPU drivers, in part before it reads
its log level. This module discards them, and limits later messages to fatal
errors, unless the environment variable `TF_CPP_MIN_LOG_LEVEL` is set.
`TF_CPP_MIN_LOG_LEVEL=0` prints everything.
"""

import contextlib
import os
import sys
from collections.abc import Iterator

_LEVEL = "TF_CPP_MIN_LOG_LEVEL"


@contextlib.contextmanager
def _without_stderr() -> Iterator[None]:
    """Discard the standard error of the process, including that of C++."""
    sys.stderr.flush()
    kept = os.dup(2)
    try:
        with open(os.devnull, "wb") as nowhere:
            os.dup2(nowhere.fileno(), 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)


if _LEVEL not in os.environ and "tensorflow" not in sys.modules:
    os.environ[_LEVEL] = "3"
    with _without_stderr():
        import keras  # noqa: F401
