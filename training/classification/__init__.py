"""Recipe, data and evaluation of image classifiers."""
