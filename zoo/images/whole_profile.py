"""Colour profiles of files, which may be damaged."""

import warnings

_HEADER = 128
_SIGNATURE = slice(36, 40), b"acsp"


def whole_profile(profile: bytes, name: object) -> bytes | None:
    """Return a colour profile without padding; None if it is damaged.

    PNG cannot hold a profile of another length than it says.

    Args:
        profile: Bytes of the profile.
        name: Name of the file in the warning.
    """
    place, signature = _SIGNATURE
    length = int.from_bytes(profile[:4], "big")
    if profile[place] == signature and _HEADER <= length <= len(profile):
        return profile[:length]
    warnings.warn(
        f"{name}: its colour profile is damaged, and not kept", stacklevel=3
    )
    return None
