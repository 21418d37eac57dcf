"""Names of tensors in LiteRT files, which are up to a fifth of one."""

from pathlib import Path

import flatbuffers
import numpy as np
from ai_edge_litert import schema_py_generated as schema

from convzoo.export.whole_file import write_whole

# What the format asks of the start of weights, in bytes.
_ALIGNMENT = 16


def drop_names(path):
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

    def CreateNumpyVector(self, x):
        if x.dtype == np.uint8:
            self.Prep(_ALIGNMENT, x.nbytes)
        return super().CreateNumpyVector(x)
