"""Names of inputs and outputs in LiteRT files."""

from pathlib import Path

import flatbuffers
from ai_edge_litert import schema_py_generated as schema


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
    old, new = map(_read, (source, target))
    for before, after in zip(old.signatureDefs, new.signatureDefs, strict=True):
        for kind in ("inputs", "outputs"):
            order = list(getattr(old.subgraphs[before.subgraphIndex], kind))
            places = {
                tensor.name: order.index(tensor.tensorIndex)
                for tensor in getattr(before, kind)
            }
            now = getattr(new.subgraphs[after.subgraphIndex], kind)
            for tensor in getattr(after, kind):
                tensor.tensorIndex = int(now[places[tensor.name]])
    builder = flatbuffers.Builder()
    builder.Finish(new.Pack(builder), b"TFL3")
    Path(target).write_bytes(builder.Output())


def _read(path):
    return schema.ModelT.InitFromPackedBuf(Path(path).read_bytes())
