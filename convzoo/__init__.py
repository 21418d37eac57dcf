"""convzoo: layers, losses and trained models beyond plain convolutions."""

from pathlib import Path as _Path

# In a checkout the sub-packages sit next to this folder, not inside it.
if not (_Path(__file__).parent / "layers").is_dir():
    __path__.append(str(_Path(__file__).parents[1]))

__version__ = "0.1.0"
