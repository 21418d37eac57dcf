"""Datasets of tensorflow-datasets, as NumPy arrays."""

from collections.abc import Iterable
from typing import Any

PREFIX = "tfds:"


def load_tfds(name: str) -> tuple[dict[str, Iterable[dict[str, Any]]], Any]:
    """All splits of a dataset, in a fixed order, and its description.

    Args:
        name: what `tensorflow_datasets.load` knows, without the prefix.

    Raises:
        ValueError: the package is missing, or the dataset cannot be loaded.
    """
    try:
        import tensorflow_datasets as tfds
    except ImportError as error:
        raise ValueError(
            "`data` of tensorflow-datasets needs that package; "
            f"pip install convzoo[datasets]. Received: data={PREFIX}{name}"
        ) from error
    try:
        datasets, info = tfds.load(name, with_info=True, shuffle_files=False)
    # What it raises depends on the dataset, the network and the disk.
    except Exception as error:
        lines = str(error).strip().splitlines() or [type(error).__name__]
        raise ValueError(
            f"{PREFIX}{name}: cannot be loaded ({lines[0]})"
        ) from error
    return {k: tfds.as_numpy(v) for k, v in datasets.items()}, info
