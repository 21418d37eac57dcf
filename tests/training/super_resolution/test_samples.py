import sys

import numpy as np
import pytest

from convzoo.training.super_resolution.photographs import Pair, shrink
from convzoo.training.super_resolution.samples import Samples
from convzoo.zoo.images.bicubic import resize_bicubic
from convzoo.zoo.images.reading.read_image import read_image
from tests.support import photograph, tensorboard_values

pytestmark = pytest.mark.usefixtures("uncompiled")


class Model:
    """The attributes of a model that the callback reads."""

    class optimizer:
        iterations = np.int64(1500)


def pairs():
    images = [photograph(240, 200, seed=1), photograph(80, 300, 1, seed=2)]
    return [Pair(shrink(image, 4), image) for image in images]


def after_an_epoch(samples, enlarged, **logs):
    samples.set_model(Model)
    samples.show(enlarged)
    samples.on_epoch_end(0, logs)


def test_a_row_is_bicubic_network_and_original(tmp_path):
    photographs = pairs()
    enlarged = [255 - pair.high for pair in photographs]
    after_an_epoch(Samples(tmp_path, photographs), enlarged)
    path = tmp_path / "samples" / "step_00001500.png"
    picture = read_image(path).pixels
    assert picture.shape == (2 * 192, 3 * 192, 3)
    high = photographs[0].high[24:216, 4:196]
    np.testing.assert_array_equal(picture[:192, 384:], high)
    np.testing.assert_array_equal(picture[:192, 192:384], 255 - high)
    bicubic = resize_bicubic(photographs[0].low, 240, 200)
    np.testing.assert_array_equal(picture[:192, :192], bicubic[24:216, 4:196])
    # Grey fills all channels, and a small image is padded with black below.
    grey = np.repeat(photographs[1].high[:, 54:246], 3, -1)
    np.testing.assert_array_equal(picture[192:272, 384:], grey)
    assert picture[272:].max() == 0
    assert list(path.parent.iterdir()) == [path]
    # The picture has the permissions of an ordinary file.
    (tmp_path / "file").touch()
    assert path.stat().st_mode == (tmp_path / "file").stat().st_mode


def test_an_epoch_that_is_run_again_replaces_its_picture(tmp_path):
    samples, photographs = Samples(tmp_path, pairs()), pairs()
    for enlarged in (
        [255 - p.high for p in photographs],
        [p.high for p in photographs],
    ):
        after_an_epoch(samples, enlarged)
    (path,) = (tmp_path / "samples").iterdir()
    picture = read_image(path).pixels
    np.testing.assert_array_equal(picture[:192, 192:384], picture[:192, 384:])


def test_an_epoch_without_images_writes_nothing(tmp_path):
    samples = Samples(tmp_path, pairs())
    samples.set_model(Model)
    samples.on_epoch_end(0, {"loss": 1.0})
    assert list(tmp_path.iterdir()) == []


def test_at_most_three_are_shown(tmp_path):
    photographs = pairs() * 3
    after_an_epoch(
        Samples(tmp_path, photographs), [p.high for p in photographs]
    )
    picture = read_image(next((tmp_path / "samples").iterdir())).pixels
    assert picture.shape[0] == 3 * 192


def test_tensorboard_reads_figures_and_pictures(tmp_path):
    pytest.importorskip("tensorboardX")
    samples = Samples(tmp_path, pairs(), tensorboard=True)
    samples.on_train_begin()
    after_an_epoch(samples, [p.high for p in pairs()], loss=0.25, psnr_y=27.5)
    samples.on_train_end()
    found = tensorboard_values(tmp_path / "tensorboard")
    assert found["loss"][0] == 1500
    assert found["loss"][1].simple_value == 0.25
    assert found["psnr_y"][1].simple_value == 27.5
    image = found["samples"][1].image
    assert (image.height, image.width) == (2 * 192, 3 * 192)


def test_without_the_package_it_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "tensorboardX", None)
    with pytest.raises(ValueError, match=r"pip install convzoo\[tensorboard\]"):
        Samples(tmp_path, pairs(), tensorboard=True)
