"""URLs without the user and the password that they may hold."""

import re

# The last `@` ends them, as in `urllib.parse`.
_USER = re.compile(r"//[^\s/?#]*@")


def without_password(text: str) -> str:
    """Replace the user and the password of each URL in a text by `***`.

    Args:
        text: Text such as an error message.
    """
    return _USER.sub("//***@", text)
