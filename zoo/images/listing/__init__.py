"""Image files of folders."""
