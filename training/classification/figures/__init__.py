"""Figures that show what a classifier gets right and wrong."""
