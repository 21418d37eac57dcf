"""Check of the free memory before a large computation."""

import psutil


def check_memory(needed: int, what: str, remedy: str) -> None:
    """Raise a `ValueError` unless the estimated memory is free.

    Args:
        needed: Estimated memory in bytes.
        what: Subject of the error message: what needs the memory.
        remedy: End of the error message: what the caller can do.

    Raises:
        ValueError: If more memory is needed than is free.
    """
    available = free_memory()
    if needed > available:
        raise ValueError(
            f"{what} needs about {needed / 1e9:.1f} GB of memory, but "
            f"{available / 1e9:.1f} GB are free; {remedy}"
        )


def free_memory() -> int:
    """Bytes of memory that can be taken without swapping."""
    return psutil.virtual_memory().available
