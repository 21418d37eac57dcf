"""Differences between exported files and Keras, for each layer and preset.

    python -m benchmarks.export_contract [--cards] [NAME...]

Each model is exported as SavedModel, LiteRT and ONNX, one file for all sizes,
and runs in its own runtime at three sizes, one odd and one tiny. A difference
above the tolerance of `export_model` is an error. Prints a table; `--cards`
also writes that of a preset into its card.
"""

import os
import re
import sys
import tempfile
import textwrap

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np

from convzoo.export import export_model
from convzoo.export.difference import SIZES
from convzoo.layers import (
    SPP,
    DeformableConv2D,
    MLPConv,
    NonLocal,
    Rasterize,
    SpectralConv2D,
)
from convzoo.presets import built_in
from convzoo.zoo import load_model

_FORMATS = ("saved_model", "litert", "onnx")
_TITLES = {"saved_model": "SavedModel", "litert": "LiteRT", "onnx": "ONNX"}
_LAYERS = {
    "SPP": lambda: SPP((1, 2, 4)),
    "SPP, average": lambda: SPP((1, 2, 3, 6), pooling="average"),
    "NonLocal": NonLocal,
    "NonLocal, sub_sample=2": lambda: NonLocal(sub_sample=2),
    "MLPConv": lambda: MLPConv((16, 16, 8), 3),
    "DeformableConv2D": lambda: DeformableConv2D(8, 3, padding="same"),
    "SpectralConv2D": lambda: SpectralConv2D(8, 3, padding="same"),
    "Rasterize": lambda: Rasterize((17, 26), (105.0, 68.0)),
}
# Sizes for points: the batch size, and the number of points.
_POINTS = ((1, 22), (2, 7), (1, 1))
_HEAD = (
    "| file | kB | largest difference, by size | mean | 99.9 % | kinds "
    "| operators |\n|---|---|---|---|---|---|---|"
)
_BEGIN, _END = "<!-- benchmarks.export_contract -->", "<!-- end -->"


def main():
    names = [name for name in sys.argv[1:] if name != "--cards"]
    for name in names or (*_LAYERS, *built_in()):
        model, sizes = _built(name)
        with tempfile.TemporaryDirectory() as folder:
            files = export_model(model, folder, "model", _FORMATS, sizes=sizes)
        table = "\n".join([_HEAD, *map(_row, files)])
        print(f"\n{name}\n\n{table}", flush=True)
        if "--cards" in sys.argv and name in built_in():
            _write_card(built_in()[name].card_path, table, files)


def _built(name):
    if name in built_in():
        return load_model(name), SIZES
    keras.utils.set_random_seed(0)
    points = name == "Rasterize"
    inputs = keras.Input((None, 5) if points else (None, None, 4))
    model = keras.Model(inputs, _LAYERS[name]()(inputs))
    # Layers that start as the identity have weights of zero.
    random = np.random.default_rng(0)
    model.set_weights(
        [
            weight + random.normal(0, 0.2, weight.shape)
            for weight in model.get_weights()
        ]
    )
    return model, _POINTS if points else SIZES


def _row(file):
    outputs = [
        output
        for size in file.report["sizes"]
        for output in size["outputs"].values()
    ]
    mean, high = (
        max(output[kind] for output in outputs) for kind in ("mean", "p99_9")
    )
    each = " ".join(
        f"{max(o['largest'] for o in size['outputs'].values()):.1e}"
        for size in file.report["sizes"]
    )
    kilobytes = file.report["bytes"] / 1000
    operators = file.report["operators"]
    counted = f"{len(operators)} | {sum(operators.values())}"
    return (
        f"| {_TITLES[file.format]} | {kilobytes:.0f} | {each} | {mean:.1e} "
        f"| {high:.1e} | {counted} |"
    )


def _write_card(path, table, files):
    """Replace the table of a card, or append it."""
    sizes = ", ".join(
        "; ".join(
            f"{name} {'x'.join(map(str, shape))}"
            for name, shape in size["inputs"].items()
        )
        for size in files[0].report["sizes"]
    )
    lite = next(file for file in files if file.format == "litert")
    block = (
        f"{_BEGIN}\n### Exported files\n\n"
        + _filled(
            "One file per format accepts all input sizes. Each file runs in "
            "its own runtime and is compared with Keras; differences are "
            f"divided by the scale of the output. Input sizes: {sizes}."
        )
        + f"\n\n{table}\n\n"
        + _filled(
            "LiteRT operators, all builtin: "
            f"{', '.join(lite.report['operators'])}."
        )
        + f"\n{_END}\n"
    )
    text = path.read_text()
    pattern = re.escape(_BEGIN) + ".*" + re.escape(_END) + "\n"
    if re.search(pattern, text, re.DOTALL):
        text = re.sub(pattern, lambda _: block, text, flags=re.DOTALL)
    else:
        text = f"{text.rstrip()}\n\n{block}"
    path.write_text(text)


def _filled(text):
    """Wrap text at 80 columns, since `convzoo info` prints cards."""
    return textwrap.fill(
        text, 80, break_long_words=False, break_on_hyphens=False
    )


if __name__ == "__main__":
    main()
