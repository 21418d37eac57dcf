"""Whether two sets of images have the same classes."""

from collections.abc import Sequence

from convzoo.common.first_of import first_of


def check_same_classes(
    class_names: Sequence[str], validation: Sequence[str]
) -> None:
    """Check that images to validate on have the classes that are learned.

    Raises:
        ValueError: A class is missing or unknown, or the order is another.
    """
    if list(class_names) == list(validation):
        return
    missing = sorted(set(class_names) - set(validation))
    unknown = sorted(set(validation) - set(class_names))
    parts = [
        f"{first_of(names)} {fault}"
        for names, fault in ((missing, "missing"), (unknown, "unknown"))
        if names
    ]
    raise ValueError(
        "`validation` must have the classes of `data`. Received: "
        f"{', '.join(parts) or 'the same classes in another order'}"
    )
