"""Writer of PyTorch files in the format before 1.6, without PyTorch."""

import pickle
import struct

LEGACY_START = b"".join(
    pickle.dumps(value, 2)
    for value in (
        0x1950A86A20F9469CFC6C,
        1001,
        {"protocol_version": 1001, "little_endian": True},
    )
)


def write_torch_file(path, arrays):
    """Write a state dict of float32 arrays."""
    tensors = {
        name: pickled_tensor(
            name,
            array.size,
            array.shape,
            [stride // 4 for stride in array.strides],
        )
        for name, array in arrays.items()
    }
    path.write_bytes(legacy_file(pickled_dictionary(tensors), arrays))


def legacy_file(pickled, storages):
    """Return the bytes of a file from a pickle and its storages by key."""
    return b"".join(
        [
            LEGACY_START,
            pickled,
            pickle.dumps(list(storages), 2),
            *(
                struct.pack("<q", numbers.size) + numbers.tobytes()
                for numbers in storages.values()
            ),
        ]
    )


def pickled_dictionary(values):
    """Pickle a dictionary of pickled values."""
    items = b"".join(_opcodes(k) + v + b"s" for k, v in values.items())
    return b"\x80\x02}" + items + b"."


def pickled_tensor(key, length, shape, strides, function="_rebuild_tensor_v2"):
    storage = b"".join(
        [
            b"(",
            _opcodes("storage"),
            b"ctorch\nFloatStorage\n",
            _opcodes(key),
            _opcodes("cpu"),
            _opcodes(length),
            b"NtQ",
        ]
    )
    arguments = storage + b"".join(
        map(_opcodes, (0, tuple(shape), tuple(strides)))
    )
    if function == "_rebuild_tensor_v2":
        arguments += _opcodes(False) + _opcodes({})
    return f"ctorch._utils\n{function}\n(".encode() + arguments + b"tR"


def _opcodes(value):
    """Return the pickle of a value without protocol and stop opcodes."""
    return pickle.dumps(value, 2)[2:-1]
