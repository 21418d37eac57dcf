"""Refusing what would not fit, before the machine is brought to its knees."""

import psutil


def check_memory(needed: int, what: str, remedy: str) -> None:
    """Compare an estimate with the memory that is free now.

    Args:
        needed: bytes.
        what: what needs them, for the message.
        remedy: what the caller can do, for the message.

    Raises:
        ValueError: more is needed than is free.
    """
    available = psutil.virtual_memory().available
    if needed > available:
        raise ValueError(
            f"{what} needs about {needed / 1e9:.1f} GB of memory, and "
            f"{available / 1e9:.1f} GB are free; {remedy}"
        )
