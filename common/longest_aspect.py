"""Limit of the aspect ratio of images that a classifier scales."""

# Panoramas are less long; a line of a scan, scaled, would take gigabytes.
LONGEST = 16
