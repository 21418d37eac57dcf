"""Reduction in strips, against Pillow's of the whole image."""

import numpy as np
import pytest
from PIL import Image

from convzoo.zoo.images.reduced_strips import reduced_strips


def by_pillow(image, height, width):
    resized = [
        np.asarray(
            Image.fromarray(image[..., channel], "F").resize(
                (width, height), Image.Resampling.BICUBIC
            )
        )
        for channel in range(image.shape[-1])
    ]
    return np.clip(np.stack(resized, -1), 0, 1)


@pytest.mark.parametrize(
    "shape, size",
    [
        ((160, 97, 3), (120, 73)),
        ((131, 40, 1), (130, 40)),
        ((90, 61, 4), (11, 8)),
        ((37, 5, 2), (37, 3)),
        ((70, 9, 3), (1, 1)),
        ((3, 2, 3), (2, 2)),
        ((1, 1, 1), (1, 1)),
    ],
)
def test_strips_are_what_pillow_makes_of_the_whole(shape, size):
    image = np.random.default_rng(0).random(shape, np.float32)
    # Edges, at which the kernel overshoots.
    image[::3] = np.rint(image[::3])
    asked = []

    def rows(first, last):
        asked.append((first, last))
        return image[first:last]

    strips = list(reduced_strips(rows, shape, size))
    found = np.concatenate(strips)
    assert found.dtype == np.float32 and found.shape == (*size, shape[2])
    np.testing.assert_allclose(found, by_pillow(image, *size), atol=2e-6)
    firsts, lasts = zip(*asked, strict=True)
    assert list(firsts) == sorted(firsts) and list(lasts) == sorted(lasts)
    assert firsts[0] >= 0 and lasts[-1] <= shape[0]


def test_an_image_of_one_colour_keeps_it():
    image = np.full((50, 30, 3), 0.7, np.float32)
    for strip in reduced_strips(lambda a, b: image[a:b], image.shape, (33, 21)):
        np.testing.assert_allclose(strip, 0.7, atol=1e-6)
