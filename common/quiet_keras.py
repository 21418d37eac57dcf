"""Imports Keras without the log lines of TensorFlow.

On import, TensorFlow logs CPU features and GPU drivers, in part before it reads
its log level. This module discards them, and limits later messages to fatal
errors, unless the environment variable `TF_CPP_MIN_LOG_LEVEL` is below 3.
`TF_CPP_MIN_LOG_LEVEL=0` prints everything. What other threads write to the
standard error during the import is discarded too.
"""

import contextlib
import os
import sys
from collections.abc import Iterator

_LEVEL = "TF_CPP_MIN_LOG_LEVEL"


@contextlib.contextmanager
def without_stderr() -> Iterator[None]:
    """Discard the standard error of the process, including that of C++."""
    try:
        kept = os.dup(2)
    except OSError:
        # It is closed.
        yield
        return
    if sys.stderr is not None:
        sys.stderr.flush()
    try:
        with open(os.devnull, "wb") as nowhere:
            os.dup2(nowhere.fileno(), 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)


# Even at level 3, the strictest, TensorFlow prints while it is imported.
_is_quiet = os.environ.setdefault(_LEVEL, "3") == "3"
if _is_quiet and "tensorflow" not in sys.modules:
    with without_stderr():
        import keras  # noqa: F401
