import sys

import keras
import numpy as np
import pytest

from convzoo.training.tensorboard import Curves
from tests.support import tensorboard_values


@pytest.mark.long
def test_every_figure_of_every_epoch_is_there(tmp_path):
    pytest.importorskip("tensorboardX")
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    model.compile("sgd", "mse", metrics=["mae"], jit_compile=False)
    ones = np.ones((4, 2), "float32"), np.ones((4, 1), "float32")
    history = model.fit(
        *ones, batch_size=2, epochs=3, verbose=0, callbacks=[Curves(tmp_path)]
    )
    found = tensorboard_values(tmp_path / "tensorboard")
    for name in ("loss", "mae"):
        step, value = found[name]
        assert step == 6
        expected = history.history[name][-1]
        assert value.simple_value == pytest.approx(expected, rel=1e-6)


def test_without_the_package_it_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "tensorboardX", None)
    with pytest.raises(ValueError, match=r"pip install convzoo\[tensorboard\]"):
        Curves(tmp_path)
