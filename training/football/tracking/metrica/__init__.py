"""Metrica's sample games for tensorflow-datasets.

Once this is imported, `tensorflow_datasets.load("metrica")` knows them.
"""

from convzoo.training.football.tracking.metrica.metrica_dataset_builder import (
    Builder as Builder,
)

__all__ = ["Builder"]
