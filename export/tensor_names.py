"""Names of tensors in LiteRT files, which are up to a fifth of one."""

import struct
from pathlib import Path
from typing import Any

import flatbuffers
import numpy as np
from ai_edge_litert import schema_py_generated as schema

from convzoo.common.output_file import write_whole
from convzoo.common.types import PathLike

# What the format asks of the start of weights, in bytes.
_ALIGNMENT = 16
# Where a TensorMap of the format says where its tensor index is.
_TENSOR_INDEX = 6


def drop_names(path: PathLike) -> None:
    """Write a LiteRT file again without the names of what is inside.

    Inputs and outputs keep theirs, and signatures too: no runtime asks for
    others.

    Args:
        path: of the file, which is replaced.
    """
    path = Path(path)
    content = path.read_bytes()
    model = schema.ModelT.InitFromPackedBuf(content)
    for buffer in model.buffers:
        # ai-edge-quantizer puts large ones behind what the format describes.
        if buffer.size:
            end = buffer.offset + buffer.size
            buffer.data = np.frombuffer(content[buffer.offset : end], np.uint8)
            buffer.offset = buffer.size = 0
    for graph in model.subgraphs:
        kept = {*graph.inputs, *graph.outputs}
        for index, tensor in enumerate(graph.tensors):
            if index not in kept:
                tensor.name = None
    builder = _Builder(len(content))
    builder.Finish(model.Pack(builder), file_identifier=b"TFL3")
    write_whole(path, builder.Output())


class _Builder(flatbuffers.Builder):
    """Aligns weights, of which Python's code for the format knows nothing."""

    def CreateNumpyVector(self, x: np.ndarray) -> int:
        if x.dtype == np.uint8:
            self.Prep(_ALIGNMENT, x.nbytes)
        return super().CreateNumpyVector(x)


def keep_signatures(source: PathLike, target: PathLike) -> None:
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


def _maps(content: bytes | bytearray) -> list[tuple[Any, list[int]]]:
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
