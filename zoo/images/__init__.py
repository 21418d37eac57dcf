"""Image files, and image operations that models share."""
