"""Layers for what a plain convolution lacks."""

__all__: list[str] = []
