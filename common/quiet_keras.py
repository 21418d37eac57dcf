"""Imports Keras without the log lines of TensorFlow.

TensorFlow reports CPU features and GPU drivers while it is imported, in part
before it reads its log level. They go nowhere here, and its later messages are
limited to errors that end the process, unless the environment variable
`TF_CPP_MIN_LOG_LEVEL` is set: with `TF_CPP_MIN_LOG_LEVEL=0` all are printed.
"""

import contextlib
import os
import sys
from collections.abc import Iterator

_LEVEL = "TF_CPP_MIN_LOG_LEVEL"


@contextlib.contextmanager
def _without_stderr() -> Iterator[None]:
    """Send the standard error of the process, also of C++, nowhere."""
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
