"""Models, whole and trained."""

from convzoo.zoo.sr_generator import SRGenerator as SRGenerator

__all__ = ["SRGenerator"]
