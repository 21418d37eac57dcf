"""Warnings that name the file they are about."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def named_warnings(name: object) -> Iterator[None]:
    """Put a name before the warnings of the body."""
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always", UserWarning)
        yield
    for each in told:
        text = f"{name}: {each.message}"
        warnings.warn(text, each.category, stacklevel=4)
