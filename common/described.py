"""Errors of any kind as part of one line."""


def described(error: Exception) -> str:
    """Return the kind of an error and the first line of its message.

    >>> described(ZeroDivisionError("division by zero"))
    'ZeroDivisionError: division by zero'
    >>> described(MemoryError())
    'MemoryError'
    """
    first, *_ = str(error).splitlines() or [""]
    kind = type(error).__name__
    return f"{kind}: {first}" if first else kind
