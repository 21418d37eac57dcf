"""Image classifiers for images of any size."""
