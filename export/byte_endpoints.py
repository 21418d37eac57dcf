"""Endpoints of a SavedModel that take encoded images."""

from collections.abc import Callable, Collection, Iterable, Mapping
from numbers import Integral

import tensorflow as tf

from convzoo.common.types import Tensor
from convzoo.export.image_bytes import decoded, encoded_png
from convzoo.export.served import Served, opened

IMAGE_SIZE = (256, 256)
MAX_PIXELS = 2**22
# Outputs whose names end so are base64 in the answers of TF Serving.
_BYTES = "_bytes"


def byte_endpoints(
    model: Served,
    image_size: tuple[int, int] = IMAGE_SIZE,
    max_pixels: int = MAX_PIXELS,
) -> dict[str, Callable[[Tensor], dict[str, Tensor]]]:
    """Functions of encoded images, for a model of images.

    That is one with a single input, called `image`, of shape `(batch, height,
    width, 1 or 3)`, all but the last open, and values from 0 to 1. Outputs that
    are such images are PNG files in the answers, under their name and `_bytes`.

    Args:
        model: a `Served`.
        image_size: height and width that `serve_bytes` gives to all images.
        max_pixels: of the largest image that is taken.

    Returns:
        A dict from names of endpoints to functions of `image_bytes`, a string
        tensor `(batch,)`; an empty one if it is no model of images.
        `serve_bytes` brings the images to one size and computes them at once;
        `serve_one_bytes` computes each alone, at its own size, and leaves out
        outputs whose size depends on it.

    Raises:
        ValueError: `image_size` or `max_pixels` are not positive whole numbers.
    """
    _check(image_size, max_pixels)
    if not takes_images(model):
        return {}
    channels = int(model.shapes["image"][-1])
    dtype = model.dtypes["image"]
    outputs = _outputs(model)
    images = [name for name, spec in outputs.items() if _is_image(name, spec)]

    def image_of(encoded: Tensor) -> Tensor:
        return tf.cast(decoded(encoded, channels, max_pixels), dtype)

    def resized(encoded: Tensor) -> Tensor:
        return tf.image.resize(image_of(encoded), image_size, antialias=True)

    def serve_bytes(image_bytes: Tensor) -> dict[str, Tensor]:
        spec = tf.TensorSpec((*image_size, channels))
        batch = tf.map_fn(resized, image_bytes, fn_output_signature=spec)
        return _with_png(model.serve(tf.cast(batch, dtype)), images)

    alone = _of_any_size(outputs, images)

    def serve_one(encoded: Tensor) -> dict[str, Tensor]:
        found = model.serve(tf.expand_dims(image_of(encoded), 0))
        found = _with_png(found, images)
        return {name: tf.squeeze(found[name], 0) for name in alone}

    def serve_one_bytes(image_bytes: Tensor) -> dict[str, Tensor]:
        return tf.map_fn(serve_one, image_bytes, fn_output_signature=alone)

    return {"serve_bytes": serve_bytes, "serve_one_bytes": serve_one_bytes}


def _check(image_size: tuple[int, int], max_pixels: int) -> None:
    size = tuple(image_size)
    if len(size) != 2 or not all(
        isinstance(n, Integral) and int(n) > 0 for n in size
    ):
        raise ValueError(
            "`image_size` must be a height and a width, positive whole "
            f"numbers. Received: {image_size}"
        )
    if not isinstance(max_pixels, Integral) or max_pixels < 1:
        raise ValueError(
            "`max_pixels` must be a positive whole number. "
            f"Received: {max_pixels}"
        )


def takes_images(model: Served) -> bool:
    """Whether a `Served` is a model of images, as above."""
    if list(model.shapes) != ["image"]:
        return False
    return _is_image("image", tf.TensorSpec(opened(model.shapes["image"])))


def _is_image(name: str, spec: tf.TensorSpec) -> bool:
    shape = spec.shape
    return (
        name.startswith("image")
        and shape.rank == 4
        and shape[-1] in (1, 3)
        and shape[1] is None
        and shape[2] is None
    )


def _outputs(model: Served) -> dict[str, tf.TensorSpec]:
    """What the model returns for images of any size, by name."""
    spec = tf.TensorSpec(opened(model.shapes["image"]), model.dtypes["image"])
    function = tf.function(model.serve).get_concrete_function(spec)
    return function.structured_outputs


def _of_any_size(
    outputs: Mapping[str, tf.TensorSpec], images: Iterable[str]
) -> dict[str, tf.TensorSpec]:
    """Of one image: outputs that have one shape whatever its size is."""
    specs = {
        name: tf.TensorSpec(spec.shape[1:], spec.dtype)
        for name, spec in outputs.items()
        if spec.shape[1:].is_fully_defined()
    }
    return specs | {
        name + _BYTES: tf.TensorSpec((), tf.string) for name in images
    }


def _with_png(
    outputs: Mapping[str, Tensor], images: Collection[str]
) -> dict[str, Tensor]:
    """With PNG files in the place of images."""
    files = {
        name + _BYTES: tf.map_fn(
            encoded_png, outputs[name], fn_output_signature=tf.string
        )
        for name in images
    }
    rest = {n: value for n, value in outputs.items() if n not in images}
    return rest | files
