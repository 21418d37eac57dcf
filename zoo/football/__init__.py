"""Ball position prediction in football."""
