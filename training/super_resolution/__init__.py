"""Recipes, data and evaluation of networks that enlarge photographs."""
