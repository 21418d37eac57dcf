"""Functions of one image, applied to each of a batch, in a SavedModel."""

from collections.abc import Callable, Mapping

import tensorflow as tf

from convzoo.common.types import Tensor

# One image at a time: ten took the memory of ten, and were not faster.
_PARALLEL = 1


def of_each(
    function: Callable[[Tensor], Tensor], batch: Tensor, spec: tf.TypeSpec
) -> Tensor:
    """Apply a function to each entry of a batch, one after the other.

    Args:
        function: Takes an entry, and returns what `spec` describes.
        batch: Tensor with a leading axis of entries.
        spec: Spec of a result, or a structure of them.
    """
    return tf.map_fn(
        function, batch, fn_output_signature=spec, parallel_iterations=_PARALLEL
    )


def outputs_of_each(
    function: Callable[[Tensor], dict[str, Tensor]],
    batch: Tensor,
    specs: Mapping[str, tf.TensorSpec],
) -> dict[str, Tensor]:
    """Apply a function with several outputs, of any sizes.

    Args:
        function: Takes an entry, and returns tensors by name.
        batch: Tensor with a leading axis of entries.
        specs: The outputs to return, without the axis of entries. Outputs with
            open sizes are filled up with zeros to the largest of the batch.
    """
    open_axes = {
        name: [axis for axis, size in enumerate(spec.shape) if size is None]
        for name, spec in specs.items()
    }
    signature = {
        name: tf.RaggedTensorSpec(
            spec.shape, spec.dtype, ragged_rank=open_axes[name][-1]
        )
        if open_axes[name]
        else spec
        for name, spec in specs.items()
    }

    def named(entry: Tensor) -> dict[str, Tensor]:
        found = function(entry)
        return {
            name: _ragged(found[name], axes) for name, axes in open_axes.items()
        }

    found = of_each(named, batch, signature)
    return {
        name: value.to_tensor() if open_axes[name] else value
        for name, value in found.items()
    }


def _ragged(tensor: Tensor, open_axes: list[int]) -> Tensor:
    if not open_axes or open_axes[-1] == 0:
        return tensor
    return tf.RaggedTensor.from_tensor(tensor, ragged_rank=open_axes[-1])
