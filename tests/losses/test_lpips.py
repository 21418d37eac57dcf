import os
import zipfile
from pathlib import Path

import numpy as np
import pytest

from convzoo.losses.lpips import LINEAR_WEIGHTS, LPIPS
from convzoo.losses.trunk_files import TORCHVISION, PublishedFile
from convzoo.losses.trunk_weights import random_trunk
from convzoo.losses.trunks import smallest_side
from convzoo.training.super_resolution.lpips_weights import write_linear_weights
from tests.fixtures.feature_cases import LPIPS_SIZES
from tests.loss_checks import random_pair
from tests.losses import similarity
from tests.losses.feature_checks import check_golden
from tests.losses.torch_writer import write_torch_file
from tests.support import numpy_of, run_loss_test

CACHE = Path(os.environ.get("KERAS_HOME", Path.home() / ".keras")) / "models"


def test_loss(tmp_path):
    run_loss_test(
        LPIPS,
        {"net": "squeeze", "weights": None, "seed": 1},
        random_pair((2, 24, 33, 3)),
        folder=tmp_path,
        other_pairs=[random_pair((2, 17, 40, 3))],
    )


@pytest.mark.parametrize("net", LPIPS_SIZES)
@pytest.mark.long
def test_as_the_package_of_the_authors(net):
    loss = LPIPS(net, weights=None)
    for height, width in LPIPS_SIZES[net]:
        key = f"{net}/{height}x{width}"
        check_golden(loss, key, height, width, tolerance=1e-4)


def test_range_of_the_input_does_not_matter():
    x, y = random_pair((2, 24, 33, 3))
    expected = numpy_of(LPIPS("squeeze", weights=None)(x, y))
    for low, high in ((-1, 1), (0, 255)):
        loss = LPIPS("squeeze", (low, high), weights=None, check_range=True)
        found = loss(low + (high - low) * x, low + (high - low) * y)
        np.testing.assert_allclose(numpy_of(found), expected, rtol=1e-5)


def test_linear_weights_are_those_of_the_authors():
    with np.load(LINEAR_WEIGHTS) as arrays:
        sizes = {name: array.shape for name, array in arrays.items()}
        assert all((array >= 0).all() for array in arrays.values())
    assert [sizes[f"vgg_{i}"] for i in range(5)] == [
        (64,),
        (128,),
        (256,),
        (512,),
        (512,),
    ]
    assert sizes["alex_2"] == (384,) and sizes["squeeze_6"] == (512,)
    notice = LINEAR_WEIGHTS.with_name("LICENSE.lpips").read_text()
    assert notice.startswith("Copyright (c) 2018, Richard Zhang")


def test_taking_the_linear_weights_out_of_a_wheel(tmp_path):
    wheel, folder = tmp_path / "lpips.whl", tmp_path / "weights"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("lpips-0.1.4.dist-info/LICENSE", "Copyright")
        for net, layers in (("vgg", 5), ("alex", 5), ("squeeze", 7)):
            arrays = {
                f"lin{layer}.model.1.weight": np.full((1, 2, 1, 1), layer, "f4")
                for layer in range(layers)
            }
            write_torch_file(tmp_path / "net.pth", arrays)
            archive.write(tmp_path / "net.pth", f"lpips/weights/v0.1/{net}.pth")
    write_linear_weights(wheel, folder)
    names = [path.name for path in folder.iterdir()]
    assert sorted(names) == ["LICENSE.lpips", "lpips_linear.npz"]
    with np.load(folder / "lpips_linear.npz") as arrays:
        assert len(arrays) == 17
        np.testing.assert_array_equal(arrays["squeeze_6"], [6, 6])


def test_what_is_not_the_wheel_is_refused(tmp_path):
    path = tmp_path / "lpips.whl"
    path.write_bytes(b"")
    folder = tmp_path / "weights"
    with pytest.raises(ValueError, match="is not the wheel of lpips 0.1.4"):
        write_linear_weights(path, folder)
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("net", LPIPS_SIZES)
def test_ranking_with_trained_networks(net):
    network = {"vgg": "vgg16", "alex": "alexnet", "squeeze": "squeezenet"}[net]
    if not (CACHE / TORCHVISION[network].name).is_file():
        pytest.skip(f"{TORCHVISION[network].name} is not in the cache of Keras")
    similarity.check_ranking(LPIPS(net))


@pytest.mark.parametrize("net", LPIPS_SIZES)
@pytest.mark.parametrize("photograph", ["even", "odd"])
@pytest.mark.long
def test_ranking_with_random_networks(net, photograph):
    similarity.check_ranking(LPIPS(net, weights=None), photograph)


@pytest.mark.parametrize(
    ("net", "network"),
    [("vgg", "vgg16"), ("alex", "alexnet"), ("squeeze", "squeezenet")],
)
@pytest.mark.long
def test_weights_are_fetched_from_torchvision(
    net, network, tmp_path, monkeypatch
):
    """VGG16 is no exception: Keras has other weights under that name."""
    path = tmp_path / "trunk.pth"
    write_torch_file(path, random_trunk(network, seed=0))
    fetched = []

    def fetch(published):
        fetched.append(published)
        return str(path)

    monkeypatch.setattr(PublishedFile, "fetched", fetch)
    loss = LPIPS(net)
    assert fetched == [TORCHVISION[network]]
    assert loss.get_config()["weights"] == "imagenet"
    x, y = random_pair((1, 40, 40, 3))
    np.testing.assert_allclose(
        numpy_of(loss(x, y)),
        numpy_of(LPIPS(net, weights=None)(x, y)),
        rtol=1e-6,
    )


def test_range_is_checked():
    loss = LPIPS("squeeze", (-1, 1), weights=None, check_range=True)
    x, y = random_pair((2, 24, 24, 3))
    with pytest.raises(ValueError, match="must hold values from -1.0 to 1.0"):
        loss(255 * x, y)


@pytest.mark.parametrize(
    ("arguments", "match"),
    [
        ({"net": "resnet"}, "`net` must be one of .*net='resnet'"),
        ({"weights": "vgg16.weights.h5"}, "Keras's VGG16.*'vgg16.weights.h5'"),
        ({"weights": 3}, "`weights` must be None.*weights=3"),
        ({"input_range": (1, 0)}, r"`input_range` .*input_range=\(1, 0\)"),
        ({"seed": -1}, "`seed` .*seed=-1"),
        ({"check_range": "no"}, "`check_range` .*check_range='no'"),
    ],
)
def test_bad_arguments(arguments, match):
    with pytest.raises(ValueError, match=match):
        LPIPS(**{"net": "squeeze", "weights": None, **arguments})


@pytest.mark.parametrize(("net", "side"), [("alex", 31), ("squeeze", 17)])
def test_too_small(net, side):
    images = np.zeros((1, 40, side - 1, 3), "float32")
    with pytest.raises(ValueError, match=f"at least {side} pixels"):
        LPIPS(net, weights=None)(images, images)


def test_wrong_channels():
    images = np.zeros((1, 40, 40, 4), "float32")
    with pytest.raises(ValueError, match="must have 3 channels"):
        LPIPS("squeeze", weights=None)(images, images)


def test_smallest_side_of_vgg():
    assert smallest_side("vgg16", ["block5_conv3"]) == 16
