import numpy as np
import pytest

from convzoo.losses import LPIPS
from convzoo.losses.trunk_weights import random_trunk
from convzoo.training.super_resolution.perceptual_choice import (
    perceptual_judge,
    perceptual_loss,
)
from convzoo.training.super_resolution.photographs import read_pair
from convzoo.zoo.images.bicubic import resize_bicubic
from convzoo.zoo.images.listing.list_images import list_images
from tests.support import numpy_of, shared_data

pytestmark = pytest.mark.usefixtures("uncompiled")


@pytest.fixture(scope="module")
def squeezenet(tmp_path_factory):
    path = tmp_path_factory.mktemp("weights") / "squeezenet.npz"
    np.savez(path, **random_trunk("squeezenet", 1))
    return path


def test_what_judges_did_not_teach(squeezenet):
    teacher = perceptual_loss(f"squeezenet:{squeezenet}")
    judge = perceptual_judge(f"squeezenet:{squeezenet}")
    taught = {name.split("_")[0] for name in teacher.features.layers}
    assert taught.isdisjoint(judge.features.layers)
    assert max(taught) < min(judge.features.layers)
    assert teacher.features.before_activation


@pytest.mark.long
def test_the_weights_are_those_of_the_file(squeezenet):
    judge = perceptual_judge(f"squeezenet:{squeezenet}")
    other = perceptual_judge(f"squeezenet:{squeezenet}")
    images = np.random.default_rng(0).random((2, 1, 40, 41, 3), np.float32)
    assert numpy_of(judge(*images)) == numpy_of(other(*images)) > 0


def test_names_are_those_of_the_losses(tmp_path):
    alexnet = tmp_path / "alexnet.npz"
    np.savez(alexnet, **random_trunk("alexnet", 1))
    judge = perceptual_judge(f"alex:{alexnet}")
    assert isinstance(judge, LPIPS)
    assert judge.net == "alex" and judge.weights == str(alexnet)


@pytest.mark.parametrize("choose", [perceptual_loss, perceptual_judge])
@pytest.mark.parametrize("choice", ["", "resnet", "resnet:file", 3, None])
def test_unknown_networks_are_quoted(choose, choice):
    with pytest.raises(ValueError, match=f"Received: .*={choice!r}"):
        choose(choice)


def test_missing_weights_are_named():
    with pytest.raises(ValueError, match="nowhere.npz"):
        perceptual_judge("alex:nowhere.npz")


@pytest.mark.long
def test_layers_share_a_sum_of_one_at_bicubic():
    weights = shared_data("features") / "squeezenet_v1_1_fp16.npz"
    loss = perceptual_loss(f"squeezenet:{weights}")
    values = []
    for path in list_images(shared_data("sr") / "train")[::40]:
        pair = read_pair(path, 4)
        height, width = pair.high.shape[:2]
        enlarged = resize_bicubic(pair.low, height, width)
        batches = [
            i[None].astype("float32") / 255 for i in (pair.high, enlarged)
        ]
        values.append(float(loss(*batches)))
    assert np.mean(values) == pytest.approx(1, abs=0.05)
