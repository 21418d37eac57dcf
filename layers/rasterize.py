"""Rasterisation of points with features.

Jaderberg et al. 2015, Spatial Transformer Networks,
https://arxiv.org/abs/1506.02025, section 3.3, for the bilinear kernel.

What differs from the paper: the paper samples a map at points; this layer is
the transpose, and adds points to a map. A Gaussian kernel is available too.
"""

from typing import Any

import keras
import numpy as np
from keras import ops

from convzoo.common.checks import check_above, check_lengths, checked_pair
from convzoo.common.types import Shape, Tensor
from convzoo.layers.input_checks import check_input_shape, checked_channels
from convzoo.layers.types import IntOrPair


@keras.saving.register_keras_serializable(package="convzoo")
class Rasterize(keras.layers.Layer):
    """Adds the features of points to nearby cells of a grid.

    The features of a point are distributed over cells with weights that sum to
    1. Points beyond the grid are added to its border. The result is
    differentiable in the positions of the points, and independent of their
    order.

    Args:
        grid: Number of cells, an int or (rows, columns).
        extent: Lengths of the grid along x and y, in the unit of the points.
            The origin is in the middle; x runs along the columns, y along the
            rows, and row 0 has the smallest y.
        sigma: Standard deviation of a Gaussian kernel, in the unit of the
            points. None for a bilinear kernel, over the four cells around a
            point.

    Call arguments:
        inputs: Points: x, y and their features along the last axis. Points with
            a NaN in x or y are left out.

    Input shape: `(batch, n, 2 + channels)`; batch and n may be unknown.
    Output shape: `(batch, rows, columns, channels)`.

    Raises:
        ValueError: An argument is not as described, or the input is not of rank
            3, has no features, or their number is unknown.

    Example:

    >>> import numpy as np
    >>> from convzoo.layers import Rasterize
    >>> points = np.array([[[0.0, 0.0, 1.0], [50.0, np.nan, 1.0]]])
    >>> raster = Rasterize((3, 4), (8.0, 6.0))(points)
    >>> raster.shape
    TensorShape([1, 3, 4, 1])
    >>> print(np.array(raster)[0, :, :, 0])
    [[0.  0.  0.  0. ]
     [0.  0.5 0.5 0. ]
     [0.  0.  0.  0. ]]
    """

    def __init__(
        self,
        grid: IntOrPair,
        extent: tuple[float, float],
        sigma: float | None = None,
        **kwargs: Any,
    ) -> None:
        rows, columns = checked_pair("grid", grid)
        check_lengths("extent", extent)
        if sigma is not None:
            check_above("sigma", sigma, 0)
        # Keras would cast the points to half precision.
        super().__init__(autocast=False, **kwargs)
        self.grid = rows, columns
        self.extent = tuple(extent)
        self.sigma = sigma

    @property
    def centres(self) -> tuple[np.ndarray, np.ndarray]:
        """Centres of the cells: x of the columns, and y of the rows."""
        rows, columns = self.grid
        width, height = self.extent
        return _centres(columns, width), _centres(rows, height)

    def build(self, input_shape: Shape) -> None:
        self._channels(input_shape)

    def call(self, inputs: Tensor) -> Tensor:
        self._channels(inputs.shape)
        if 0 in inputs.shape[:2]:
            shape = self.compute_output_shape(tuple(inputs.shape))
            return ops.zeros(shape, self.compute_dtype)
        features = ops.cast(inputs[:, :, 2:], self.compute_dtype)
        across, down = (
            ops.cast(
                self._cell_weights(inputs[:, :, axis], axis), features.dtype
            )
            for axis in (0, 1)
        )
        rows, columns = self.grid
        batch, count, channels = ops.shape(features)
        spread = ops.expand_dims(across, 3) * ops.expand_dims(features, 2)
        spread = ops.reshape(spread, (batch, count, columns * channels))
        raster = ops.matmul(ops.transpose(down, (0, 2, 1)), spread)
        return ops.reshape(raster, (batch, rows, columns, channels))

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        return input_shape[0], *self.grid, self._channels(input_shape)

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "grid": self.grid,
            "extent": self.extent,
            "sigma": self.sigma,
        }

    def _channels(self, input_shape: Shape) -> int:
        # No points make an empty raster.
        check_input_shape("Rasterize", input_shape, (3,), may_be_empty=2)
        channels = checked_channels("Rasterize", input_shape, 2) - 2
        if channels < 1:
            raise ValueError(
                "Rasterize needs x, y and a feature of each point. "
                f"Received: input_shape={tuple(input_shape)}"
            )
        return channels

    def _cell_weights(self, coordinates: Tensor, axis: int) -> Tensor:
        """Compute the weight of each cell of an axis: `(batch, n, cells)`."""
        known = ops.expand_dims(ops.logical_not(ops.isnan(coordinates)), 2)
        places = ops.expand_dims(coordinates, 2)
        places = ops.where(known, places, ops.zeros_like(places))
        middles = self.centres[axis]
        if keras.backend.standardize_dtype(places.dtype) != "float64":
            places = ops.cast(places, "float32")
        centres = ops.convert_to_tensor(middles, places.dtype)
        if self.sigma is None:
            step = self.extent[axis] / len(middles)
            places = ops.clip(places, middles[0], middles[-1])
            weights = ops.relu(1 - ops.abs(places - centres) / step)
        else:
            squares = ops.square((places - centres) / self.sigma)
            nearest = ops.min(squares, axis=2, keepdims=True)
            weights = ops.exp((nearest - squares) / 2)
            weights = weights / ops.sum(weights, axis=2, keepdims=True)
        return ops.where(known, weights, ops.zeros_like(weights))


def _centres(count: int, length: float) -> np.ndarray:
    centres = (np.arange(count) + 0.5 - count / 2) * (length / count)
    return centres.astype("float32")
