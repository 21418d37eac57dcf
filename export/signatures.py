"""Names of inputs and outputs in LiteRT files."""

import struct
from pathlib import Path

from ai_edge_litert import schema_py_generated as schema

# Where a TensorMap of the format says where its tensor index is.
_TENSOR_INDEX = 6


def keep_signatures(source, target):
    """Give the inputs and outputs of one file the names that another has.

    ai-edge-quantizer 0.10 leaves the name of an output that is an input of
    something else too, such as logits before a softmax, with the tensor that it
    was before; LiteRT finds no data there.

    Args:
        source: path of a LiteRT file.
        target: path of a file made of it, whose inputs and outputs are in the
            same order. It is changed.
    """
    content = bytearray(Path(target).read_bytes())
    old = _maps(Path(source).read_bytes())
    for (before, order), (after, now) in zip(old, _maps(content), strict=True):
        index = now[order.index(before.TensorIndex())]
        if index != after.TensorIndex():
            offset = after._tab.Offset(_TENSOR_INDEX)
            if not offset:
                # A zero is left out of the file: there is no place for another.
                raise ValueError(f"{target}: {after.Name()} cannot be moved")
            struct.pack_into("<I", content, after._tab.Pos + offset, index)
    Path(target).write_bytes(content)


def _maps(content):
    """Of each named tensor: its `TensorMap`, and the tensors of its kind.

    In the order of their names, which both files have.
    """
    model = schema.Model.GetRootAs(content)
    found = []
    for number in range(model.SignatureDefsLength()):
        signature = model.SignatureDefs(number)
        graph = model.Subgraphs(signature.SubgraphIndex())
        for item, length, tensors in (
            (signature.Inputs, signature.InputsLength(), graph.InputsAsNumpy()),
            (
                signature.Outputs,
                signature.OutputsLength(),
                graph.OutputsAsNumpy(),
            ),
        ):
            maps = sorted(map(item, range(length)), key=lambda m: m.Name())
            found += [(each, tensors.tolist()) for each in maps]
    return found
