"""Time to upscale a 320x180 image to 1280x720 in each runtime.

    python -m benchmarks.enlarging_speed

All runtimes take turns in one process, on all cores. Prints medians of 15
rounds, and ratios to Pillow's bicubic interpolation and to TensorFlow without
XLA.
"""

import os
import tempfile

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
import tensorflow as tf

from benchmarks._timing import medians
from convzoo.export import LiteRTModel, ONNXModel, SavedModel, export_model
from convzoo.export.formats import FORMATS
from convzoo.zoo import SRGenerator
from convzoo.zoo.images.bicubic import resize_bicubic

_ROUNDS = 15


def main():
    image = np.random.default_rng(0).integers(0, 256, (180, 320, 3), "uint8")
    batch = np.expand_dims(image.astype("float32") / 255, 0)
    model = SRGenerator.from_preset("sr_x4_tiny")
    compiled = tf.function(model.serve, jit_compile=True)
    with tempfile.TemporaryDirectory() as folder:
        saved, litert, onnx = export_model(model, folder, formats=FORMATS)
        runs = {
            "bicubic, Pillow": lambda: resize_bicubic(image, 720, 1280),
            "Keras on TensorFlow": lambda: model.predict_on_batch(batch),
            "Keras on TensorFlow, XLA": lambda: compiled(batch),
            "SavedModel": _calling(SavedModel(saved.path), batch),
            "LiteRT, 1 thread": _calling(LiteRTModel(litert.path, 1), batch),
            "LiteRT, 2 threads": _calling(LiteRTModel(litert.path, 2), batch),
            "ONNX, 1 thread": _calling(ONNXModel(onnx.path, 1), batch),
            "ONNX, 2 threads": _calling(ONNXModel(onnx.path, 2), batch),
        }
        _print(medians(runs, _ROUNDS))


def _calling(model, batch):
    return lambda: model(image=batch)


def _print(times):
    bicubic, keras = list(times.values())[:2]
    for name, median in times.items():
        print(
            f"{name}: {median * 1e3:.1f} ms, {median / bicubic:.1f} x bicubic, "
            f"{median / keras:.2f} x Keras"
        )


if __name__ == "__main__":
    main()
