import sys

import pytest

from convzoo.demo import run_demo
from convzoo.export import LiteRTModel, SavedModel
from convzoo.zoo.images.reading.read_image import read_image

pytestmark = pytest.mark.usefixtures("one_process")

pytest.importorskip("skimage")


# `make demo` runs it from a fresh environment.
@pytest.mark.long
def test_the_demo_writes_and_measures(tmp_path):
    # Files of an earlier demo, to be replaced.
    (tmp_path / "sr_x4_tiny" / "1").mkdir(parents=True)
    for name in ("side_by_side.png", "sr_x4_tiny.tflite", "sr_x4_tiny.json"):
        (tmp_path / name).write_text('{"files": []}')
    rows = run_demo(tmp_path)
    assert sorted(p.name for p in tmp_path.iterdir()) == [
        "batching_parameters.txt",
        "compose.yaml",
        "models.config",
        "monitoring.config",
        "side_by_side.png",
        "sr_x4_tiny",
        "sr_x4_tiny.json",
        "sr_x4_tiny.tflite",
    ]
    assert read_image(tmp_path / "side_by_side.png").pixels.shape[1] == 1500
    SavedModel(tmp_path / "sr_x4_tiny" / "2")
    LiteRTModel(tmp_path / "sr_x4_tiny.tflite")
    bicubic, tiny, base, _ = (
        float(rows[f"{name}: PSNR and SSIM on Y"].split()[0])
        for name in ("bicubic", "sr_x4_tiny", "sr_x4_base", "srgan_x4_base")
    )
    assert base > tiny > bicubic + 1
    for runtime in ("SavedModel", "LiteRT"):
        assert float(rows[f"{runtime}: largest difference to Keras"]) <= 1e-4


def test_without_scikit_image_it_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "skimage.data", None)
    with pytest.raises(ValueError, match="pip install"):
        run_demo(tmp_path)
