"""Measurements; each module runs by itself and prints its own table."""
