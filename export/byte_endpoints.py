"""SavedModel endpoints that take encoded images."""

from collections.abc import Callable, Collection, Mapping
from numbers import Integral

import tensorflow as tf

from convzoo.common.types import Tensor
from convzoo.export.image_bytes import decoded, encoded_png
from convzoo.export.of_each import of_each, outputs_of_each
from convzoo.export.scaled_image import scaled_image
from convzoo.export.served import Served, opened

IMAGE_SIZE = (256, 256)
MAX_PIXELS = 2**22
# TF Serving sends outputs whose names end with this suffix as base64.
_BYTES = "_bytes"


def byte_endpoints(
    model: Served,
    image_size: tuple[int, int] | None = None,
    max_pixels: int = MAX_PIXELS,
) -> dict[str, Callable[[Tensor], dict[str, Tensor]]]:
    """Build endpoints for encoded images, if the model takes images.

    An image model has a single input named `image`, of shape `(batch, height,
    width, 1 or 3)` where only the last size is fixed, with values in its
    `image_range`. Image outputs, in [0, 1], are returned as PNG files, under
    their name plus `_bytes`.

    Args:
        model: A `Served`.
        image_size: Height and width to which `serve_bytes` resizes images. None
            for `IMAGE_SIZE`, unless the model's `sides` have a largest length.
        max_pixels: Maximum height times width of an encoded image, and of a
            scaled one. Each side has at most 16,384 pixels, or 8 times the
            square root of `max_pixels` if that is more.

    Returns:
        A dictionary from endpoint names to functions of `image_bytes`, a string
        tensor of shape `(batch,)`; empty if the model is not an image model.
        `serve_one_bytes` runs each image alone at its own size, scaled to the
        model's `sides`, and omits outputs whose shape depends on that size; it
        exists if any is left. `serve_bytes` resizes the images to one size and
        runs them as one batch. With `image_size=None` and a largest length, it
        runs each alone, as `serve_one_bytes` does, and omits no output: zeros
        fill up the outputs of smaller images.

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
    low, high = model.image_range
    is_scaled = model.sides != (1, None)

    def served(batch: Tensor) -> dict[str, Tensor]:
        in_range = tf.cast(low + batch * (high - low), dtype)
        return _with_png(model.serve(in_range), images)

    def one(encoded: Tensor) -> dict[str, Tensor]:
        image = decoded(encoded, channels, max_pixels)
        if is_scaled:
            image = scaled_image(image, model.sides, max_pixels)
        found = served(tf.expand_dims(image, 0))
        return {name: tf.squeeze(value, 0) for name, value in found.items()}

    def resized(encoded: Tensor) -> Tensor:
        image = decoded(encoded, channels, max_pixels)
        return tf.image.resize(image, size, antialias=True)

    def in_one_size(image_bytes: Tensor) -> dict[str, Tensor]:
        spec = tf.TensorSpec((*size, channels))
        return served(of_each(resized, image_bytes, spec))

    specs = _specs_of_one(outputs, images)
    fixed = {n: s for n, s in specs.items() if s.shape.is_fully_defined()}

    def each_alone(image_bytes: Tensor) -> dict[str, Tensor]:
        return outputs_of_each(one, image_bytes, specs)

    def serve_one_bytes(image_bytes: Tensor) -> dict[str, Tensor]:
        return outputs_of_each(one, image_bytes, fixed)

    size = image_size or IMAGE_SIZE
    is_alone = image_size is None and model.sides[1] is not None
    endpoints: dict[str, Callable[[Tensor], dict[str, Tensor]]]
    endpoints = {"serve_bytes": each_alone if is_alone else in_one_size}
    if fixed:
        endpoints["serve_one_bytes"] = serve_one_bytes
    return endpoints


def _check(image_size: tuple[int, int] | None, max_pixels: int) -> None:
    size = IMAGE_SIZE if image_size is None else tuple(image_size)
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


def _specs_of_one(
    outputs: Mapping[str, tf.TensorSpec], images: Collection[str]
) -> dict[str, tf.TensorSpec]:
    """Specs of the outputs for one image; of PNG files for its images."""
    specs = {
        name: tf.TensorSpec(spec.shape[1:], spec.dtype)
        for name, spec in outputs.items()
        if name not in images
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
