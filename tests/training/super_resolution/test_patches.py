import numpy as np
import pytest

from convzoo.training import Patches
from convzoo.training.super_resolution.photographs import (
    crop_to_multiple,
    shrink,
)
from convzoo.zoo.images.bicubic import resize_bicubic
from convzoo.zoo.images.image_file import ImageFile
from convzoo.zoo.images.writing.write_image import write_image
from tests.support import photograph


@pytest.fixture
def paths(tmp_path):
    paths = []
    for seed in range(3):
        channels = 1 if seed == 2 else 3
        paths.append(tmp_path / f"{seed}.png")
        pixels = photograph(40 + seed, 57, channels, seed)
        write_image(paths[-1], ImageFile(pixels))
    return paths


def patches(paths, **arguments):
    defaults = {
        "scale": 2,
        "patch_size": 12,
        "batch_size": 5,
        "batches": 4,
        "seed": 1,
    }
    return Patches(paths, **{**defaults, **arguments})


def test_shapes_and_range(paths):
    low, high = patches(paths, scale=3, patch_size=9)[0]
    assert low.shape == (5, 9, 9, 3) and high.shape == (5, 27, 27, 3)
    assert low.dtype == high.dtype == np.float32
    assert 0 <= high.min() < 0.4 < 0.6 < high.max() <= 1
    assert len(patches(paths)) == 4


def test_a_batch_is_the_same_whenever_it_is_asked_for(paths):
    first, second = patches(paths), patches(paths)
    second[3], second[1]
    for a, b in zip(first[2], second[2], strict=True):
        np.testing.assert_array_equal(a, b)


def test_batches_epochs_and_seeds_differ(paths):
    dataset = patches(paths)
    first = dataset[0][0]
    others = [dataset[1][0], patches(paths, seed=2)[0][0]]
    dataset.follow().on_epoch_begin(1, None)
    others.append(dataset[0][0])
    for other in others:
        assert not np.array_equal(first, other)


def test_high_resolution_lies_where_low_does(paths):
    low, high = patches(paths, batch_size=16)[0]
    for a, b in zip(low, high, strict=True):
        again = shrink((b * 255).astype("uint8"), 2) / 255
        # Away from the border, the kernel covers the same pixels.
        np.testing.assert_allclose(a[3:-3, 3:-3], again[3:-3, 3:-3], atol=0.01)


def test_all_eight_orientations_occur(tmp_path):
    ramp = np.mgrid[:24, :24].transpose(1, 2, 0) * 8
    pixels = np.concatenate([ramp, ramp[..., :1] * 0], -1).astype("uint8")
    write_image(tmp_path / "ramp.png", ImageFile(pixels))
    low, _ = patches([tmp_path / "ramp.png"], batch_size=200)[0]
    corners = low[:, [0, 0, -1], [0, -1, 0], :2]
    orders = {tuple(np.sign(c - c[0]).ravel()) for c in corners}
    assert len(orders) == 8


def test_small_and_broken_photographs_are_left_out_and_named(paths, tmp_path):
    with pytest.raises(ValueError, match=r"no .* used: .*0.png.*60x60.*56x40"):
        patches(paths, patch_size=30)
    (tmp_path / "x.png").write_text("no")
    small = tmp_path / "small.png"
    write_image(small, ImageFile(photograph(23, 60)))
    others = [tmp_path / "x.png", small, tmp_path / "nowhere.png", tmp_path]
    with pytest.warns(UserWarning) as warned:
        dataset = patches([paths[0], *others, *paths[1:]])
    (message,) = [str(each.message) for each in warned]
    assert message.startswith("4 photographs left out: ")
    for text in (
        "x.png: is not an image",
        "small.png: is smaller than a patch of 24x24 pixels",
        "nowhere.png: does not exist",
    ):
        assert text in message
    assert dataset.told("3 files") == "3 files, without 4"
    expected = patches(paths)
    for a, b in zip(dataset[1], expected[1], strict=True):
        np.testing.assert_array_equal(a, b)


def test_photographs_with_too_many_pixels_are_left_out(paths):
    with pytest.warns(UserWarning, match="1 photograph left out.*2.png.*42"):
        patches(paths, max_pixels=41 * 57)


def test_a_long_list_is_cut(paths, tmp_path):
    others = [tmp_path / f"no{i}.png" for i in range(30)]
    with pytest.warns(UserWarning, match="30 photo.*; and 10 more") as warned:
        patches([*paths, *others])
    assert str(warned[0].message).count("does not exist") == 20


def test_reductions_make_more_photographs_of_a_few(paths):
    whole = patches(paths[:1], patch_size=4, batch_size=64)
    more = patches(paths[:1], patch_size=4, batch_size=64, reductions=(1, 0.5))
    assert len(more._pairs) == 2 and len(whole._pairs) == 1
    np.testing.assert_array_equal(more._pairs[0].high, whole._pairs[0].high)
    high = resize_bicubic(whole._pairs[0].high, 20, 28)
    np.testing.assert_array_equal(more._pairs[1].high, high)
    np.testing.assert_array_equal(more._pairs[1].low, shrink(high, 2))


def test_reductions_leave_out_what_would_be_smaller_than_a_patch(paths):
    # 40x57 pixels are reduced to 20x28 (low resolution 10x14) and to 12x16
    # (6x8, smaller than a patch).
    small = patches(paths[:1], patch_size=8, reductions=(1, 0.5, 0.3))
    assert [pair.low.shape[0] for pair in small._pairs] == [20, 10]


@pytest.mark.parametrize("reductions", [(), 1, (0.5, 0), (1.1,), (-1,), None])
def test_other_reductions_are_quoted(reductions, paths):
    with pytest.raises(ValueError, match="reductions="):
        patches(paths, reductions=reductions)


def views(image):
    """The eight orientations of an image."""
    for turns in range(4):
        turned = np.rot90(image, turns)
        yield turned
        yield turned[:, ::-1]


@pytest.mark.parametrize("scale", [2, 3])
def test_shifted_patches_are_of_the_whole_reduced_from_where_they_lie(
    scale, tmp_path
):
    written = photograph(10 * scale + 1, 9 * scale + 1)
    write_image(tmp_path / "0.png", ImageFile(written))
    image = crop_to_multiple(written, scale)
    side = 4 * scale
    expected = {}
    for y in range(image.shape[0] - side + 1):
        for x in range(image.shape[1] - side + 1):
            whole = image[y % scale :, x % scale :]
            low = shrink(crop_to_multiple(whole, scale), scale)
            rows, columns = y // scale, x // scale
            low = low[rows : rows + 4, columns : columns + 4]
            high = image[y : y + side, x : x + side]
            for a, b in zip(views(high), views(low), strict=True):
                expected[a.tobytes()] = b
    dataset = patches(
        [tmp_path / "0.png"],
        scale=scale,
        patch_size=4,
        batch_size=60,
        shifts=True,
    )
    found = set()
    for low, high in zip(*dataset[0], strict=True):
        key = np.rint(high * 255).astype("uint8").tobytes()
        np.testing.assert_array_equal(np.rint(low * 255), expected[key])
        found.add(key)
    # A photograph of this size has fewer aligned patches.
    assert len(found) > 7 * 6


def test_shifts_is_true_or_false(paths):
    with pytest.raises(ValueError, match="`shifts`.*Received: shifts=1"):
        patches(paths, shifts=1)
