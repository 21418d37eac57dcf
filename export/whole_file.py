"""Files that are never half there."""

import os


def write_whole(path, content):
    """Write text or bytes under another name, and rename that."""
    temporary = path.with_name(f"writing.{path.name}")
    if isinstance(content, str):
        content = content.encode()
    temporary.write_bytes(content)
    os.replace(temporary, path)
