"""Number of a class by its name."""

from collections.abc import Sequence
from difflib import get_close_matches

_SHOWN = 5


def checked_class(
    class_name: str, class_names: Sequence[str] | None, num_classes: int
) -> int:
    """Return the number of a class.

    Args:
        class_name: Name of the class, or its number without `class_names`.
        class_names: Names of all classes, or None.
        num_classes: Number of classes.

    Raises:
        ValueError: There is no such class. The error lists similar names, or
            else the first ones.
    """
    names = list(class_names or map(str, range(num_classes)))
    if class_name in names:
        return names.index(class_name)
    # Later ones first, so that the first of equal names is kept.
    lower = {name.lower(): name for name in reversed(names)}
    near = get_close_matches(str(class_name).lower(), list(lower))
    found = [lower[name] for name in near] or names[:_SHOWN]
    listed = ", ".join(map(repr, found))
    if near:
        hint = f"similar names: {listed}"
    elif num_classes > _SHOWN:
        hint = f"its {num_classes} classes begin with {listed}"
    else:
        hint = f"its classes: {listed}"
    raise ValueError(
        f"`class_name` must be the name of a class of the model; {hint}. "
        f"Received: class_name={class_name!r}"
    )
