"""What the pickles in PyTorch's files may name, and what it becomes here."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from convzoo.losses.torch_tensors import StoredTensor

DTYPES = {
    "torch HalfStorage": "<f2",
    "torch FloatStorage": "<f4",
    "torch DoubleStorage": "<f8",
    "torch LongStorage": "<i8",
}
_ORDERED_DICT = "collections OrderedDict"
_PARAMETER = "torch.nn.parameter Parameter"
_REBUILT_PARAMETER = "torch._utils _rebuild_parameter"
_TENSORS = (
    "torch._utils _rebuild_tensor",
    "torch._utils _rebuild_tensor_v2",
)
_KNOWN = {
    _ORDERED_DICT,
    _PARAMETER,
    _REBUILT_PARAMETER,
    *_TENSORS,
    *DTYPES,
}


@dataclass(frozen=True, slots=True)
class Name:
    """Module and name of a class or function, which is not imported."""

    text: str


class Parameter:
    """A `torch.nn.Parameter`; old files set its data after its creation."""

    __slots__ = ("data",)

    def __init__(self, data: object = None) -> None:
        self.data = data


def known_name(text: str) -> Name:
    """Return the name of something that a state dict may hold."""
    if text not in _KNOWN:
        raise ValueError(f"the pickle refers to {text[:100]!r}")
    return Name(text)


def called(name: Name, arguments: tuple[Any, ...]) -> object:
    """Return what a call would: a dictionary, a tensor or a parameter."""
    if name.text == _ORDERED_DICT and len(arguments) < 2:
        return _dict_of_pairs(*arguments)
    if name.text in _TENSORS and 4 <= len(arguments) <= 7:
        return StoredTensor(*arguments[:4])
    if name.text in (_PARAMETER, _REBUILT_PARAMETER) and arguments:
        return Parameter(arguments[0])
    raise ValueError(f"the pickle calls {name.text}")


def created(name: Name, arguments: tuple[Any, ...]) -> Parameter:
    """Return a parameter without data."""
    if name.text != _PARAMETER or arguments:
        raise ValueError(f"the pickle creates {name.text}")
    return Parameter()


def set_state(target: object, state: object) -> None:
    """Set the data of a parameter; attributes of a dictionary are ignored."""
    if isinstance(target, Parameter) and target.data is None:
        target.data = checked_kind(state, tuple)[0]
    elif not isinstance(target, dict):
        raise ValueError("the pickle changes an object")


def set_items(target: object, values: Sequence[Any]) -> None:
    """Set keys and values of a dictionary, which take turns in `values`."""
    found: dict[Any, Any] = checked_kind(target, dict)
    if len(values) % 2:
        raise ValueError("the pickle has a key without a value")
    for key, value in zip(values[::2], values[1::2], strict=True):
        # The hash of nested tuples could take for ever.
        found[checked_kind(key, (str, int))] = value


def checked_kind(value: Any, kind: type | tuple[type, ...]) -> Any:
    """Return `value` if it is an instance of a type of plain data."""
    if not isinstance(value, kind):
        raise ValueError(f"the pickle has a misplaced {type(value).__name__}")
    return value


def _dict_of_pairs(pairs: Any = ()) -> dict[Any, Any]:
    """Python 2 stores the items of an `OrderedDict` as a list of pairs."""
    found: dict[Any, Any] = {}
    for pair in checked_kind(pairs, (tuple, list)):
        if len(checked_kind(pair, (tuple, list))) != 2:
            raise ValueError("the pickle has a key without a value")
        set_items(found, pair)
    return found
