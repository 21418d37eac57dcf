"""Checks of training steps and epochs. No Keras."""

from convzoo.common.checks import check_positive, is_integer


def check_whole_epochs(name: str, steps: int, epoch_steps: int) -> None:
    """Raise a `ValueError` unless `steps` is a multiple of `epoch_steps`."""
    if not is_integer(steps) or steps < 0 or steps % epoch_steps:
        raise ValueError(
            f"`{name}` must be a multiple of `epoch_steps`. Received: "
            f"{name}={steps!r}, epoch_steps={epoch_steps}"
        )


def check_patience(patience: int | None, validates: bool) -> None:
    """Raise a `ValueError` unless it is None, or epochs of a run that
    validates.
    """
    if patience is None:
        return
    check_positive("patience", patience)
    if not validates:
        raise ValueError(
            "`patience` needs validation data. "
            f"Received: patience={patience}, hold_out=0"
        )
