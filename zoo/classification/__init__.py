"""A classifier of images of any size."""
