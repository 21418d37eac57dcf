"""Weights for a trunk that nobody has trained, the same everywhere."""

import numpy as np

from convzoo.losses.trunk_parts import trunk_convolutions


def random_trunk(network, seed, layers=None):
    """Weights that keep the scale of what passes through the network.

    Args:
        network: a key of `trunk_parts.TRUNKS`.
        seed: what differs has other weights.
        layers: names of layers; what only deeper ones need is left out, and
            does not change the others.

    Returns:
        Names as in torchvision's files -> float32 arrays, kernels in the order
        (out, in, rows, columns).
    """
    # Its stream is promised never to change, unlike that of `default_rng`.
    random = np.random.RandomState(seed)
    arrays = {}
    for part in trunk_convolutions(network, layers):
        shape = (part.filters, part.channels, part.kernel, part.kernel)
        deviation = np.sqrt(2 / np.prod(shape[1:]))
        kernel = deviation * random.standard_normal(shape)
        bias = 0.05 * random.standard_normal(part.filters)
        arrays[f"{part.torch_name}.weight"] = kernel.astype("float32")
        arrays[f"{part.torch_name}.bias"] = bias.astype("float32")
    return arrays
