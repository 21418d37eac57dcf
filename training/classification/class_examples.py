"""Training images of a folder, with mirror images."""

import numpy as np

from convzoo.training.classification.image_folder import ImageFolder


def class_examples(
    folder: ImageFolder, learned: np.ndarray, mirror: dict[str, str] | None
) -> tuple[list[np.ndarray], np.ndarray]:
    """Return training images and their labels; mirror images come last.

    Args:
        folder: The images.
        learned: Indices of those to learn from.
        mirror: Class of the mirror image of classes, or None.

    Raises:
        ValueError: `mirror` is not as described.
    """
    images = [folder.images[i] for i in learned]
    labels = folder.labels[learned]
    if mirror is None:
        return images, labels
    becomes = _mirrored_labels(mirror, folder.class_names)
    mirrored = np.flatnonzero(becomes[labels] >= 0)
    images += [images[i][:, ::-1] for i in mirrored]
    return images, np.concatenate([labels, becomes[labels[mirrored]]])


def _mirrored_labels(
    mirror: dict[str, str], class_names: list[str]
) -> np.ndarray:
    """For each class, that of its mirror image, or -1."""
    if not isinstance(mirror, dict):
        raise ValueError(
            f"`mirror` must be a dictionary, or None. Received: {mirror!r}"
        )
    becomes = np.full(len(class_names), -1)
    for name, other in mirror.items():
        for known in (name, other):
            if known not in class_names:
                raise ValueError(
                    "`mirror` must have names of classes. Received: "
                    f"{known!r}, not one of {', '.join(class_names)}"
                )
        becomes[class_names.index(name)] = class_names.index(other)
    return becomes
