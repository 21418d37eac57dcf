"""Tensor names in LiteRT files, which take up to a fifth of a file."""

import struct
from pathlib import Path
from typing import Any

import flatbuffers
import numpy as np
from ai_edge_litert import schema_py_generated as schema

from convzoo.common.output_file import write_whole
from convzoo.common.types import PathLike

# Alignment of weights that the format requires, in bytes.
_ALIGNMENT = 16
# Position of the tensor index in the vtable of a TensorMap.
_TENSOR_INDEX = 6


def drop_names(path: PathLike) -> None:
    """Remove the names of internal tensors from a LiteRT file.

    Inputs, outputs and signatures keep their names; runtimes use no others.

    Args:
        path: Path of the file, which is replaced.
    """
    path = Path(path)
    content = path.read_bytes()
    model = schema.ModelT.InitFromPackedBuf(content)
    for buffer in model.buffers:
        # ai-edge-quantizer appends large buffers after the FlatBuffer.
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
    """Builder that aligns weights, which FlatBuffers for Python does not."""

    def CreateNumpyVector(self, x: np.ndarray) -> int:
        if x.dtype == np.uint8:
            self.Prep(_ALIGNMENT, x.nbytes)
        return super().CreateNumpyVector(x)


def keep_signatures(source: PathLike, target: PathLike) -> None:
    """Copy the names of inputs and outputs from one file to another.

    If an output also feeds another operation, such as logits before a softmax,
    ai-edge-quantizer 0.10 leaves its name on the tensor from before the
    quantisation, where LiteRT finds no data.

    Args:
        source: Path of a LiteRT file.
        target: Path of a file made from it, with inputs and outputs in the same
            order. The file is changed.
    """
    content = bytearray(Path(target).read_bytes())
    old = _maps(Path(source).read_bytes())
    for (before, order), (after, now) in zip(old, _maps(content), strict=True):
        index = now[order.index(before.TensorIndex())]
        if index != after.TensorIndex():
            offset = after._tab.Offset(_TENSOR_INDEX)
            if not offset:
                # The file omits an index of zero, so none can be written there.
                raise ValueError(f"{target}: {after.Name()} cannot be moved")
            struct.pack_into("<I", content, after._tab.Pos + offset, index)
    Path(target).write_bytes(content)


def _maps(content: bytes | bytearray) -> list[tuple[Any, list[int]]]:
    """Return the `TensorMap` and the tensor indices of each named tensor.

    The indices are those of all inputs, or of all outputs. Inputs and outputs
    are sorted by name, so that the lists of two files correspond.
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
