import keras
import numpy as np
import pytest

from convzoo.training import SizeBuckets
from convzoo.zoo import SizeAgnosticClassifier
from convzoo.zoo.images.bicubic import resize_bicubic
from tests.layer_checks import BACKEND
from tests.support import photograph, rest_long

SIZES = [(8, 9), (30, 20), (9, 8), (31, 22), (10, 10), (29, 21), (12, 40)]
TARGETS = np.arange(len(SIZES))


def images():
    return [photograph(*size, seed=i) for i, size in enumerate(SIZES)]


def epoch_of(dataset):
    return [dataset[index] for index in range(len(dataset))]


def test_images_stand_in_the_corner_as_they_are():
    dataset = SizeBuckets(images(), TARGETS, batch_size=2, buckets=3)
    originals = images()
    for inputs, targets in epoch_of(dataset):
        assert inputs["images"].dtype == np.float32
        assert inputs["sizes"].dtype == np.int32
        for image, size, target in zip(
            inputs["images"], inputs["sizes"], targets, strict=True
        ):
            height, width = size
            assert (height, width) == SIZES[target]
            np.testing.assert_allclose(
                image[:height, :width] * 255, originals[target], atol=1e-4
            )
            assert not image[height:].any() and not image[:, width:].any()


def test_every_image_is_in_every_epoch():
    dataset = SizeBuckets(images(), TARGETS, batch_size=3, buckets=3)
    for epoch in range(3):
        dataset.follow().on_epoch_begin(epoch, None)
        seen = np.concatenate([targets for _, targets in epoch_of(dataset)])
        assert set(seen) == set(TARGETS)
        assert len(seen) == 3 * len(dataset)


def test_there_are_as_many_shapes_as_buckets():
    dataset = SizeBuckets(images(), TARGETS, batch_size=2, buckets=3)
    shapes = {inputs["images"].shape for inputs, _ in epoch_of(dataset)}
    expected = {(2, *shape, 3) for shape in dataset.shapes.tolist()}
    assert shapes == expected and len(expected) == 3


def test_a_batch_is_the_same_whenever_it_is_asked_for():
    def augmentation(image, random):
        return image + random.integers(2, size=image.shape, dtype="uint8")

    first, second, other = (
        SizeBuckets(
            images(), TARGETS, 2, 2, augmentation=augmentation, seed=seed
        )
        for seed in (1, 1, 2)
    )
    second[1], second[0]
    np.testing.assert_array_equal(first[1][0]["images"], second[1][0]["images"])
    orders = [[t.tolist() for _, t in epoch_of(d)] for d in (first, other)]
    first.follow().on_epoch_begin(1, None)
    orders.append([t.tolist() for _, t in epoch_of(first)])
    assert orders[0] != orders[1] and orders[0] != orders[2]


def test_one_size_an_epoch_in_turn():
    dataset = SizeBuckets(images(), TARGETS, batch_size=7, sizes=(16, 24))
    assert len(dataset) == 1
    for epoch, side in enumerate((16, 24, 16)):
        dataset.follow().on_epoch_begin(epoch, None)
        ((inputs, targets),) = epoch_of(dataset)
        assert inputs.shape == (7, side, side, 3)
        expected = resize_bicubic(images()[targets[0]], side, side)
        np.testing.assert_allclose(inputs[0] * 255, expected, atol=1e-4)


def rescaled(factor, batch_size=2, **arguments):
    return SizeBuckets(
        images(), TARGETS, batch_size, 3, rescale=factor, **arguments
    )


def test_rescaled_images_keep_their_aspect():
    originals, dataset = images(), rescaled(2.0)
    for inputs, targets in epoch_of(dataset):
        assert inputs["images"].shape[1:3] in map(tuple, dataset.shapes)
        for image, (height, width), target in zip(
            inputs["images"], inputs["sizes"], targets, strict=True
        ):
            expected = resize_bicubic(originals[target], height, width)
            np.testing.assert_allclose(
                image[:height, :width] * 255, expected, atol=1e-4
            )
            rows, columns = np.divide((height, width), SIZES[target])
            assert 0.45 < rows < 2.05 and 0.45 < columns < 2.05
            # The aspect ratio is kept to within one pixel of the shorter side.
            assert abs(rows - columns) < 1 / min(SIZES[target])


def test_eight_epochs_show_every_image_in_eight_sizes():
    dataset, seen, shapes = rescaled(1.5, batch_size=1), [], set()
    for epoch in range(8):
        dataset.follow().on_epoch_begin(epoch, None)
        batches = epoch_of(dataset)
        # The last batch of each bucket is filled up.
        assert len(TARGETS) <= len(batches) == len(dataset) < len(TARGETS) + 3
        for inputs, (target,) in batches:
            seen.append((target, *inputs["sizes"][0].tolist()))
            shapes.add(inputs["images"].shape)
    assert len(shapes) == 3
    random = np.random.default_rng(0)
    points = (random.random((len(SIZES), 8)) + np.arange(8)) / 8
    for target, size in enumerate(SIZES):
        expected = {
            tuple(np.rint(np.multiply(size, 1.5 ** (2 * point - 1))).tolist())
            for point in points[target]
        }
        assert {s[1:] for s in seen if s[0] == target} == expected


def test_weights_go_with_their_images():
    weights = np.linspace(0, 1, len(TARGETS)).astype("float32")
    dataset = SizeBuckets(images(), TARGETS, 2, 2, weights=weights)
    for _, targets, found in epoch_of(dataset):
        np.testing.assert_array_equal(found, weights[targets])


@pytest.mark.parametrize("sizes", rest_long((12, 20), None))
def test_fit_takes_every_shape(sizes):
    dataset = SizeBuckets(
        images(), np.eye(3, dtype="float32")[TARGETS % 3], 2, 3, sizes
    )
    model = SizeAgnosticClassifier(3, width=2, bins=(1,))
    model.compile(
        "sgd",
        keras.losses.CategoricalCrossentropy(from_logits=True),
        jit_compile=BACKEND == "jax",
    )
    history = model.fit(
        dataset.source(),
        epochs=3,
        verbose=0,
        shuffle=False,
        callbacks=[dataset.follow()],
    )
    assert np.isfinite(history.history["loss"]).all()
    steps = int(keras.ops.convert_to_numpy(model.optimizer.iterations))
    assert steps == 3 * len(dataset)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("batch_size", 0),
        ("buckets", 1.5),
        ("sizes", ()),
        ("sizes", 48),
        ("sizes", (48, 0)),
        ("rescale", 0.5),
        ("rescale", "2"),
    ],
)
def test_arguments_are_checked_by_name(name, value):
    with pytest.raises(ValueError, match=f"`{name}.*Received"):
        SizeBuckets(images(), TARGETS, **{name: value})


def test_rescale_and_sizes_exclude_each_other():
    with pytest.raises(ValueError, match=r"`rescale`.*sizes=\(48,\)"):
        SizeBuckets(images(), TARGETS, sizes=(48,), rescale=2)
