"""Limit of the pixels of an enlarged image, checked before the work."""

# A photograph of 20,000 x 15,000 pixels, four times as large, has 4.8 billion.
MAX_RESULT_PIXELS = 5_000_000_000
