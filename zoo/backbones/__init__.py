"""Convolutional networks by name, with their published weights."""
