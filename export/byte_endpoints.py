"""SavedModel endpoints that take encoded images."""

from collections.abc import Callable, Collection, Iterable, Mapping
from numbers import Integral

import tensorflow as tf

from convzoo.common.types import Tensor
from convzoo.export.image_bytes import decoded, encoded_png
from convzoo.export.served import Served, opened

IMAGE_SIZE = (256, 256)
MAX_PIXELS = 2**22
# TF Serving sends outputs whose names end with this suffix as base64.
_BYTES = "_bytes"
# One image at a time: ten took the memory of ten, and were not faster.
_PARALLEL = 1


def byte_endpoints(
    model: Served,
    image_size: tuple[int, int] = IMAGE_SIZE,
    max_pixels: int = MAX_PIXELS,
) -> dict[str, Callable[[Tensor], dict[str, Tensor]]]:
    """Build endpoints for encoded images, if the model takes images.

    An image model has a single input named `image`, of shape `(batch, height,
    width, 1 or 3)` where only the last size is fixed, with values in [0, 1].
    Image outputs are returned as PNG files, under their name plus `_bytes`.

    Args:
        model: A `Served`.
        image_size: Height and width to which `serve_bytes` resizes images.
        max_pixels: Maximum height times width of an encoded image. Each side
            has at most 16,384 pixels, or 8 times the square root of
            `max_pixels` if that is more.

    Returns:
        A dictionary from endpoint names to functions of `image_bytes`, a string
        tensor of shape `(batch,)`; empty if the model is not an image model.
        `serve_bytes` resizes the images to one size and runs them as one batch.
        `serve_one_bytes` runs each image alone at its own size, and omits
        outputs whose shape depends on that size; it exists if any is left.

    Raises:
        ValueError: If `image_size` or `max_pixels` are not positive integers.
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
        batch = tf.map_fn(
            resized,
            image_bytes,
            fn_output_signature=spec,
            parallel_iterations=_PARALLEL,
        )
        return _with_png(model.serve(tf.cast(batch, dtype)), images)

    signature = _fixed_outputs(outputs, images)

    def serve_one(encoded: Tensor) -> dict[str, Tensor]:
        found = model.serve(tf.expand_dims(image_of(encoded), 0))
        found = _with_png(found, images)
        return {name: tf.squeeze(found[name], 0) for name in signature}

    def serve_one_bytes(image_bytes: Tensor) -> dict[str, Tensor]:
        return tf.map_fn(
            serve_one,
            image_bytes,
            fn_output_signature=signature,
            parallel_iterations=_PARALLEL,
        )

    if not signature:
        return {"serve_bytes": serve_bytes}
    return {"serve_bytes": serve_bytes, "serve_one_bytes": serve_one_bytes}


def _check(image_size: tuple[int, int], max_pixels: int) -> None:
    size = tuple(image_size)
    if len(size) != 2 or not all(
        isinstance(n, Integral) and int(n) > 0 for n in size
    ):
        raise ValueError(
            "`image_size` must be a pair of positive integers, height and "
            f"width. Received: image_size={image_size!r}"
        )
    if not isinstance(max_pixels, Integral) or max_pixels < 1:
        raise ValueError(
            "`max_pixels` must be a positive integer. "
            f"Received: max_pixels={max_pixels!r}"
        )


def takes_images(model: Served) -> bool:
    """Whether a `Served` is an image model; see `byte_endpoints`."""
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
    """The model's output specs by name, for images of any size."""
    spec = tf.TensorSpec(opened(model.shapes["image"]), model.dtypes["image"])
    function = tf.function(model.serve).get_concrete_function(spec)
    return function.structured_outputs


def _fixed_outputs(
    outputs: Mapping[str, tf.TensorSpec], images: Iterable[str]
) -> dict[str, tf.TensorSpec]:
    """Specs, for one image, of the outputs with a fixed shape."""
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
    """Replace the images among the outputs by PNG files."""
    files = {
        name + _BYTES: tf.map_fn(
            encoded_png, outputs[name], fn_output_signature=tf.string
        )
        for name in images
    }
    rest = {n: value for n, value in outputs.items() if n not in images}
    return rest | files
