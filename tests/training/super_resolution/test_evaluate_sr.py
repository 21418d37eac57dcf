import numpy as np
import pytest

from convzoo.training import evaluate_sr
from convzoo.training.super_resolution.evaluate_sr import average, measure
from convzoo.zoo.images.bicubic import resize_bicubic
from convzoo.zoo.images.image_file import ImageFile
from convzoo.zoo.images.listing.list_images import list_images
from convzoo.zoo.images.writing.write_image import write_image
from tests.support import photograph, shared_data

pytestmark = pytest.mark.usefixtures("uncompiled")


def bicubic(scale):
    def enlarge(image):
        height, width = image.shape[:2]
        return resize_bicubic(image, height * scale, width * scale)

    return enlarge


# PSNR of MATLAB's imresize, as published throughout the literature.
@pytest.mark.parametrize(
    ("folder", "scale", "expected"),
    [("set5", 4, 28.42), ("set5", 2, 33.66), ("set14", 4, 26.00)],
)
def test_bicubic_row_is_the_published_one(folder, scale, expected):
    paths = list_images(shared_data("sr") / folder)
    rows = average(list(evaluate_sr(bicubic(scale), paths, scale)))
    assert rows.bicubic.psnr_y == pytest.approx(expected, abs=0.02)
    assert rows.model == rows.bicubic


def test_published_ssim_of_bicubic():
    paths = list_images(shared_data("sr") / "set5")
    rows = average(list(evaluate_sr(bicubic(4), paths, 4)))
    assert rows.bicubic.ssim_y == pytest.approx(0.8104, abs=0.001)


def test_protocol_on_an_embedded_case(tmp_path):
    """The evaluation protocol, reimplemented with Pillow and scikit-image."""
    from PIL import Image

    metrics = pytest.importorskip("skimage.metrics")
    pixels = photograph(63, 50)
    Image.fromarray(pixels).save(tmp_path / "image.png")
    (row,) = evaluate_sr(bicubic(4), [tmp_path / "image.png"], 4)

    high = Image.fromarray(pixels).crop((0, 0, 48, 60))
    low = high.resize((12, 15), Image.Resampling.BICUBIC)
    enlarged = low.resize((48, 60), Image.Resampling.BICUBIC)
    a, b = (np.asarray(i).astype(float)[4:-4, 4:-4] for i in (enlarged, high))
    assert row.bicubic.psnr_rgb == pytest.approx(
        metrics.peak_signal_noise_ratio(a, b, data_range=255)
    )
    weights = np.array([65.481, 128.553, 24.966]) / 255
    y_a, y_b = a @ weights + 16, b @ weights + 16
    assert row.bicubic.psnr_y == pytest.approx(
        metrics.peak_signal_noise_ratio(y_a, y_b, data_range=255)
    )
    assert row.bicubic.ssim_y == pytest.approx(
        metrics.structural_similarity(
            y_a,
            y_b,
            data_range=255,
            gaussian_weights=True,
            sigma=1.5,
            use_sample_covariance=False,
        )
    )


def test_the_model_is_what_is_measured(tmp_path):
    write_image(tmp_path / "image.png", ImageFile(photograph(40, 40)))

    def black(image):
        return np.zeros((40, 40, 3), "uint8")

    (row,) = evaluate_sr(black, [tmp_path / "image.png"], 4)
    assert row.name == "image.png"
    assert row.model == measure(
        np.zeros((40, 40, 3), "uint8"), photograph(40, 40), 4
    )
    assert row.model.psnr_y < row.bicubic.psnr_y


def test_the_average_is_over_images_not_pixels(tmp_path):
    for seed, side in enumerate((32, 64)):
        path = tmp_path / f"{seed}.png"
        write_image(path, ImageFile(photograph(side, side, seed=seed)))
    rows = list(evaluate_sr(bicubic(2), list_images(tmp_path), 2))
    mean = np.mean([row.bicubic.psnr_y for row in rows])
    assert average(rows).bicubic.psnr_y == pytest.approx(mean)
    assert average(rows).name == "average"


def test_a_photograph_too_small_for_ssim_is_named(tmp_path):
    write_image(tmp_path / "image.png", ImageFile(photograph(18, 40)))
    with pytest.raises(ValueError, match="image.png.*19 pixels.*40x16"):
        list(evaluate_sr(bicubic(4), [tmp_path / "image.png"], 4))
