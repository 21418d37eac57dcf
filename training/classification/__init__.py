"""Recipe, data and evaluation of classifiers."""
