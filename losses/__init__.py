"""Losses for what a pixel-wise distance does not see."""

__all__: list[str] = []
