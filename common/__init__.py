"""Checks, options and output files that all folders share. No Keras."""
