"""Metrica's sample games for tensorflow-datasets.

Importing this module registers `tensorflow_datasets.load("metrica")`.
"""

from convzoo.training.football.tracking.metrica.metrica_dataset_builder import (
    Builder as Builder,
)

__all__ = ["Builder"]
