"""Weights of red, green and blue in luma."""

# ITU-R BT.601-7, section 2.5.1, https://www.itu.int/rec/R-REC-BT.601.
LUMA_WEIGHTS = (0.299, 0.587, 0.114)
