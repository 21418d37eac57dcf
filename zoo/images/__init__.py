"""Image files, and what several models do with images."""
