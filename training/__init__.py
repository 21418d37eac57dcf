"""Training recipes, their data, and evaluation protocols.

The names are those of `__init__.pyi`. Each is imported when it is first used,
so that the command line reads options without Keras.
"""

from typing import Any

import lazy_loader

_attribute, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)


def __getattr__(name: str) -> Any:
    if name in __all__ and not name.endswith("Options"):
        import convzoo.common.quiet_keras  # noqa: F401
    return _attribute(name)
