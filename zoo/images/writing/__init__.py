"""Writing of image files."""
