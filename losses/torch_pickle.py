"""Reader of the pickles in PyTorch's files.

Python's `pickle` builds objects, and lets the file change them, even where the
classes are restricted. This reader builds plain data and tensors, and nothing
that a file names is ever called.
"""

import io
import pickletools
from collections.abc import Callable
from typing import Any, TypeAlias

from convzoo.losses.torch_calls import (
    DTYPES,
    Name,
    called,
    checked_kind,
    created,
    known_name,
    set_items,
    set_state,
)
from convzoo.losses.torch_tensors import Storage

# A state dict of 10,000 tensors has a pickle of 2 MB, of 600,000 opcodes.
_MOST_STEPS = 1_000_000
# Called with dtype, key and length of a storage.
FindStorage: TypeAlias = Callable[[str, str, object], Storage]


def read_pickle(
    file: io.BytesIO, find_storage: FindStorage | None = None
) -> object:
    """Read one pickle, up to its end.

    Args:
        file: The bytes, which bound those of all strings and numbers.
        find_storage: Returns the storage of a dtype, a key and a length. None
            where none is allowed.

    Returns:
        Numbers, strings, None, `StoredTensor`, `Parameter`, and tuples, lists
        and dictionaries of them.

    Raises:
        ValueError: If the pickle holds anything else, or is damaged. A damaged
            pickle can raise almost any other exception too.
    """
    reader = _Reader(find_storage)
    for opcode, argument, _ in pickletools.genops(file):
        reader.spend(1)
        if opcode.name == "STOP":
            return reader.pop()
        reader.step(opcode.name, argument)
    raise ValueError("the pickle has no end")


class _Reader:
    """The stack machine of a pickle, without its objects and calls."""

    def __init__(self, find_storage: FindStorage | None) -> None:
        self._find_storage = find_storage
        self._steps = 0
        self._stack: list[Any] = []
        self._marked: list[list[Any]] = []
        # A dictionary: an index costs no memory for those before it.
        self._memo: dict[int, Any] = {}

    def spend(self, steps: int) -> None:
        self._steps += steps
        if self._steps > _MOST_STEPS:
            raise ValueError("the pickle is too long")

    def step(self, name: str, argument: Any) -> None:
        if name in _CONSTANTS:
            self._stack.append(_CONSTANTS[name])
        elif name in _LITERALS:
            self._stack.append(argument)
        elif name in _STEPS:
            _STEPS[name](self, argument)
        else:
            raise ValueError(f"the pickle has the opcode {name}")

    def pop(self) -> Any:
        if not self._stack:
            raise ValueError("the pickle takes from an empty stack")
        return self._stack.pop()

    def _ignore(self, _: object) -> None:
        """Protocols and frames change nothing."""

    def _new_dict(self, _: object) -> None:
        self._stack.append({})

    def _new_list(self, _: object) -> None:
        self._stack.append([])

    def _mark(self, _: object) -> None:
        self._marked.append(self._stack)
        self._stack = []

    def _pop_marked(self) -> list[Any]:
        values = self._stack
        self._stack = self._marked.pop()
        return values

    def _tuple(self, _: object) -> None:
        values = self._pop_marked()
        self._stack.append(tuple(values))

    def _last(self, count: int) -> None:
        values = [self.pop() for _ in range(count)]
        self._stack.append(tuple(reversed(values)))

    def _put(self, index: int) -> None:
        self._memo[index] = self._stack[-1]

    def _memoize(self, _: object) -> None:
        self._memo[len(self._memo)] = self._stack[-1]

    def _get(self, index: int) -> None:
        self._stack.append(self._memo[index])

    def _append(self, _: object) -> None:
        value = self.pop()
        checked_kind(self._stack[-1], list).append(value)

    def _appends(self, _: object) -> None:
        values = self._pop_marked()
        checked_kind(self._stack[-1], list).extend(values)

    def _set_item(self, _: object) -> None:
        value, key = self.pop(), self.pop()
        set_items(self._stack[-1], [key, value])

    def _set_items(self, _: object) -> None:
        values = self._pop_marked()
        set_items(self._stack[-1], values)

    def _global(self, name: str) -> None:
        self._stack.append(known_name(name))

    def _stack_global(self, _: object) -> None:
        name, module = self.pop(), self.pop()
        self._global(f"{checked_kind(module, str)} {checked_kind(name, str)}")

    def _storage(self, _: object) -> None:
        # Older files end with a view of another storage, mostly None.
        pid = checked_kind(self.pop(), tuple)
        if len(pid) not in (5, 6) or pid[0] != "storage" or any(pid[5:]):
            raise ValueError("the pickle holds an unknown storage")
        dtype = DTYPES.get(checked_kind(pid[1], Name).text)
        if dtype is None or self._find_storage is None:
            raise ValueError("the pickle holds an unknown storage")
        key = checked_kind(pid[2], str)
        self._stack.append(self._find_storage(dtype, key, pid[4]))

    def _reduce(self, _: object) -> None:
        arguments = checked_kind(self.pop(), tuple)
        name = checked_kind(self.pop(), Name)
        # A call may copy its arguments.
        for argument in arguments[:1]:
            if isinstance(argument, (tuple, list)):
                self.spend(len(argument))
        self._stack.append(called(name, arguments))

    def _new_object(self, _: object) -> None:
        arguments = checked_kind(self.pop(), tuple)
        name = checked_kind(self.pop(), Name)
        self._stack.append(created(name, arguments))

    def _build(self, _: object) -> None:
        state = self.pop()
        set_state(self._stack[-1], state)


_CONSTANTS = {
    "NONE": None,
    "NEWTRUE": True,
    "NEWFALSE": False,
    "EMPTY_TUPLE": (),
}
_LITERALS = {
    *("INT", "BININT", "BININT1", "BININT2", "LONG", "LONG1", "LONG4"),
    *("FLOAT", "BINFLOAT", "STRING", "BINSTRING", "SHORT_BINSTRING"),
    *("UNICODE", "BINUNICODE", "SHORT_BINUNICODE", "BINUNICODE8"),
}
_STEPS: dict[str, Callable[[_Reader, Any], None]] = {
    "PROTO": _Reader._ignore,
    "FRAME": _Reader._ignore,
    "EMPTY_DICT": _Reader._new_dict,
    "EMPTY_LIST": _Reader._new_list,
    "MARK": _Reader._mark,
    "TUPLE": _Reader._tuple,
    "TUPLE1": lambda reader, _: reader._last(1),
    "TUPLE2": lambda reader, _: reader._last(2),
    "TUPLE3": lambda reader, _: reader._last(3),
    "PUT": _Reader._put,
    "BINPUT": _Reader._put,
    "LONG_BINPUT": _Reader._put,
    "MEMOIZE": _Reader._memoize,
    "GET": _Reader._get,
    "BINGET": _Reader._get,
    "LONG_BINGET": _Reader._get,
    "APPEND": _Reader._append,
    "APPENDS": _Reader._appends,
    "SETITEM": _Reader._set_item,
    "SETITEMS": _Reader._set_items,
    "GLOBAL": _Reader._global,
    "STACK_GLOBAL": _Reader._stack_global,
    "BINPERSID": _Reader._storage,
    "REDUCE": _Reader._reduce,
    "NEWOBJ": _Reader._new_object,
    "BUILD": _Reader._build,
}
