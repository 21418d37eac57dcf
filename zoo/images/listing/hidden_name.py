"""Names that file managers make beside the files of the user."""


def is_hidden(name: str) -> bool:
    """Return whether a file or a folder is not the user's own.

    Args:
        name: Its name, such as `._photo.jpg`, `.DS_Store` or `__MACOSX`.
    """
    return name.startswith(".") or name in ("__MACOSX", "@eaDir")
