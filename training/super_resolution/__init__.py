"""Recipes, data and evaluation of super-resolution networks."""
