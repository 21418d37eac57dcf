"""KServe server of a LiteRT file, in a separate environment.

    python kserve_server.py NAME FILE PORT

Version 1 of KServe's protocol is TF Serving's REST protocol, but the model
interprets the JSON. This model takes encoded images as TF Serving does, and
answers images of any size as `serve_one_bytes` does.
"""

import base64
import io
import sys

import numpy as np
from ai_edge_litert.interpreter import Interpreter
from kserve import Model, ModelServer
from PIL import Image, UnidentifiedImageError


class ServedModel(Model):
    def __init__(self, name, path):
        super().__init__(name)
        self.run = Interpreter(path).get_signature_runner()
        self.ready = True

    def predict(self, payload, headers=None):
        return {"predictions": [self.one(row) for row in payload["instances"]]}

    def one(self, row):
        if "image_bytes" in row:
            found = self.run(image=decoded(row["image_bytes"]["b64"]))
            return {f"{k}_bytes": {"b64": png(v[0])} for k, v in found.items()}
        image = np.asarray(row["image"], np.float32)
        found = self.run(image=np.expand_dims(image, 0))
        return {name: value[0].tolist() for name, value in found.items()}


def decoded(text):
    try:
        image = Image.open(io.BytesIO(base64.b64decode(text)))
    except UnidentifiedImageError as error:
        raise ValueError("the image cannot be decoded") from error
    pixels = np.asarray(image.convert("RGB"), np.float32) / 255
    return np.expand_dims(pixels, 0)


def png(image):
    buffer = io.BytesIO()
    pixels = np.round(255 * image.clip(0, 1)).astype(np.uint8)
    Image.fromarray(pixels).save(buffer, "png")
    return base64.b64encode(buffer.getvalue()).decode()


if __name__ == "__main__":
    name, path, port = sys.argv[1:]
    ModelServer(http_port=int(port), enable_grpc=False, workers=1).start(
        [ServedModel(name, path)]
    )
