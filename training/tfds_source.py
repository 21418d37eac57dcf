"""Datasets of tensorflow-datasets, as NumPy arrays."""

from collections.abc import Iterable
from typing import Any

PREFIX = "tfds:"


def load_tfds(name: str) -> tuple[dict[str, Iterable[dict[str, Any]]], Any]:
    """Load all splits of a dataset, in a fixed order, and its description.

    Args:
        name: Name for `tensorflow_datasets.load`, without the prefix.

    Raises:
        ValueError: If the package is missing, or the dataset cannot be loaded.
    """
    try:
        import tensorflow_datasets as tfds
    except ImportError as error:
        raise ValueError(
            f"{PREFIX}{name}: needs the package tensorflow-datasets; "
            "pip install convzoo[datasets]"
        ) from error
    try:
        datasets, info = tfds.load(name, with_info=True, shuffle_files=False)
    # Its exceptions depend on the dataset, the network and the disk.
    except Exception as error:
        lines = str(error).strip().splitlines() or [type(error).__name__]
        raise ValueError(
            f"{PREFIX}{name}: cannot be loaded ({lines[0]})"
        ) from error
    return {k: tfds.as_numpy(v) for k, v in datasets.items()}, info
